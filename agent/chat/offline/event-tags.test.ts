import { expect, it } from "vitest";
import { converse } from "@/agent/testing/offline";
import { studioContext } from "@/agent/testing/studio";
import { withEventTags } from "./event-tags";

const context = studioContext();
const input = (...turns: string[]) => {
  const reply = converse(turns, context);
  return reply.kind === "call" ? reply.calls[0]?.input : reply.topic;
};

it.each([
  "who came to the webinar",
  "people who attended our webinar",
  "who showed up for the spring glazing webinar",
])("knows from a tag who was there: %s", (question) =>
  expect(JSON.stringify(input(question))).toContain('["Webinar: attended"]'),
);

it("goes on with the rest of the question", () => {
  expect(input("who came to the webinar but didn't buy")).toMatchObject({
    has_tag: ["Webinar: attended"],
    bought_nothing: true,
  });
  expect(input("how many people signed up for the webinar")).toMatchObject({
    query: { filters: { has_tag: ["Webinar: registered"] } },
  });
});

it("tells who registered from who came", () =>
  expect(input("who signed up for the webinar but didn't come")).toMatchObject({
    has_tag: ["Webinar: registered"],
    without_tag: ["Webinar: attended"],
  }));

it("says what it took for what", () => {
  const reply = converse(["who came to the webinar"], context);
  expect(reply.kind === "call" && reply.meanings).toContain(
    'I took "came to the webinar" for the tag "Webinar: attended".',
  );
});

it.each([
  "who came to the party",
  "who joined last month",
  "who missed a payment",
  "who came to us from Facebook Ads",
])("leaves alone what no tag tells: %s", (question) =>
  expect(withEventTags(question, context.index)).toEqual({ text: question, meanings: [] }),
);
