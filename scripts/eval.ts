import { argv } from "node:process";

/**
 * `npm run eval`: the analyst over its own questions and a business made for them. With `--account` over the questions
 * that the running account checked, with `--file questions.json` over those of a file from Settings, Evaluation.
 */
const own = argv.some((word) => /^--(?:account|file)(?:=|$)/.test(word));
await (own ? import("./eval/account") : import("../agent/evals/main.eval"));
