import { expect, it } from "vitest";
import { converse } from "@/agent/testing/offline";
import { studioContext } from "@/agent/testing/studio";
import type { PlannedCall } from "../plan";
import { allBlocks, nearestWording } from "./nearest-wording";
import { near } from "./question-meant";

const context = studioContext();
const names: Record<string, string> = {
  tag: "Advanced",
  product: "Glaze Kit",
  lead_source: "Facebook Ads",
  country: "Canada",
  region: "Texas",
  owner: "Mara Quint",
  plan: "Club Annual",
  category: "Courses",
};
const slots = /\{([a-z_]+)(?::([^}]*))?\}/g;
const filled = (text: string) =>
  text.replace(slots, (_, slot: string, usual = "") => (slot === "when" ? usual : (names[slot] ?? slot)));
const asked = (text: string) => converse([filled(text)], context);
/** What a call asks for, whatever it is called and however many rows are shown at once. */
const substance = (calls: readonly PlannedCall[]) =>
  JSON.stringify(calls, (key, value) =>
    ["title", "drawing", "limit", "others"].includes(key) ? undefined : value,
  );

const blocks = allBlocks();

it("holds only questions that are understood, each once", () => {
  const forms = blocks.map(({ form }) => form);
  expect(forms.filter((form) => asked(form).kind !== "call")).toEqual([]);
  expect(forms.filter((form, at) => forms.indexOf(form) !== at)).toEqual([]);
});

it("reads a wording as the question it stands under, and says so", () => {
  const read = blocks.flatMap(({ form, wordings }, at) => {
    const meant = asked(form);
    const when = /\{when:([^}]*)\}/.exec(form)?.[1];
    // Every tenth is enough: which ones differs from block to block.
    return wordings
      .filter((_, index) => (index + at) % 10 === 0)
      .map((wording) => {
        const reply = asked(when ? `${wording} ${when}` : wording);
        const same =
          meant.kind === "call" && reply.kind === "call" && substance(reply.calls) === substance(meant.calls);
        return { line: `${wording} | ${form}`, right: same, refused: reply.kind !== "call" };
      });
  });
  expect(read.length).toBeGreaterThan(200);
  expect(read.filter(({ right, refused }) => !right && !refused).map(({ line }) => line)).toEqual([]);
  expect(read.filter(({ refused }) => refused).length / read.length).toBeLessThan(0.03);
});

it("finds the right question for a wording it never saw, seven times of ten where it takes one", () => {
  const tried = blocks.flatMap(({ form, wordings }) =>
    wordings.map((wording) => ({ form, found: nearestWording(wording, wording) })),
  );
  const taken = tried.filter(
    ({ found }) => found?.sameKind && found.score >= near.score && found.margin >= near.margin,
  );
  const right = taken.filter(({ form, found }) => found?.form === form).length;
  expect(right / taken.length).toBeGreaterThan(0.7);
});

it("tells a count from a list, one kind of people from another, what was from what is, and not from so", () => {
  const isNear = (text: string, form: string) => {
    const found = nearestWording(text);
    return found?.form === form && found.sameKind && found.score >= near.score;
  };
  expect(isNear("how many people have no phone number", "people without phone number")).toBe(false);
  expect(isNear("customers who are members", "customers who are not members")).toBe(false);
  expect(isNear("customers who are not members", "customers who are not members")).toBe(true);
  expect(isNear("leads without phone number", "people without phone number")).toBe(false);
  expect(nearestWording("zorblax quibble")).toBeNull();
});

it.each([
  "who is our biggest zorblax",
  "list everybody with a running membership since they joined",
  "revenue of 500 whales",
  "delete the people on the list",
])("takes %s for no wording", (question) => {
  const reply = converse([question], context);
  expect(reply.kind === "call" && reply.lead).toBeFalsy();
});
