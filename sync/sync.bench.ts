import { startTestDatabase } from "@/supabase/testing/database";
import { contactFields } from "./mapping/contact";
import type { Json, MappedRow, Values } from "./mapping/types";
import { planFields, type ThreeStates } from "./plan/plan-fields";
import { policiesFor } from "./plan/policies";
import { cells } from "./simulate/cells";
import { createTinyAccount } from "./simulate/testing/tiny-account";
import { createWorld, quiesce } from "./simulate/testing/world";
import { createSupabaseStore } from "./stores/supabase";

/** `npm run bench -- sync`: what the sync costs, each figure beside its budget and, where there is one, its floor. */

const line = (what: string, measured: string, budget: string) =>
  console.log(`${what.padEnd(52)} ${measured.padStart(22)}   ${budget}`);

function contactRow(id: number, over: Values = {}): MappedRow {
  return {
    key: String(id),
    keap_id: id,
    created_at: "2026-01-01T00:00:00.000Z",
    updated_at: "2026-02-01T00:00:00.000Z",
    members: [],
    values: {
      ...Object.fromEntries(
        contactFields.map(({ name, kind }): [string, Json] => [
          name,
          kind === "slots" || kind === "map" ? {} : null,
        ]),
      ),
      given_name: `Given ${id}`,
      family_name: `Family ${id}`,
      job_title: "Buyer",
      contact_type: "Customer",
      website: "https://example.test",
      birth_date: "1980-02-03",
      utm_parameters: [],
      raw: {},
      email_addresses: {
        EMAIL1: {
          email: `person${id}@example.test`,
          opt_in_reason: null,
          is_opt_in: true,
          email_opt_status: "SINGLE_OPT_IN",
        },
      },
      phone_numbers: { PHONE1: { number: "(602) 555-0101", extension: null, type: "Work" } },
      addresses: {
        BILLING: {
          line1: `${id} Main St`,
          line2: null,
          locality: "Phoenix",
          region: "Arizona",
          region_code: "US-AZ",
          country_code: "USA",
          postal_code: "85001",
          zip_four: null,
        },
      },
      custom_fields: { "1": "Green", "2": 42 },
      ...over,
    },
  };
}

/** One core's work is counted in its own seconds: other processes on the machine do not slow them. */
function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function planner(): void {
  const policies = policiesFor("contacts");
  // a batch as the push plans it
  const of = (kind: "unchanged" | "keap" | "here" | "both") =>
    Array.from({ length: 100 }, (_, id): ThreeStates => {
      // as they come out of the database: parsed, nothing shared
      const fresh = (over: Values = {}) => JSON.parse(JSON.stringify(contactRow(id, over).values)) as Values;
      return {
        base: fresh(),
        keap: fresh(kind === "keap" || kind === "both" ? { family_name: "Changed there" } : {}),
        supabase: fresh(kind === "here" || kind === "both" ? { family_name: "Changed here" } : {}),
        keapChangedAt: "2026-02-01T00:00:00.000Z",
        supabaseChangedAt: "2026-02-02T00:00:00.000Z",
      };
    });
  const kinds = { unchanged: of("unchanged"), keap: of("keap"), here: of("here"), both: of("both") };
  const mixed = kinds.unchanged.map(
    (one, at) =>
      (at % 10 === 0 ? kinds.both : at % 10 < 3 ? kinds.keap : at % 10 < 5 ? kinds.here : kinds.unchanged)[
        at
      ] ?? one,
  );
  const plan = (all: readonly ThreeStates[]) => {
    for (const states of all) planFields(contactFields, states, policies);
  };
  for (let warm = 0; warm < 200; warm += 1) for (const all of Object.values(kinds)) plan(all);
  for (const [kind, all] of Object.entries({ ...kinds, mixed })) {
    const seconds = cpuSeconds(() => {
      for (let again = 0; again < 400; again += 1) plan(all);
    });
    line(
      `planner, contacts, ${kind}`,
      `${Math.round((400 * all.length) / seconds)} records/s`,
      "≥ 100,000 on one core",
    );
  }
}

async function apply(): Promise<void> {
  const database = await startTestDatabase();
  const { account_id } = await database.createAccount({});
  const other = await database.createAccount({});
  const store = createSupabaseStore(database.service);
  const page = (at: number, title: string) =>
    Array.from({ length: 1000 }, (_, n) => contactRow(at * 1000 + n + 1, { job_title: title }));
  const columns = Object.keys(contactRow(1).values);
  await database.sql(`create function public.bench_upsert(p_account uuid, p_rows jsonb) returns void language plpgsql security definer set search_path = '' as $f$
    begin
      insert into public.contacts (account_id, keap_id, sync_status, ${columns.join(", ")})
      select p_account, (r ->> 'keap_id')::bigint, 'synced', ${columns.map((one) => `v.${one}`).join(", ")}
      from jsonb_array_elements(p_rows) r cross join lateral jsonb_populate_record(null::public.contacts, r -> 'values') v
      on conflict (account_id, keap_id) do update set version = contacts.version + 1, ${columns.map((one) => `${one} = excluded.${one}`).join(", ")};
    end $f$`);
  await database.sql("grant execute on function public.bench_upsert to service_role");
  const timed = async (work: () => Promise<unknown>) => {
    const started = performance.now();
    await work();
    return performance.now() - started;
  };
  for (const [what, title] of [
    ["new rows", "Buyer"],
    ["changed rows", "Boss"],
    ["unchanged rows", "Boss"],
  ] as const) {
    const ours: number[] = [];
    const bare: number[] = [];
    for (let at = 0; at < 5; at += 1) {
      const rows = page(at, title);
      bare.push(
        await timed(async () => {
          const { error } = await database.service.rpc("bench_upsert", {
            p_account: other.account_id,
            p_rows: rows,
          });
          if (error) throw new Error(error.message);
        }),
      );
      ours.push(await timed(() => store.applyPage(account_id, "contacts", rows)));
    }
    const median = (all: number[]) => all.toSorted((a, b) => a - b)[2] ?? 0;
    line(
      `apply, 1,000 ${what}, against a bare upsert`,
      `${median(ours).toFixed(0)} / ${median(bare).toFixed(0)} ms = ${(median(ours) / median(bare)).toFixed(2)}`,
      "≤ 3 times",
    );
  }
  await database.stop();
}

async function calls(): Promise<void> {
  const people = 200;
  const world = createWorld({ account: createTinyAccount({ contacts: people, tags: 2 }) });
  await world.backfill();
  await quiesce(world, 4);
  const cell = cells.find((one) => one.name === "job_title");
  const other = cells.find((one) => one.name === "family_name");
  if (!cell || !other) throw new Error("The simulation writes other values now.");
  const since = (from: number) => {
    const made = world.keap.calls.slice(from);
    const writes = made.filter((one) => one.method !== "GET").length;
    return { reads: made.length - writes, writes };
  };
  let from = world.keap.calls.length;
  for (let id = 1; id <= people; id += 1) await world.writeKeap(cell, id, `Title ${id}`);
  await world.poll();
  let made = since(from);
  line(
    `calls per change in Keap, ${people} at once`,
    ((made.reads + made.writes) / people).toFixed(3),
    "≤ 0.05, at least 1 call a poll",
  );

  const rows = (await world.here.view()).rows.contacts;
  from = world.keap.calls.length;
  // within the hour's 50, so that nothing waits for a person
  for (const row of rows.slice(0, 50)) await world.writeHere(other, row.id, `Here ${row.keap_id}`);
  await world.push();
  made = since(from);
  line("writes per change here, 50 at once", (made.writes / 50).toFixed(2), "≤ 1, at least 1");
  line("reads for a batch of 50 changes here", String(made.reads), "≤ 1 per batch of 100");

  await world.here.advance(3_700_000);
  from = world.keap.calls.length;
  const [lone] = rows;
  if (!lone) throw new Error("There is nobody.");
  await world.writeHere(other, lone.id, "Alone");
  await world.push();
  made = since(from);
  line("reads and writes of a lone edit", `${made.reads} + ${made.writes}`, "≤ 1 + ≤ 1");
  from = world.keap.calls.length;
  await world.writeHere(other, lone.id, "Undone");
  await world.writeHere(other, lone.id, "Alone");
  await world.push();
  line("writes of an edit that was undone", String(since(from).writes), "0");
  from = world.keap.calls.length;
  await world.push();
  line("calls of a push with nothing to do", String(since(from).reads + since(from).writes), "0");
}

planner();
await calls();
await apply();
process.exit(0);
