import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Mutant, mutants } from "./list";

/**
 * `npm run test:mutants [-- --only <part of a name>] [--no-sql] [--from N] [--to N]`: puts each defect into a copy of the sources and plays
 * histories until one of them breaks an invariant. A defect that nothing notices fails the command.
 */
const { values } = parseArgs({
  options: {
    only: { type: "string" },
    "no-sql": { type: "boolean", default: false },
    from: { type: "string", default: "1" },
    to: { type: "string", default: String(mutants.length) },
  },
});
const chosen = mutants
  .slice(Number(values.from) - 1, Number(values.to))
  .filter(
    (one) =>
      (!values.only || one.name.includes(values.only)) && !(values["no-sql"] && one.file.endsWith(".sql")),
  );
const runsOf: Record<Mutant["level"], number> = {
  planner: 30_000,
  crash: 1,
  engine: 2500,
  stores: 4,
  test: 1,
};

const root = process.cwd();
const copy = await mkdtemp(join(tmpdir(), "keapsake-mutants-"));
for (const part of ["sync", "sandbox", "supabase", "package.json", "tsconfig.json", "vitest.config.ts"])
  await cp(join(root, part), join(copy, part), { recursive: true });
await symlink(join(root, "node_modules"), join(copy, "node_modules"));

let escaped = 0;
for (const mutant of chosen) {
  const started = performance.now();
  const verdict = await tryMutant(mutant);
  if (!verdict.startsWith("caught")) escaped += 1;
  console.log(
    `${verdict.padEnd(60)} ${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${mutant.name}`,
  );
}
await rm(copy, { recursive: true, force: true });
console.log(`${chosen.length} defects, ${chosen.length - escaped} caught`);
process.exit(escaped > 0 ? 1 : 0);

async function tryMutant(mutant: Mutant): Promise<string> {
  const { file, find, replace } = mutant;
  const path = join(copy, file);
  const source = await readFile(path, "utf8");
  const times = source.split(find).length - 1;
  if (times !== 1) return `STALE: its place is there ${times} times`;
  await writeFile(
    path,
    source.replace(find, () => replace),
  );
  try {
    const { code, output } = await play(mutant);
    if (code === 0) return "ESCAPED";
    if (mutant.level === "test") {
      const failed = /(?:×|FAIL).*> (.*)/.exec(output)?.[1];
      return failed ? `caught by "${failed.trim().slice(0, 44)}"` : `BROKEN: ${output.slice(-200)}`;
    }
    const seed = /^seed (\d+):\n\s+(I?\d*[^:\n]*):/m.exec(output);
    // the engine may also fall over its own defect
    return seed
      ? `caught by ${seed[2]} (seed ${seed[1]})`
      : code === 1
        ? "caught"
        : `BROKEN: ${output.slice(-200)}`;
  } finally {
    await writeFile(path, source);
  }
}

function play({
  level,
  runs = runsOf[level],
  test = "",
  only = "",
}: Mutant): Promise<{ code: number | null; output: string }> {
  const simulate = [
    "--import",
    "tsx",
    "sync/simulate/testing/main.ts",
    "--level",
    level,
    "--runs",
    String(runs),
  ];
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const args =
    level === "test"
      ? [
          vitest,
          "run",
          ...(test.includes(".slow.") ? ["--mode", "slow"] : []),
          "--bail",
          "1",
          ...(only ? ["-t", only] : []),
          test,
        ]
      : [...simulate, "--only", only, "--until-failure", "--show", "1"];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: copy, env: { ...process.env, NO_COLOR: "1" } });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk));
    child.on("close", (code) => resolve({ code, output }));
  });
}
