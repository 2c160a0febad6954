import { parseArgs } from "node:util";
import { chooseModel } from "../chat/model";
import { agentSettingsSchema } from "../settings";
import { makeBusiness } from "../testing/business";
import { contextFor, openWorlds } from "../testing/context";
import { questions } from "./cases";
import { type EvalResult, runEvals } from "./run-evals";

/**
 * `npm run eval [-- --runs 3] [--json] [--only second]`: asks the evaluation set through the whole chat loop, over a small business in a
 * database of its own, and prints how many answers had the right values. With OPENAI_API_KEY set, the model as well.
 */

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
    only: { type: "string", default: "" },
  },
});

/** Groups that begin so; all when nothing is said. */
const asked = questions.filter(({ group }) => group.startsWith(values.only));

async function main(): Promise<void> {
  const worlds = await openWorlds();
  try {
    const model = chooseModel(
      agentSettingsSchema.parse(
        Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== "")),
      ),
    );
    const answerers = [
      { name: "offline analyst", model: null },
      ...(model ? [{ name: model.modelId, model }] : []),
    ];
    for (const answerer of answerers) {
      const runs: EvalResult[][] = [];
      for (let run = 0; run < Number(values.runs); run++) {
        // A business of its own for each run: pins and proposals of one would be news to the next.
        const world = await worlds.world();
        await makeBusiness(world);
        const context = await contextFor(world);
        runs.push(await runEvals(asked, { context, model: answerer.model }));
      }
      const [first = []] = runs;
      const differing = first.filter((result, index) =>
        runs.some(
          (run) =>
            run[index]?.grade !== result.grade ||
            withoutIds(run[index]?.text ?? "") !== withoutIds(result.text),
        ),
      );
      const regraded = first.filter((result, index) =>
        runs.some((run) => run[index]?.grade !== result.grade),
      );
      print(
        answerer.name,
        first,
        runs.length > 1
          ? `${runs.length} runs, ${regraded.length} graded differently, texts ${differing.length === 0 ? "identical" : `differ in ${differing.length}: ${differing.map(({ question }) => question.turns.join(" → ")).join(" | ")}`}`
          : "",
      );
      if (first.some(({ grade }) => grade === "wrong") && !answerer.model) process.exitCode = 1;
    }
  } finally {
    await worlds.stop();
  }
}

/** Ids are made anew in each business, and the age of its data is the moment it was made. */
const withoutIds = (text: string) =>
  text
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "<id>")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)/g, "<time>")
    .replace(/\d{1,2} \w{3} \d{4},? \d\d:\d\d \([^)]*\)/g, "<time>");

const grades = ["right", "wrong", "refused", "errored"] as const;

function print(name: string, results: EvalResult[], runs: string): void {
  if (values.json) {
    console.log(
      JSON.stringify(
        {
          name,
          runs,
          results: results.map(({ question, ...rest }) => ({
            ...rest,
            group: question.group,
            turns: question.turns,
          })),
        },
        null,
        2,
      ),
    );
    return;
  }
  const count = (list: EvalResult[]) =>
    grades.map((grade) => String(list.filter((each) => each.grade === grade).length).padStart(8)).join("");
  console.log(
    `\n${name}${runs ? ` (${runs})` : ""}\n${"".padEnd(20)}${grades.map((grade) => grade.padStart(8)).join("")}`,
  );
  for (const group of [...new Set(results.map(({ question }) => question.group))])
    console.log(group.padEnd(20) + count(results.filter(({ question }) => question.group === group)));
  const kept = results.filter(({ held_out }) => held_out);
  const built = results.filter(({ held_out }) => !held_out);
  for (const [label, list] of [
    ["built with", built],
    ["kept aside", kept],
    ["all", results],
  ] as const) {
    console.log(
      label.padEnd(20) +
        count(list) +
        `   ${((100 * list.filter(({ grade }) => grade === "right").length) / Math.max(1, list.length)).toFixed(1)} % right`,
    );
  }
  const times = results.map(({ ms }) => ms).sort((a, b) => a - b);
  console.log(
    `time per turn: p50 ${times[Math.floor(times.length * 0.5)]?.toFixed(0)} ms, p95 ${times[Math.floor(times.length * 0.95)]?.toFixed(0)} ms`,
  );
  for (const { grade, question, text } of results.filter((each) => each.grade !== "right"))
    console.log(`${grade}: ${question.turns.join(" → ")}\n    ${text.slice(0, 160).replace(/\n/g, " ")}`);
}

await main();
