import { alwaysThere } from "../kinds";
import { createRandom, type Random } from "../random";
import type { DatabaseSide } from "./database-side";
import { admitGuests, drawGuests, editGuest } from "./guests";
import { checkAll, type Finding, initialCells, type Settled } from "./invariants";
import type { KeapFault, ProcessPlan, StoreFault } from "./process";
import { createTinyAccount } from "./tiny-account";
import { undoIsIdentity } from "./undo-identity";
import { cells, cellsOf, createWorld, quiesce, type World, type WorldOptions } from "./world";

export interface HistoryOptions extends WorldOptions {
  seed: number;
  /** Things that happen before everybody rests. */
  length?: number;
  /** Without faults, kills and interleaving. */
  calm?: boolean;
  /** As the first histories were: people and tags alone, and no worker stands still. For seeds that once failed. */
  narrow?: boolean;
  side?: DatabaseSide;
  /** A single policy for all of contacts and tags, instead of one drawn. */
  policy?: "keap" | "supabase" | "newest" | "hold";
}

export interface HistoryReport {
  seed: number;
  settled: Settled;
  /** Only the invariants that do not hold. */
  broken: Record<string, Finding[]>;
  log: string[];
}

const keapFaults: readonly KeapFault[] = [
  "reset_before",
  "reset_after",
  "status_500",
  "status_500_after",
  "throttled",
  "web_page",
  "cut_short",
  "leaves_out",
  "leaves_out",
];
const storeFaults: readonly StoreFault[] = ["refused", "lost_answer"];
const day = 24 * 60 * 60 * 1000;

/** Plays one history from its seed and checks every invariant at its end. */
export async function playHistory(options: HistoryOptions): Promise<HistoryReport> {
  const random = createRandom(options.seed);
  const skew = options.skew ?? {
    worker: options.calm ? 0 : random.pick([0, 0, 0, day, -day]),
    keap: options.calm ? 0 : random.pick([0, 0, 0, day, -day]),
  };
  // drawn apart from everything else: without guests a history is the same as it was before there were any
  const joining = createRandom(options.seed + 5_000_000);
  const joined = options.narrow || joining.chance(0.4) ? [] : drawGuests(joining);
  const cast = options.cast ?? [...alwaysThere, ...joined];
  const world = createWorld({
    ...options,
    skew,
    cast,
    account:
      options.account ??
      createTinyAccount({ contacts: 1 + random.below(3), tags: 1 + random.below(2), guests: cast }),
  });
  const initial = initialCells(world);
  const policy = options.policy ?? random.pick(["default", "default", "keap", "supabase", "newest", "hold"]);
  if (policy !== "default")
    for (const entity of ["contacts", "tags"] as const)
      await world.here.setPolicy(entity, "*", policy, "both");
  await admitGuests(world, joining, policy);
  // a field that is Keap's alone: an edit of it here is put back
  const keapsOwn = random.chance(0.2) ? ["job_title"] : [];
  for (const field of keapsOwn) await world.here.setPolicy("contacts", field, "keap", "keap");
  world.log.push(
    `seed ${options.seed}, ${cast.join(" ")}, policy ${policy}, skew ${skew.worker}/${skew.keap}`,
  );

  // the first copy may be killed as well
  const freezes = options.narrow ? null : createRandom(options.seed + 3_000_000);
  const plan = options.calm ? undefined : planOf(world, random, freezes, 0.3);
  for (let tries = 0; tries < 20; tries += 1) {
    const ending = await world.backfill(tries === 0 ? plan : undefined);
    if (ending.kind === "done" && (ending.result as { complete: boolean }).complete) break;
    await world.here.advance(60_000);
  }
  const length = options.length ?? 4 + random.below(10);
  for (let at = 0; at < length; at += 1) await act(world, random, freezes, options.calm ?? false);
  const rounds = await quiesce(world);
  const settled: Settled = { world, rounds, view: await world.here.view() };
  const checked: Record<string, Finding[]> = await checkAll(settled, initial, keapsOwn);
  // a history of its own after the history: every fourth is enough
  if (options.seed % 4 === 0) checked["I14 undo is identity"] = await undoIsIdentity(settled, options.seed);
  const broken = Object.fromEntries(Object.entries(checked).filter(([, findings]) => findings.length > 0));
  return { seed: options.seed, settled, broken, log: world.log };
}

async function act(world: World, random: Random, freezes: Random | null, calm: boolean): Promise<void> {
  const what = random.below(10);
  if (what < 5) await edit(world, random);
  else if (what < 7) await world.push(calm ? undefined : planOf(world, random, freezes));
  else if (what < 9) await world.poll(calm ? undefined : planOf(world, random, freezes));
  else await world.here.advance(random.pick([1000, 30_000, 200_000, 4_000_000]));
}

/** One change by somebody, on either side. */
export async function edit(world: World, random: Random): Promise<void> {
  const guests = world.here.cast.slice(alwaysThere.length);
  if (guests.length > 0 && random.chance(0.6)) return editGuest(world, random, random.pick(guests));
  const what = random.below(20);
  const contacts = (await world.here.rowsOf("contacts")).filter((one) => !one.deleted);
  const tags = (await world.here.rowsOf("tags")).filter((one) => !one.deleted);
  if (what < 7) {
    const cell = random.pick(cells);
    const rows = cell.entity === "contacts" ? contacts : tags;
    if (rows.length === 0) return;
    await world.writeHere(cell, random.pick(rows).id, valueFor(world, random, cell.name, cell.token));
  } else if (what < 14) {
    const cell = random.pick(cells);
    const ids = [...(cell.entity === "tags" ? world.keap.account.tags : world.keap.account.contacts).keys()];
    if (ids.length === 0) return;
    await world.writeKeap(cell, random.pick(ids), valueFor(world, random, cell.name, cell.token));
  } else if (what === 14) await world.createHere(random.pick(["contacts", "contacts", "tags"] as const));
  else if (what === 15) await world.createKeap(random.pick(["contacts", "contacts", "tags"] as const));
  else if (what === 16) {
    if (contacts.length === 0 || tags.length === 0) return;
    const contact = random.pick(contacts).id;
    const tag = random.pick(tags).id;
    await world.tagHere(contact, tag, random.chance(0.6));
  } else if (what === 17) {
    const people = [...world.keap.account.contacts.keys()];
    const labels = [...world.keap.account.tags.keys()];
    if (people.length > 0 && labels.length > 0)
      await world.tagInKeap(random.pick(people), random.pick(labels), random.chance(0.6));
  } else if (what === 18) {
    const ids = [...world.keap.account.contacts.keys()];
    if (ids.length > 1 && random.chance(0.5)) await world.deleteInKeap("contacts", random.pick(ids));
  } else if (contacts.length > 1 && random.chance(0.3)) {
    await world.deleteHere("contacts", random.pick(contacts).id);
  }
}

function valueFor(world: World, random: Random, cell: string, token: (n: number) => string): string | null {
  // a tag needs its name
  if (cell !== "name" && random.chance(0.12)) return null;
  return token(world.nextToken());
}

/** Faults, a kill and what others do meanwhile, drawn anew for each process. */
function planOf(world: World, random: Random, freezes: Random | null, faulty = 0.5): ProcessPlan {
  const plan: ProcessPlan = {};
  const frozen = freezes?.chance(0.12)
    ? { at: freezes.below(40), for: freezes.pick([31_000, 150_000]) }
    : null;
  if (random.chance(faulty)) {
    const rate = random.pick([0.05, 0.2]);
    plan.keapFault = () => (random.chance(rate) ? random.pick(keapFaults) : null);
    if (random.chance(0.3)) plan.storeFault = () => (random.chance(0.04) ? random.pick(storeFaults) : null);
  }
  if (random.chance(faulty * 0.6)) plan.crashAt = random.below(60);
  if (random.chance(0.5)) {
    let inside = false;
    plan.meanwhile = async () => {
      if (inside || !random.chance(0.04)) return;
      inside = true;
      try {
        const what = random.below(10);
        if (what < 8) await edit(world, random);
        else if (what === 8) await world.poll();
        else await world.push();
      } finally {
        inside = false;
      }
    };
  }
  if (frozen) {
    const others = plan.meanwhile;
    let isSending = false;
    plan.meanwhile = async (step) => {
      await others?.(step);
      if (step.side === "store") isSending = step.name === "writeIntents";
      if (step.at !== frozen.at) return;
      // the whole machine slept: others have taken over and gone on. Between a create's last look and its call no sleep may
      // be longer than a create is waited for: whoever sleeps on there makes it twice, and no call of Keap's prevents it
      await world.here.advance(isSending ? Math.min(frozen.for, 31_000) : frozen.for);
      await world.push();
    };
  }
  return plan;
}

export { cellsOf };
