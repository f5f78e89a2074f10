/** The API's document, and a validator that holds answers against it. */
import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import document from "../../../worker/service/http/openapi.json" with { type: "json" };
import type { Answer } from "./request.ts";

export { default as document } from "../../../worker/service/http/openapi.json" with { type: "json" };

type Response = { readonly $ref?: string; readonly content?: Readonly<Record<string, { readonly schema: object }>> };

const ajv = new Ajv2020({ allErrors: true, strict: false });
addFormats.default(ajv);
ajv.addSchema(document, "document");

const resolve = (response: Response): Response => {
	const name = response.$ref?.split("/").at(-1);
	return name === undefined
		? response
		: ((document.components.responses as Readonly<Record<string, Response>>)[name] ?? {});
};

/** Fails unless the document has this answer for this operation: status, content type, and every field. */
export const assertDocumented = (method: string, path: string, answer: Answer): void => {
	const operations = (document.paths as Readonly<Record<string, Readonly<Record<string, { responses: object }>>>>)[
		path
	];
	const responses = operations?.[method.toLowerCase()]?.responses as Readonly<Record<string, Response>> | undefined;
	assert.ok(responses !== undefined, `${method} ${path} is not in the document`);
	const response = responses[answer.status];
	assert.ok(response !== undefined, `${method} ${path} answers ${answer.status}, which is not in the document`);
	const type = String(answer.headers["content-type"]).split(";")[0] ?? "";
	const schema = resolve(response).content?.[type]?.schema;
	assert.ok(
		schema !== undefined,
		`${method} ${path} answers ${answer.status} as ${type}, which is not in the document`,
	);
	assertSchema(schema, type === "application/json" ? answer.json : answer.text);
};

/** @param schema of the document, or the name of one of its components */
export const assertSchema = (schema: object | string, value: unknown): void => {
	const target = typeof schema === "string" ? { $ref: `#/components/schemas/${schema}` } : schema;
	const local = JSON.parse(JSON.stringify(target).replaceAll('"#/components', '"document#/components'));
	const validate = ajv.compile(local);
	assert.ok(validate(value), `${JSON.stringify(value)}: ${ajv.errorsText(validate.errors)}`);
};
