import { describe, expect, it } from "vitest";
import { converse, testContext } from "../../../testing/offline";
import { indexVocabulary, type Name } from "../vocabulary";

const name = (kind: Name["kind"], value: string): Name => ({
  kind,
  value,
  id: `${kind}:${value}`,
  aliases: [],
});
const context = testContext({
  index: indexVocabulary({
    names: [
      name("tag", "Rose Bennett"),
      name("affiliate", "Rose Bennett"),
      name("tag", "Art Teacher"),
      name("owner", "Theo Castellanos"),
    ],
  }),
});
const inputOf = (question: string) => {
  const reply = converse([question], context);
  return reply.kind === "call" ? reply.calls[0] : reply;
};

describe("a request about a name that is a tag as well", () => {
  it.each(["remind theo to call Rose Bennett on friday", "create a task to call rose bennett"])(
    "is about that person: %s",
    (question) => {
      const call = inputOf(question);
      expect(call).toMatchObject({
        tool: "propose_outreach",
        input: { person: expect.stringMatching(/^rose bennett$/i) },
      });
      expect(JSON.stringify(call)).not.toContain("has_tag");
    },
  );

  it("is about all who hold the tag where that is said", () => {
    const call = inputOf("remind theo to call everyone tagged Rose Bennett");
    expect(call).toMatchObject({ tool: "propose_outreach", input: { has_tag: ["Rose Bennett"] } });
    expect(JSON.stringify(call)).not.toContain('"person"');
  });

  it("does not take a tag of ordinary words for a person", () => {
    expect(JSON.stringify(inputOf("create a task to call Art Teacher"))).not.toContain('"person"');
  });
});
