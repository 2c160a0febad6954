import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** `npm run bench [-- NAME …]`: measurements, each in a process of its own. Timings are no tests: machines differ. */
const benches: Record<string, { file: string; what: string; alone?: true }> = {
  agent: {
    file: "agent/agent.bench.ts",
    what: "questions to chart rows offline, our own work per model turn, tokens sent to a model",
  },
  metrics: {
    file: "analytics/testing/bench.ts",
    what: "ready charts against hand-written SQL, and whole boards, at 100,000 contacts and 1,000,000 orders",
  },
  copy: {
    file: "sync/budget.bench.ts",
    what: "the first copy of 100,000 contacts through an enforcing Keap: calls against the fewest, share of the full rate",
  },
  latency: {
    file: "scripts/bench-latency.ts",
    what: "an edit to the other side, both ways, on the running product (start it first)",
    alone: true,
  },
  sync: {
    file: "sync/sync.bench.ts",
    what: "the planner's speed, storing a page against a bare upsert, calls to Keap per change",
  },
  quota: {
    file: "sync/keap/quota.bench.ts",
    what: "10,000 calls of four processes through the shared limiter, against an enforcing Keap at 60 times the speed",
  },
};

const root = fileURLToPath(new URL("..", import.meta.url));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(
    `There is no measurement "${unknown.join('", "')}". There are: ${Object.keys(benches).join(", ")}.`,
  );
  process.exit(2);
}
for (const [name, { file, what, alone }] of Object.entries(benches)) {
  // what needs a running product is measured only when it is asked for
  if (wanted.length > 0 ? !wanted.includes(name) : alone) continue;
  if (!existsSync(`${root}${file}`)) throw new Error(`${file} is missing.`);
  console.log(`\n${name}: ${what}`);
  const { status } = spawnSync(process.execPath, ["--import", "tsx", file], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
