/** The audit's form: what people type, and what a link fills in. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
	type AuditFields,
	type AuditRequest,
	auditRequestSchema,
	fieldsFromQuery,
	parseAuditFields,
	queryOf,
} from "../../../web/lib/audit/request.ts";

const ADDRESS = "0xCf7Ed3AccA5a467e9e704C703E8D87F634fB0Fc9";
const FIELDS: AuditFields = {
	address: ADDRESS,
	rpcUrl: "https://rpc.example",
	gateways: "https://one.example\nhttps://two.example",
	studyId: "",
	fromBlock: "",
};

const requestOf = (changes: Partial<AuditFields> = {}, protocol?: string): AuditRequest => {
	const { request, problems } = parseAuditFields({ ...FIELDS, ...changes }, protocol);
	return request ?? assert.fail(JSON.stringify(problems));
};

const problemsOf = (changes: Partial<AuditFields>, protocol?: string) =>
	Object.keys(parseAuditFields({ ...FIELDS, ...changes }, protocol).problems ?? {});

test("a complete form is a request; what is optional may be left out", () => {
	assert.deepEqual(requestOf(), {
		rpcUrl: "https://rpc.example",
		roundManager: ADDRESS,
		gateways: ["https://one.example", "https://two.example"],
	});
	const whole = requestOf({ studyId: " 1 ", fromBlock: "5000000" });
	assert.deepEqual([whole.studyId, whole.fromBlock], ["1", "5000000"]);
	assert.equal(requestOf({ address: ` ${ADDRESS.toLowerCase()} ` }).roundManager, ADDRESS);
	assert.deepEqual(requestOf({ gateways: " https://one.example , https://two.example " }).gateways.length, 2);
});

test("each wrong field is named", () => {
	assert.deepEqual(problemsOf({ address: "" }), ["address"]);
	assert.deepEqual(problemsOf({ address: "0x12" }), ["address"]);
	assert.deepEqual(problemsOf({ rpcUrl: "" }), ["rpcUrl"]);
	assert.deepEqual(problemsOf({ rpcUrl: "ftp://rpc.example" }), ["rpcUrl"]);
	assert.deepEqual(problemsOf({ rpcUrl: "javascript:alert(1)" }), ["rpcUrl"]);
	assert.deepEqual(problemsOf({ rpcUrl: "https://" }), ["rpcUrl"]);
	assert.deepEqual(problemsOf({ gateways: " \n " }), ["gateways"]);
	assert.deepEqual(problemsOf({ gateways: "https://one.example\nipfs.example" }), ["gateways"]);
	assert.deepEqual(problemsOf({ gateways: Array(9).fill("https://one.example").join("\n") }), ["gateways"]);
	assert.deepEqual(problemsOf({ studyId: "-1", fromBlock: "latest" }), ["studyId", "fromBlock"]);
	assert.deepEqual(problemsOf({ studyId: "1".repeat(19) }), ["studyId"]);
	assert.deepEqual(problemsOf({ address: "", rpcUrl: "", gateways: "" }), ["address", "rpcUrl", "gateways"]);
});

test("an address with a wrong checksum is not taken for another one", () => {
	const { problems } = parseAuditFields({ ...FIELDS, address: ADDRESS.replace("Cf7", "cf7") });
	assert.match(problems?.address ?? "", /checksum/);
});

test("an https page can't read http, but from this machine", () => {
	assert.deepEqual(problemsOf({ rpcUrl: "http://rpc.example" }, "https:"), ["rpcUrl"]);
	assert.deepEqual(problemsOf({ gateways: "http://one.example" }, "https:"), ["gateways"]);
	assert.equal(requestOf({ rpcUrl: "http://127.0.0.1:8545" }, "https:").rpcUrl, "http://127.0.0.1:8545");
	assert.equal(requestOf({ rpcUrl: "http://rpc.example" }, "http:").rpcUrl, "http://rpc.example");
});

test("a request and the link to it say the same", () => {
	for (const request of [requestOf(), requestOf({ studyId: "2", fromBlock: "7" })]) {
		const empty: AuditFields = { address: "", rpcUrl: "", gateways: "", studyId: "", fromBlock: "" };
		const fields = fieldsFromQuery(new URLSearchParams(queryOf(request)), empty);
		assert.deepEqual(parseAuditFields(fields).request, request);
	}
});

test("a link's foreign deployment does not take over the first block of this one", () => {
	const defaults = { ...FIELDS, fromBlock: "123" };
	assert.deepEqual(fieldsFromQuery(new URLSearchParams(), defaults), defaults);
	assert.equal(fieldsFromQuery(new URLSearchParams({ study: "1" }), defaults).fromBlock, "123");
	assert.equal(fieldsFromQuery(new URLSearchParams({ rpc: "https://other.example" }), defaults).fromBlock, "");
	assert.equal(fieldsFromQuery(new URLSearchParams({ address: `0x${"1".repeat(40)}` }), defaults).fromBlock, "");
	assert.equal(fieldsFromQuery(new URLSearchParams({ address: ADDRESS.toLowerCase() }), defaults).fromBlock, "123");
});

test("the worker checks the request again", () => {
	const request = requestOf();
	assert.equal(auditRequestSchema.safeParse({ ...request, gateways: [] }).success, false);
	assert.equal(auditRequestSchema.safeParse({ ...request, rpcUrl: "file:///etc/passwd" }).success, false);
	assert.equal(auditRequestSchema.safeParse({ ...request, more: 1 }).success, false);
});
