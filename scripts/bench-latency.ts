/**
 * How long an edit takes to the other side, measured on the running `npm start` (or `npm run dev`):
 *
 *   npm run bench -- latency        20 edits each way; needs a running product with the sandbox, its copy complete
 *
 * Postgres → Keap: from the commit of an SQL edit until Keap shows it. Keap → Postgres: from Keap's delivery of the hook
 * (its own delay is Keap's) until the row shows it.
 */
import { readDevFile } from "./start/dev-file";

const dev = readDevFile();
const edits = Number(process.argv[2] ?? 20);
const budgets = { p50: 2_000, p95: 5_000 };
const database = { apikey: dev.secret_key, authorization: `Bearer ${dev.secret_key}` };

async function json<T>(url: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${init.method ?? "GET"} ${url} answered ${response.status}`);
  return (await response.json().catch(() => null)) as T;
}

interface Row {
  supabase_id: string;
  keap_id: number;
  given_name: string | null;
}
const rows = (query: string) =>
  json<Row[]>(`${dev.supabase_url}/rest/v1/contacts?${query}`, { headers: database });
const inKeap = async (id: number) =>
  (
    await json<{ record?: { given_name?: string }; given_name?: string }>(
      `${dev.keap_url}/_sandbox/records/contacts/${id}`,
    ).then((answer) => answer.record ?? answer)
  ).given_name;

async function until(shown: () => Promise<boolean>, limitMs = 60_000): Promise<number> {
  const began = Date.now();
  while (!(await shown())) {
    if (Date.now() - began > limitMs) throw new Error(`Waited ${limitMs / 1000} s for an edit to arrive.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return Date.now();
}

/** When the sandbox delivered the hook for a change made since then, by this machine's clock. */
async function deliveredSince(began: number): Promise<number> {
  const { attempts } = await json<{ attempts: { at: string; event_key: string; outcome: unknown }[] }>(
    `${dev.keap_url}/_sandbox/hooks`,
  );
  const found = attempts.filter(
    (one) => one.event_key === "contact.edit" && Date.parse(one.at) >= began - 50,
  );
  return Date.parse(found.at(-1)?.at ?? "");
}

function report(name: string, times: number[]): boolean {
  times.sort((a, b) => a - b);
  const at = (share: number) =>
    times[Math.min(times.length - 1, Math.ceil(times.length * share) - 1)] ?? Number.NaN;
  const [p50, p95] = [at(0.5), at(0.95)];
  console.log(
    `${name}: p50 ${p50} ms (budget ${budgets.p50}), p95 ${p95} ms (budget ${budgets.p95}), ${times.length} edits`,
  );
  return p50 <= budgets.p50 && p95 <= budgets.p95;
}

const people = await rows(
  `select=supabase_id,keap_id,given_name&keap_id=not.is.null&deleted_at=is.null&order=keap_id.desc&limit=${edits}`,
);
if (people.length === 0)
  throw new Error("No contacts yet: wait until the copy of the Keap account is complete.");
const there: number[] = [];
const here: number[] = [];
for (const [n, person] of people.entries()) {
  const out = `Out ${Date.now()}`;
  const edited = Date.now();
  await json(`${dev.supabase_url}/rest/v1/contacts?supabase_id=eq.${person.supabase_id}`, {
    method: "PATCH",
    headers: { ...database, "content-type": "application/json" },
    body: JSON.stringify({ given_name: out }),
  });
  there.push((await until(async () => (await inKeap(person.keap_id)) === out)) - edited);
  // the echo of our own write comes back as a hook: let it pass
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  const back = `Back ${n} ${Date.now()}`;
  const began = Date.now();
  await json(`${dev.keap_url}/_sandbox/records/contacts/${person.keap_id}`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ given_name: back }),
  });
  const arrived = await until(
    async () =>
      (await rows(`select=supabase_id,keap_id,given_name&keap_id=eq.${person.keap_id}`))[0]?.given_name ===
      back,
  );
  const delivered = await deliveredSince(began);
  // a poll that was under way may have been quicker than the hook
  here.push(Math.max(0, arrived - (Number.isNaN(delivered) ? began + 1_000 : delivered)));
}
const good = [report("Postgres → Keap", there), report("Keap → Postgres, beyond the hook's own delay", here)];
process.exit(good.every(Boolean) ? 0 : 1);
