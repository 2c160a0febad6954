import { cells, cellsOf } from "../cells";
import { alwaysThere, type KindName } from "../kinds";
import { checkAll, initialCells } from "./invariants";
import type { KeapFault, ProcessPlan } from "./process";
import { createTinyAccount } from "./tiny-account";
import { createWorld, quiesce, type World } from "./world";

/** Small histories, each killed at every boundary of every call, and failed at every call in every way. */
const cellNamed = (entity: string, name: string) => {
  const cell = cells.find((one) => one.entity === entity && one.name === name);
  if (!cell) throw new Error(`There is no cell ${name}.`);
  return cell;
};
const rowOf = async (world: World, entity: "contacts" | "tags", keapId: number) => {
  const row = (await world.here.view()).rows[entity].find((one) => one.keap_id === keapId);
  if (!row) throw new Error(`There is no row of ${entity} ${keapId}.`);
  return row.id;
};

export interface Script {
  name: string;
  /** Kinds of record beside people and tags. */
  guests?: readonly KindName[];
  /** How much younger each record is than the one before it, milliseconds. */
  apart?: number;
  /** What must be so in the end, apart from the invariants. */
  wanted?(world: World): Promise<string[]>;
  prepare(world: World): Promise<void>;
  run(world: World, plan: ProcessPlan): Promise<unknown>;
}

export const scripts: readonly Script[] = [
  {
    name: "a person made here",
    prepare: async (world) => {
      await world.createHere("contacts");
    },
    run: (world, plan) => world.push(plan),
  },
  {
    name: "a tag made here, and put on a person made here",
    prepare: async (world) => {
      const person = await world.createHere("contacts");
      const tag = await world.createHere("tags");
      await world.here.member(person, tag, true);
    },
    run: (world, plan) => world.push(plan),
  },
  {
    name: "a value of one person, changed here alone",
    prepare: async (world) => {
      await world.writeHere(cellNamed("contacts", "given_name"), await rowOf(world, "contacts", 1), "w1");
    },
    run: (world, plan) => world.push(plan),
  },
  {
    name: "different values of one person on both sides",
    prepare: async (world) => {
      const id = await rowOf(world, "contacts", 1);
      await world.writeHere(cellNamed("contacts", "phone_numbers.PHONE2.number"), id, "(602) 555-1001");
      await world.writeHere(cellNamed("contacts", "family_name"), id, "w2");
      await world.writeKeap(cellNamed("contacts", "custom_fields.2"), 1, "w3");
      await world.writeKeap(cellNamed("contacts", "given_name"), 1, "w4");
    },
    run: (world, plan) => world.push(plan),
  },
  {
    name: "the same value of one person on both sides, ours to win",
    prepare: async (world) => {
      await world.here.setPolicy("contacts", "*", "supabase", "both");
      await world.writeKeap(cellNamed("contacts", "given_name"), 1, "w1");
      await world.writeHere(cellNamed("contacts", "given_name"), await rowOf(world, "contacts", 1), "w2");
    },
    run: (world, plan) => world.push(plan),
  },
  {
    name: "changes of Keap read by a poll",
    prepare: async (world) => {
      await world.writeKeap(cellNamed("contacts", "given_name"), 1, "w1");
      // further apart than any overlap of two polls
      await world.here.advance(600_000);
      await world.writeKeap(cellNamed("contacts", "given_name"), 2, "w2");
      await world.tagInKeap(2, 1, true);
      await world.createKeap("contacts");
      await world.createKeap("tags");
      await world.deleteInKeap("contacts", 3);
    },
    run: (world, plan) => world.poll(plan),
  },
  {
    name: "a company made here with its person, their note, and an order with a line",
    guests: ["companies", "notes", "orders", "order_items"],
    async prepare(world) {
      for (const entity of ["orders", "order_items"])
        await world.here.setSwitch(entity, { creates: true, deletes: false });
      const company = await world.createHere("companies");
      const person = await world.createHere("contacts", { company_id: company });
      await world.createHere("notes", {}, person);
      const order = await world.createHere("orders", {}, person);
      await world.createHere("order_items", {}, order);
    },
    // lines wait for their order, which waits for its person: each goes on as soon as its parent is there
    run: (world, plan) => world.push(plan),
  },
  {
    name: "a note and a company deleted here, and deletes go out",
    guests: ["companies", "notes"],
    async prepare(world) {
      world.deletesGoOut = true;
      for (const entity of ["companies", "interactions"])
        await world.here.setSwitch(entity, { creates: true, deletes: true });
      const [note] = await world.here.rowsOf("notes");
      const company = (await world.here.rowsOf("companies")).find((one) => one.keap_id === 2);
      if (!note || !company) throw new Error("There is no note or company.");
      await world.deleteHere("notes", note.id);
      await world.deleteHere("companies", company.id);
    },
    run: (world, plan) => world.push(plan),
    wanted: async ({ keap: { account } }) => [
      ...(account.notes.has(1) ? ["the note is still in Keap"] : []),
      ...(account.companies.has(2) ? ["the company is still in Keap"] : []),
    ],
  },
  {
    name: "two people merged in Keap",
    guests: ["orders", "order_items"],
    async prepare(world) {
      // the merge touches no date: what it moves is not among the changes of the last minutes
      await world.here.advance(600_000);
      await world.createKeap("orders", 3);
      await world.poll();
      await world.mergeInKeap(2, 1);
    },
    run: (world, plan) => world.poll(plan, true),
    wanted: mergedIntoSecond,
  },
  {
    name: "the first copy",
    apart: 3_600_000,
    prepare: async () => undefined,
    run: (world, plan) => world.backfill(plan),
  },
];

/** The lost one's row says whom it was merged into, and nothing hangs on it any more. */
export async function mergedIntoSecond(world: World): Promise<string[]> {
  const { contacts, orders } = (await world.here.view()).rows;
  const lost = contacts.find((one) => one.keap_id === 1);
  const into = lost?.values.merged_into_keap_id ?? null;
  const left = orders.filter((one) => one.values.contact_keap_id === 1);
  return [
    ...(lost?.deleted && into === 2 ? [] : [`contact 1 is said to be merged into ${into}`]),
    ...left.map((one) => `order ${one.keap_id} hangs on ${one.values.contact_keap_id}`),
  ];
}

async function play(
  script: Script,
  plan: ProcessPlan,
): Promise<{ world: World; broken: Record<string, unknown> }> {
  const guests = script.guests ?? [];
  const world = createWorld({
    account: createTinyAccount({ contacts: 3, tags: 2, guests, apart: script.apart }),
    cast: [...alwaysThere, ...guests],
  });
  const initial = initialCells(world);
  if (script.name !== "the first copy") await world.backfill();
  await script.prepare(world);
  await script.run(world, plan);
  for (let tries = 0; tries < 6; tries += 1) {
    const ending = await world.backfill();
    if (ending.kind === "done" && (ending.result as { complete: boolean }).complete) break;
    await world.here.advance(60_000);
  }
  const rounds = await quiesce(world);
  const found: Record<string, string[]> = await checkAll(
    { world, rounds, view: await world.here.view() },
    initial,
  );
  found.wanted = (await script.wanted?.(world)) ?? [];
  return {
    world,
    broken: Object.fromEntries(Object.entries(found).filter(([, findings]) => findings.length > 0)),
  };
}

/** What people would see on both sides, without times and without ids of the run. */
async function seen(world: World): Promise<unknown> {
  const { rows, links } = await world.here.view();
  const values = (entity: KindName) =>
    rows[entity]
      .filter((one) => !one.deleted)
      .map((row) => cellsOf(entity).map((cell) => cell.ofRow(row.values)))
      .sort();
  return {
    ...Object.fromEntries(world.here.cast.map((name) => [name, values(name)])),
    links: links.filter((one) => one.present).length,
  };
}

const faults: readonly KeapFault[] = [
  "reset_before",
  "reset_after",
  "status_500",
  "status_500_after",
  "throttled",
  "web_page",
  "cut_short",
  "leaves_out",
];

export interface CrashReport {
  /** How many boundaries it was killed at, or calls failed. */
  tried: number;
  /** What differed from the undisturbed run, or broke an invariant. */
  found: string[];
}

/** Killed before and after each call, once each. */
export async function killEverywhere(script: Script): Promise<CrashReport> {
  const wanted = await undisturbed(script);
  const report: CrashReport = { tried: 0, found: [...wanted.found] };
  for (let crashAt = 0; report.found.length === 0; crashAt += 1) {
    const { world, broken } = await play(script, { crashAt });
    if (!world.log.some((line) => line.includes("→ killed"))) break;
    report.tried += 1;
    await note(report, `killed at boundary ${crashAt}`, world, broken, wanted.seen);
  }
  return report;
}

/** Each call failed in each way, once each. */
export async function failEverywhere(script: Script): Promise<CrashReport> {
  const wanted = await undisturbed(script);
  const report: CrashReport = { tried: 0, found: [...wanted.found] };
  for (const fault of faults) {
    for (let failing = 0; report.found.length === 0; failing += 1) {
      let hit = false;
      const { world, broken } = await play(script, {
        keapFault: (call) => {
          if (call !== failing) return null;
          hit = true;
          return fault;
        },
      });
      if (!hit) break;
      report.tried += 1;
      await note(report, `call ${failing} fails by ${fault}`, world, broken, wanted.seen);
    }
  }
  return report;
}

async function undisturbed(script: Script): Promise<{ seen: string; found: string[] }> {
  const { world, broken } = await play(script, {});
  const found = Object.keys(broken).length > 0 ? [`undisturbed: ${JSON.stringify(broken)}`] : [];
  return { seen: JSON.stringify(await seen(world)), found };
}

async function note(
  report: CrashReport,
  what: string,
  world: World,
  broken: Record<string, unknown>,
  wanted: string,
): Promise<void> {
  if (Object.keys(broken).length > 0) report.found.push(`${what}: ${JSON.stringify(broken)}`);
  const now = JSON.stringify(await seen(world));
  if (now !== wanted) report.found.push(`${what}: ends as ${now} instead of ${wanted}`);
}
