/** `npm run test:contract -- <folder of Keap's specifications>`: see README.md in this folder. */
import { existsSync, statSync } from "node:fs";
import { generateAccount } from "@/sandbox/generator/generate";
import { createSandbox } from "@/sandbox/sandbox";
import { departures } from "./departures";
import { driveClient } from "./drive-client";
import { driveDeclined, driveErrors, driveReads, driveWrites, servedOperations } from "./drive-direct";
import { createObserver } from "./observe";
import { loadSpecs } from "./spec";
import { createValidator } from "./validator";

const folder = process.argv[2];
if (!folder || !existsSync(folder) || !statSync(folder).isDirectory()) {
  console.error(
    folder
      ? `There is no folder "${folder}". Give the folder that holds Keap's v1 and v2 specifications.`
      : "Give the folder that holds Keap's v1 and v2 specifications: npm run test:contract -- <folder>",
  );
  process.exit(2);
}

const now = new Date("2026-11-23T12:00:00.000Z");
const specs = loadSpecs(folder);
const account = generateAccount({ seed: 11, contacts: 600, endDate: now });
const validator = createValidator(
  specs,
  [...account.customFields.values()].map((field) => field.field_name),
);
const sandbox = createSandbox({
  account,
  now,
  scale: 0,
  limits: "off",
});
const observer = createObserver(validator, (request) => sandbox.fetch(request));
const { served, declined, unknownRoutes } = servedOperations(specs);
const right = observer.fetch("right");
const wrong = observer.fetch("wrong");

const client = await driveClient(right, { account: sandbox.account, token: sandbox.token, now });
await driveWrites({ sandbox, right, wrong });
await driveReads({ sandbox, right, wrong }, served);
await driveErrors({ sandbox, right, wrong }, served);
const notDeclined = await driveDeclined({ sandbox, right, wrong }, declined);
await driveThrottle();
sandbox.stop();

/** One account with limits that are reached at once: the answer to a call too many. */
async function driveThrottle(): Promise<void> {
  const busy = createSandbox({ now, scale: 0, limits: { per_second: 1, per_minute: 2 } });
  const throttled = createObserver(validator, (request) => busy.fetch(request));
  const send = throttled.fetch("right");
  for (let call = 0; call < 6; call++) {
    await send("https://api.infusionsoft.com/crm/rest/v2/tags", {
      headers: { authorization: `Bearer ${busy.token}` },
    });
  }
  busy.stop();
  for (const [id, times] of throttled.departed)
    observer.departed.set(id, (observer.departed.get(id) ?? 0) + times);
  for (const [key, failure] of throttled.failures) observer.failures.set(key, failure);
}

const covered = [...observer.coverage].sort(([a], [b]) => (a < b ? -1 : 1));
console.log("Operations covered (requests checked · answers by status):");
for (const [id, { requests, answers }] of covered) {
  const statuses = [...answers].sort(([a], [b]) => a - b).map(([status, times]) => `${status}×${times}`);
  console.log(`  ${id}  ${requests} · ${statuses.join(" ")}`);
}
const succeeded = new Set(
  covered.filter(([, seen]) => [...seen.answers.keys()].some((status) => status < 300)).map(([id]) => id),
);
const silent = served.filter((operation) => !succeeded.has(operation.id)).map((operation) => operation.id);
const unserved = covered
  .filter(([id, seen]) => seen.requests > 0 && !served.some((operation) => operation.id === id))
  .map(([id]) => id);

console.log("\nDeliberate departures from the specifications (tests/contract/departures.ts):");
for (const { id, what, source } of departures) {
  const times = (observer.departed.get(id) ?? 0) + (validator.rewrites.get(id) ?? 0);
  console.log(`  ${id}: ${what}. ${source}. Met ${times} times.`);
}

const sections: [title: string, lines: string[]][] = [
  [
    "Violations of the specifications",
    [...observer.failures.values()].map(
      (one) => `${one.operation} [${one.part}] ${one.message} (${one.times}×, first in ${one.call})`,
    ),
  ],
  ["Client calls that brought no answer", client.broken.map((one) => `${one.call}: ${one.error}`)],
  ["Client methods not exercised", client.unused],
  ["Sandbox routes that no specification has", unknownRoutes],
  ["Declined operations that do not answer 501", notDeclined],
  ["Sandbox operations never seen to succeed", silent],
  ["Operations the client asks for that the sandbox does not serve", unserved],
];
for (const [title, lines] of sections) {
  if (lines.length === 0) continue;
  console.log(`\n${title} (${lines.length}):`);
  for (const line of lines) console.log(`  ${line}`);
}
console.log(
  `\n${covered.length} operations covered, ${succeeded.size} of them with a success, by ${observer.calls} calls; ` +
    `${client.used} client methods used; ${served.length} operations served by the sandbox, ${declined.length} declined with 501; ` +
    `${specs.operations.length} operations in the two specifications.`,
);
const failed = sections.reduce((sum, [, lines]) => sum + lines.length, 0);
if (failed > 0) {
  console.error(`${failed} findings.`);
  process.exit(1);
}
console.log("Everything seen agrees with the specifications.");
