import { describe, expect, it } from "vitest";
import { testContext } from "../../testing/offline";
import { type PastCall, remember } from "./memory";
import { plan } from "./plan";

const ids = [1, 2, 3].map((at) => `00000000-0000-4000-8000-00000000000${at}`);
const best: PastCall = {
  tool: "find_contacts",
  input: { order: { by: "spent" }, limit: 3 },
  output: { people: ids.map((contact_id) => ({ contact_id })) },
  turn: 0,
};
const behindIt = (question: string, call = best) => plan(question, remember([call]), testContext());

describe("behind the first of a ranking", () => {
  it.each([
    ["tag them VIP", "propose_tags"],
    ["which of them live in California", "find_contacts"],
    ["only from Canada", "find_contacts"],
    ["which of them have a phone number", "find_contacts"],
    ["save them as segment Best three", "create_segment"],
  ])("%s is of exactly those people", (question, tool) => {
    const reply = behindIt(question);
    expect(reply).toMatchObject({ kind: "call", calls: [{ tool }] });
    expect(JSON.stringify(reply)).toContain(JSON.stringify({ ids }));
    expect(reply).toMatchObject({ meanings: expect.arrayContaining(["Of the 3 shown before."]) });
  });

  it("asks back where nobody knows who they were", () => {
    const { output: _, ...unknown } = best;
    expect(behindIt("tag them VIP", unknown)).toMatchObject({ kind: "say" });
  });

  it("goes on with another question as ever", () => {
    expect(JSON.stringify(behindIt("revenue last month"))).not.toContain(ids[0]);
    expect(JSON.stringify(behindIt("people who joined in october"))).not.toContain(ids[0]);
  });
});
