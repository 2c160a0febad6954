import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { chooseModel } from "@/agent/chat/model";
import { agentSettingsSchema } from "@/agent/settings";
import {
  type EvaluationFile,
  evaluationFile,
  printEvaluation,
  readEvaluationFile,
} from "@/agent/trust/evaluation-file";
import { evaluateQuestion } from "@/agent/trust/run-evaluation";
import { openContext, withoutEmpty } from "../ask/open-context";

/** The account's own evaluation on the command line: with the offline analyst and, when a key is set, with the model. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      account: { type: "boolean", default: false },
      file: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const context = await openContext("admin");
  const { questions } = values.file ? fromFile(values.file) : await fromAccount(context);
  if (questions.length === 0)
    return console.log(
      "There are no questions yet. A thumb under an answer, or “Mark as verified”, adds one.",
    );
  const model = chooseModel(agentSettingsSchema.parse(withoutEmpty(process.env)));
  const answerers = [
    { name: "offline analyst", model: null },
    ...(model ? [{ name: model.modelId, model }] : []),
  ];
  for (const answerer of answerers) {
    const results = [];
    for (const entry of questions) {
      const { grade, text } = await evaluateQuestion(entry, { context, model: answerer.model });
      results.push({ entry, grade, text });
    }
    console.log(
      values.json
        ? JSON.stringify({ name: answerer.name, results }, null, 2)
        : `\n${printEvaluation(answerer.name, results)}`,
    );
    if (results.some(({ grade }) => grade === "wrong" || grade === "errored")) process.exitCode = 1;
  }
}

function fromFile(path: string): EvaluationFile {
  if (!existsSync(path)) throw new Error(`There is no file ${path}.`);
  return readEvaluationFile(readFileSync(path, "utf8"));
}

async function fromAccount({
  db,
  account,
}: Awaited<ReturnType<typeof openContext>>): Promise<EvaluationFile> {
  const { data, error } = await db
    .from("evaluation_questions")
    .select("question, expected")
    .eq("account_id", account.id)
    .eq("active", true)
    .order("created_at")
    .limit(1_000);
  if (error) throw new Error(`The questions could not be read: ${error.message}`);
  return evaluationFile(account.name, data);
}

main().catch((cause: unknown) => {
  console.error(cause instanceof Error ? cause.message : String(cause));
  process.exitCode = 1;
});
