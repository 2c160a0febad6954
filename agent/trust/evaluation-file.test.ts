import { expect, it } from "vitest";
import { classOf, evaluationFile, printEvaluation, readEvaluationFile } from "./evaluation-file";

const query = { metrics: ["orders"], range: { preset: "this_year" } };

it("reads what it wrote, and keeps a question whose expectation is of another version", () => {
  const file = evaluationFile("Studio", [
    { question: "orders this year", expected: { query } },
    { question: "how are we doing?", expected: {} },
    { question: "old one", expected: { query: { metrics: "orders" } } },
  ]);
  const read = readEvaluationFile(JSON.stringify(file));
  expect(read).toEqual(file);
  expect(read.questions.map(classOf)).toEqual(["orders", "not checked yet", "not checked yet"]);
  expect(read.questions.map(({ question }) => question)).toEqual([
    "orders this year",
    "how are we doing?",
    "old one",
  ]);
});

it("says what is wrong with a file", () => {
  expect(() => readEvaluationFile("question,answer")).toThrow(/no JSON/);
  expect(() => readEvaluationFile('{"version":2,"account":"x","questions":[]}')).toThrow(/version/);
  expect(() => readEvaluationFile('{"version":1,"account":"x","questions":[{"question":" "}]}')).toThrow(
    /questions\.0\.question/,
  );
});

it("counts right, wrong, refused and errored per class", () => {
  const { questions } = evaluationFile("Studio", [
    { question: "orders this year", expected: { query } },
    { question: "orders this yaer", expected: { query } },
    { question: "leads", expected: { query: { ...query, metrics: ["new_leads"] } } },
    { question: "anything", expected: {} },
  ]);
  const grades = ["right", "wrong", "refused", "unknown"] as const;
  const printed = printEvaluation(
    "offline analyst",
    questions.map((entry, index) => ({ entry, grade: grades[index] ?? "errored", text: "said\nso" })),
  );
  const rows = printed.split("\n").map((line) => line.trim().replace(/\s{2,}/g, " | "));
  expect(rows).toEqual([
    "offline analyst",
    "right | wrong | refused | errored | unknown",
    "new_leads | 0 | 0 | 1 | 0 | 0",
    "not checked yet | 0 | 0 | 0 | 0 | 1",
    "orders | 1 | 1 | 0 | 0 | 0",
    "all | 1 | 1 | 1 | 0 | 1",
    "wrong: orders this yaer",
    "said so",
    "refused: leads",
    "said so",
  ]);
});
