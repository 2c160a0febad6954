import { expect, it } from "vitest";
import { chatRequestSchema } from "../api/chat/schema";
import { questionProblem } from "./question";

const sent = (text: string) => {
  const parsed = chatRequestSchema.safeParse({
    id: "7a4b2a52-0a39-4d6b-9d3c-0a4f4d6b9d3c",
    message: { id: "m", role: "user", parts: [{ type: "text", text }] },
  });
  return parsed.success ? null : parsed.error.issues[0]?.message;
};

it("says in words what is wrong with a question, on the page and at the server alike", () => {
  for (const text of [
    "",
    "  \n ",
    "revenue",
    `${" ".repeat(3_000)}revenue${" ".repeat(3_000)}`,
    "x".repeat(4_000),
  ])
    expect(sent(text)).toBe(questionProblem(text));
  expect(questionProblem("revenue")).toBeNull();
  expect(questionProblem("x".repeat(4_000))).toBeNull();
  expect(sent("")).toBe("Type a question first.");
  expect(sent("revenue ".repeat(2_500))).toMatch(
    /^This has 19,999 characters, and a question may have 4,000\. Shorten it/,
  );
  expect(sent("x".repeat(20_000))).toMatch(/^This has 20,000 characters/);
});
