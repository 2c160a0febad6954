import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contextFor, openWorlds } from "../testing/context";
import { talk, textOf } from "../testing/read-chat";
import { scriptedModel } from "../testing/scripted-model";
import type { ToolContext } from "../tools/context";
import { createMasker } from "./masking";

const people = ["ann lee", "ann", "lee", "zoë müller-lüdenscheidt", "may"];
const masker = () =>
  createMasker(async (names) => names.filter((name) => people.includes(name.toLowerCase())));

describe("masking", () => {
  it("hides addresses, phones and names, the same alike", async () => {
    const mask = masker();
    const text =
      "Ann Lee (ann.lee@example.test, +1 (415) 555-0199) asked; ANN LEE again. Zoë Müller-Lüdenscheidt too.";
    await mask.learn([text]);
    const hidden = mask.mask(text);
    expect(hidden).toBe("[person-1] ([email-1], [phone-1]) asked; [person-1] again. [person-2] too.");
    expect(mask.unmask(hidden)).toBe(text.replace("ANN LEE", "Ann Lee"));
  });

  it("leaves amounts, days and ids alone", async () => {
    const mask = masker();
    const text =
      "Revenue $1,234,567.89 on 2026-11-23 14:05, id 0f8fad5b-d9cb-469f-a165-70867728950e, order 12345.";
    await mask.learn([text]);
    expect(mask.mask(text)).toBe(text);
  });

  it("hides bare phones, and names no capital marks", async () => {
    const mask = masker();
    mask.learnFrom([
      { people: [{ contact_id: "c", name: "李雷", phone: "4155550" }], tags: [{ name: "VIP" }] },
    ]);
    const text =
      "李雷 rang from 14155550199 or 4155550; ann called back. Tag VIP, 1,234,567,890 orders, $9876543210.";
    mask.learnFrom([{ contact_name: "Ann" }]);
    await mask.learn([text]);
    expect(mask.mask(text)).toBe(
      "[person-1] rang from [phone-1] or [phone-2]; [person-2] called back. Tag VIP, 1,234,567,890 orders, $9876543210.",
    );
  });

  it("asks about every candidate of a long prompt", async () => {
    const asked: number[] = [];
    const mask = createMasker(async (names) => {
      asked.push(names.length);
      return names.filter((name) => name === "Zed");
    });
    const letters = (number: number): string =>
      number < 26
        ? String.fromCharCode(97 + number)
        : letters(Math.floor(number / 26)) + letters(number % 26);
    const text = `${Array.from({ length: 7_000 }, (_, index) => `Q${letters(index)}x`).join(", ")}, Zed`;
    await mask.learn([text, "why"]);
    expect(Math.max(...asked)).toBeLessThanOrEqual(5_000);
    expect(mask.mask(text)).not.toContain("Zed");
  });

  it("finds names in questions written small", async () => {
    const mask = masker();
    await mask.learn(["what did ann lee buy"]);
    expect(mask.mask("what did ann lee buy")).toBe("what did [person-1] buy");
  });
});

describe("a chat with masking", () => {
  let worlds: Awaited<ReturnType<typeof openWorlds>>;
  let context: ToolContext;
  beforeAll(async () => {
    worlds = await openWorlds();
    const world = await worlds.world();
    await world.insert("contacts", [
      {
        keap_id: 1,
        given_name: "Ann",
        family_name: "Lee",
        email: "ann@example.test",
        phone: "+1 415 555 0199",
      },
      { keap_id: 2, given_name: "Bob", family_name: "Stone", email: "bob@example.test" },
    ]);
    await world.insert("interactions", [
      {
        keap_id: 1,
        kind: "note",
        contact_keap_id: 1,
        title: "Call",
        body: "Ann wants Bob Stone to call +1 415 555 0199",
      },
    ]);
    context = {
      ...(await contextFor(world)),
      preferences: { mask_personal_data: true, tool_groups_off: [] },
    };
  });
  afterAll(() => worlds.stop());

  it("shows the provider nobody, and people their answer", async () => {
    const scripted = scriptedModel((call, turn) => {
      if (turn > 0) return { say: `It is [person-1], [email-1].` };
      // The model can only name the mark it was shown; the tool gets the person.
      expect(JSON.stringify(call.prompt)).toContain("[person-1]");
      return { call: [{ tool: "get_contact", input: { search: "[person-1]" } }] };
    });
    const [message] = await talk(["tell me about Ann Lee"], { context, model: scripted.model });
    const seen = JSON.stringify(scripted.calls.map(({ prompt }) => prompt));
    expect(seen.match(/ann@example|.{20}\b(?:Ann|Lee|Stone)\b|555 0199/g)).toBeNull();
    expect(seen).toMatch(/\[phone-1\]/);
    if (!message) throw new Error("no answer");
    expect(textOf(message)).toBe("It is Ann Lee, ann@example.test.");
    const part = message.parts.find(({ type }) => type === "tool-get_contact");
    expect(part).toMatchObject({ state: "output-available", input: { search: "Ann Lee" } });
  });
});
