import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { namesFrom } from "../../../web/lib/words/names.ts";
import { transactionStories } from "../../../web/lib/words/transaction.ts";
import { enrolled, HOSPITALS, MEMBERS } from "../../support/roundEvents.ts";

const nameOf = namesFrom({
	...Object.fromEntries(HOSPITALS.map((hospital, index) => [hospital, `Hospital ${"ABCD"[index]}`])),
	...Object.fromEntries(MEMBERS.map((member, index) => [member, `Member ${index + 1}`])),
});

const newest = (events: ReturnType<typeof enrolled>) => {
	const [story] = transactionStories(events.events, nameOf);
	assert.ok(story);
	return story;
};

describe("transactions as people read them", () => {
	it("tells an update's proofs and its acceptance in one sentence, with a link to it", () => {
		const events = enrolled();
		events.openRound();
		events.submit(HOSPITALS[0]);
		const story = newest(events);
		assert.equal(
			story.title,
			"Hospital A's update accepted in round 1: 1 training proof and 1 encryption proof verified, 80 samples",
		);
		assert.deepEqual(story.more, []);
		assert.deepEqual(story.links, [
			{ label: "Round 1", href: "/rounds/1" },
			{ label: "Update", href: `/rounds/1#update-${HOSPITALS[0]}` },
		]);
		assert.equal(story.tone, "ok");
		assert.equal(story.studyId, 1n);
	});

	it("a study comes with its initial model, a removal with the bar, a final attestation with the model", () => {
		const events = enrolled();
		const stories = transactionStories(events.events, nameOf);
		const creation = stories.at(-1);
		assert.match(creation?.title ?? "", /^Study 1 created: 61 weights, learning rate 0\.5, batches of 8/);
		assert.deepEqual(creation?.more, ["Model 1 is the initial model of study 1"]);
		events.openRound();
		events.submit(HOSPITALS[0]);
		events.removeUpdate(HOSPITALS[0]);
		const removal = newest(events);
		assert.equal(removal.title, "Hospital A's update removed from round 1 by a challenge");
		assert.deepEqual(removal.more, ["Hospital A barred: its bundle is not what its proof says"]);
		assert.equal(removal.tone, "bad");
		events.attest(MEMBERS[0], true);
		const final = newest(events);
		assert.equal(final.title, "Member 1 recomputed the model of round 1 and attested to it");
		assert.deepEqual(final.more, ["Round 1 finalized: its result is model 2"]);
		assert.deepEqual(
			final.links.map(({ href }) => href),
			["/rounds/1", "/models/2"],
		);
	});

	it("has as many stories as transactions, newest first, and each with words", () => {
		const events = enrolled();
		events.openRound();
		for (const hospital of HOSPITALS.slice(0, 3)) events.submit(hospital);
		events.close();
		for (const member of MEMBERS.slice(0, 2)) events.confirm(member);
		events.freeze();
		events.postKeySum(MEMBERS[0]);
		events.postKeySum(MEMBERS[1], true);
		events.closeStudy();
		const stories = transactionStories(events.events, nameOf);
		assert.equal(stories.length, new Set(events.events.map(({ place }) => place.transactionHash)).size);
		assert.ok(stories.every(({ title }) => title.length > 0));
		assert.ok(
			stories.every((story, index) => index === 0 || story.blockNumber < (stories[index - 1]?.blockNumber ?? 0n)),
		);
		assert.equal(stories[0]?.title, "Round 1 failed: it could not be finished, and the study is closed for good");
		assert.deepEqual(stories[0]?.more, ["Study 1 is closed for good: no round of it follows"]);
		assert.deepEqual(stories[1]?.more, ["Round 1 opened: enough key sums to decrypt the sum, and only it"]);
	});
});
