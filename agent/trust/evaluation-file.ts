import { z } from "zod";
import { querySchema } from "@/analytics/query/query";

const entrySchema = z.object({
  question: z.string().trim().min(1).max(2_000),
  expected: z.object({ query: querySchema.optional() }).default({}),
});
export type EvaluationEntry = z.infer<typeof entrySchema>;

/** The account's own questions with the answers that were checked: kept beside a deployment, run before a change of model. */
const fileSchema = z.object({
  version: z.literal(1),
  account: z.string(),
  questions: z.array(entrySchema).max(2_000),
});
export type EvaluationFile = z.infer<typeof fileSchema>;

const storedSchema = z.array(z.object({ question: z.string(), expected: z.unknown() }));

/** The questions as stored; an expectation of another version is left out, and the question stays. */
export function evaluationFile(account: string, rows: unknown): EvaluationFile {
  return {
    version: 1,
    account,
    questions: storedSchema.parse(rows).map(({ question, expected }) => {
      const entry = entrySchema.safeParse({ question, expected });
      return entry.success ? entry.data : { question, expected: {} };
    }),
  };
}

/** @throws Error in words for whoever wrote or chose the file. */
export function readEvaluationFile(text: string): EvaluationFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error("The file is no JSON. Take it from Settings, Evaluation.", { cause });
  }
  const parsed = fileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(
    `The file is no evaluation file: ${issue?.path.join(".") || "the whole of it"}: ${issue?.message}. Take one from Settings, Evaluation.`,
  );
}

/** What a question is about, to count by: its metric, or that nobody checked an answer yet. */
export function classOf({ expected }: EvaluationEntry): string {
  return expected.query?.metrics.join(" + ") ?? "not checked yet";
}

const counted = ["right", "wrong", "refused", "errored", "unknown"] as const;

/** Right, wrong, refused, errored (and: nothing to compare with) per class, as a table, the failures under it. */
export function printEvaluation(
  name: string,
  results: readonly { entry: EvaluationEntry; grade: (typeof counted)[number]; text: string }[],
): string {
  const classes = [...new Set(results.map(({ entry }) => classOf(entry)))].sort();
  const wide = Math.max(20, ...classes.map(({ length }) => length + 2));
  const line = (label: string, among: typeof results) =>
    label.padEnd(wide) +
    counted.map((grade) => String(among.filter((each) => each.grade === grade).length).padStart(9)).join("");
  return [
    name,
    "".padEnd(wide) + counted.map((grade) => grade.padStart(9)).join(""),
    ...classes.map((each) =>
      line(
        each,
        results.filter(({ entry }) => classOf(entry) === each),
      ),
    ),
    line("all", results),
    ...results
      .filter(({ grade }) => grade !== "right" && grade !== "unknown")
      .map(
        ({ entry, grade, text }) =>
          `${grade}: ${entry.question}\n    ${text.slice(0, 160).replace(/\s+/g, " ")}`,
      ),
  ].join("\n");
}
