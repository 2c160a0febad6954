import type { FieldKind, FieldSpec, Json, Values } from "../mapping/types";
import { same } from "../plan/canonical";
import { type FieldPlan, planFields, type ThreeStates } from "../plan/plan-fields";
import type { Owner, Policies, Policy } from "../plan/policies";
import { createRandom, type Random } from "./random";

/**
 * Random records through the pure planner, made and checked quickly enough for ten million. The checks do not repeat the
 * planner: they apply its plan and look at what became of the two sides.
 */
export interface PlannerRuns {
  runs: number;
  seed: number;
}

export interface PlannerReport {
  failed: { seed: number; broken: string }[];
  perSecond: number;
}

const kinds: readonly FieldKind[] = [
  "text",
  "email",
  "phone",
  "number",
  "boolean",
  "date",
  "instant",
  "json",
];
const policies: readonly Policy[] = ["keap", "supabase", "newest", "set-merge", "hold"];
const owners: readonly Owner[] = ["keap", "supabase", "both", "both", "both"];

const samples: Record<string, readonly Json[]> = {
  text: [null, "", "a", " a ", "b", "ä", "0"],
  email: [null, "A@x.test", "a@x.test", "b@x.test"],
  phone: [null, "(602) 555-0101", "+16025550101", "+49 30 901820"],
  number: [null, 0, 1, "1", 1.5],
  boolean: [null, true, false],
  date: [null, "2026-01-02", "2026-01-02T00:00:00Z", "2026-01-03"],
  instant: [null, "2026-01-02T00:00:00Z", "2026-01-02T00:00:00.000+00:00", "2026-01-02T01:00:00Z"],
  json: [null, {}, [], { a: 1 }, { a: 1, b: null }, [1, 2]],
};

export function checkPlanner({ runs, seed }: PlannerRuns): PlannerReport {
  const failed: PlannerReport["failed"] = [];
  const started = performance.now();
  for (let at = seed; at < seed + runs; at += 1) {
    const broken = checkCase(at);
    if (broken) failed.push({ seed: at, broken });
  }
  return { failed, perSecond: (runs * 1000) / (performance.now() - started) };
}

/** What is wrong with the plan of this case, or null. */
export function checkCase(seed: number): string | null {
  const random = createRandom(seed);
  const fields = makeFields(random);
  const states = makeStates(random, fields);
  const policy = makePolicies(random);
  const plan = planFields(fields, states, policy);
  return (
    keepsWhatNobodyTouched(fields, states, plan) ??
    writesOnlyWhatMayBeWritten(fields, policy, plan) ??
    losesNothingSilently(fields, states, plan, policy) ??
    comesToRest(fields, states, plan, policy) ??
    ownsItsPush(fields, states, plan) ??
    decidesAsTold(plan, policy, states)
  );
}

function makeFields(random: Random): FieldSpec[] {
  return Array.from({ length: 1 + random.below(3) }, (_, at): FieldSpec => {
    const name = `f${at}`;
    const writable = random.chance(0.8);
    const shape = random.below(10);
    if (shape < 2)
      return {
        name,
        kind: "slots",
        writable,
        leaves: {
          number: { kind: "phone", writable: true },
          type: { kind: "text", writable: random.chance(0.7) },
        },
      };
    if (shape === 2) return { name, kind: "map", writable };
    return { name, kind: random.pick(kinds), writable };
  });
}

function makeStates(random: Random, fields: readonly FieldSpec[]): ThreeStates {
  const linked = random.chance(0.85);
  const base: Values = {};
  const keap: Values = {};
  const supabase: Values = {};
  for (const field of fields) {
    base[field.name] = makeValue(random, field);
    keap[field.name] = random.chance(0.5) ? (base[field.name] ?? null) : makeValue(random, field);
    supabase[field.name] = random.chance(0.5) ? (base[field.name] ?? null) : makeValue(random, field);
  }
  const time = () => random.pick([null, "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]);
  return { base: linked ? base : null, keap, supabase, keapChangedAt: time(), supabaseChangedAt: time() };
}

function makeValue(random: Random, field: FieldSpec): Json {
  if (field.kind === "map")
    return Object.fromEntries(
      ["1", "2", "__proto__"].flatMap((key) =>
        random.chance(0.5) ? [[key, random.pick(samples.text ?? [])]] : [],
      ),
    );
  if (field.kind !== "slots") return random.pick(samples[field.kind] ?? [null]);
  const slots: Record<string, Json> = {};
  for (const slot of ["PHONE1", "PHONE2"])
    if (random.chance(0.6))
      slots[slot] = { number: random.pick(samples.phone ?? []), type: random.pick(samples.text ?? []) };
  return random.chance(0.1) ? null : slots;
}

function makePolicies(random: Random): Policies {
  const byField = new Map<string, { policy: Policy; owner: Owner }>();
  return (name) => {
    const column = name.split(".")[0] ?? name;
    const known = byField.get(column) ?? { policy: random.pick(policies), owner: random.pick(owners) };
    byField.set(column, known);
    return known;
  };
}

interface LeafValue {
  field: FieldSpec;
  name: string;
  kind: FieldKind;
  read(values: Values): Json;
  writable: boolean;
}

/** The single values of a field, by another way than the planner's own. */
function leavesIn(field: FieldSpec, ...all: (Values | null)[]): LeafValue[] {
  if (field.kind !== "slots" && field.kind !== "map")
    return [
      {
        field,
        name: field.name,
        kind: field.kind,
        read: (values) => values[field.name] ?? null,
        writable: field.writable,
      },
    ];
  const keys = new Set(all.flatMap((values) => Object.keys((values?.[field.name] ?? {}) as object)));
  const inside = (values: Values, key: string): Json => {
    const object = values[field.name] as Record<string, Json> | null;
    return object && Object.hasOwn(object, key) ? (object[key] ?? null) : null;
  };
  return [...keys].flatMap((key): LeafValue[] =>
    field.kind === "map"
      ? [
          {
            field,
            name: `${field.name}.${key}`,
            kind: "json",
            read: (values) => inside(values, key),
            writable: field.writable,
          },
        ]
      : Object.entries(field.leaves ?? {}).map(([leaf, spec]) => ({
          field,
          name: `${field.name}.${key}.${leaf}`,
          kind: spec.kind,
          read: (values) => (inside(values, key) as Record<string, Json> | null)?.[leaf] ?? null,
          writable: field.writable && spec.writable,
        })),
  );
}

const forEachLeaf = (fields: readonly FieldSpec[], { base, keap, supabase }: ThreeStates) =>
  fields.flatMap((field) => leavesIn(field, base, keap, supabase));

function keepsWhatNobodyTouched(
  fields: readonly FieldSpec[],
  states: ThreeStates,
  plan: FieldPlan,
): string | null {
  if (states.base === null) return null;
  for (const field of fields) {
    const leaves = leavesIn(field, states.base, states.keap, states.supabase);
    const untouched = leaves.every(
      (leaf) =>
        same(leaf.read(states.keap), leaf.read(states.base as Values), leaf.kind) &&
        same(leaf.read(states.supabase), leaf.read(states.base as Values), leaf.kind),
    );
    if (untouched && (field.name in plan.pull || field.name in plan.push))
      return `${field.name} is moved though nobody touched it`;
  }
  return null;
}

function writesOnlyWhatMayBeWritten(
  fields: readonly FieldSpec[],
  policy: Policies,
  plan: FieldPlan,
): string | null {
  for (const field of fields) {
    if (!(field.name in plan.push)) continue;
    if (!field.writable) return `${field.name} is pushed though Keap does not take it`;
    if (policy(field.name).owner === "keap") return `${field.name} is pushed though it is Keap's`;
  }
  return null;
}

/** Every value somebody wrote is on both sides afterwards, or told: as a conflict or as an edit put back. */
function losesNothingSilently(
  fields: readonly FieldSpec[],
  states: ThreeStates,
  plan: FieldPlan,
  policy: Policies,
): string | null {
  const keap = { ...states.keap, ...plan.push };
  const here = { ...states.supabase, ...plan.pull };
  const told = new Set([...plan.conflicts, ...plan.violations].map((one) => one.field));
  for (const leaf of forEachLeaf(fields, states)) {
    const [k, p, b] = [leaf.read(states.keap), leaf.read(states.supabase), leaf.read(states.base ?? {})];
    const [kAfter, pAfter] = [leaf.read(keap), leaf.read(here)];
    const held = plan.conflicts.some((one) => one.field === leaf.name && one.decision === "held");
    if (held) {
      if (!same(kAfter, k, leaf.kind) || !same(pAfter, p, leaf.kind)) return `${leaf.name} is held and moved`;
      continue;
    }
    if (!same(kAfter, pAfter, leaf.kind)) return `${leaf.name} differs afterwards`;
    if (![k, p].some((value) => same(value, kAfter, leaf.kind)))
      return `${leaf.name} is something neither side had`;
    const linked = states.base !== null;
    // at the first link an empty side has said nothing
    const said = (value: Json) => linked || !same(value, null, leaf.kind);
    const wroteKeap = said(k) && (!linked || !same(k, b, leaf.kind));
    const wroteHere = !linked || !same(p, b, leaf.kind);
    const mayWrite = leaf.writable && policy(leaf.name).owner !== "keap";
    if (wroteKeap && !same(k, kAfter, leaf.kind) && !told.has(leaf.name))
      return `${leaf.name} lost Keap's value`;
    if (wroteHere && linked && !same(p, pAfter, leaf.kind) && !told.has(leaf.name))
      return `${leaf.name} lost the value written here`;
    if (!linked && mayWrite && said(p) && !same(p, pAfter, leaf.kind) && !told.has(leaf.name))
      return `${leaf.name} lost the value written here at the first link`;
  }
  return null;
}

/** Carried out, the plan leaves nothing to do; and what is held stays held. */
function comesToRest(
  fields: readonly FieldSpec[],
  states: ThreeStates,
  plan: FieldPlan,
  policy: Policies,
): string | null {
  const next = planFields(
    fields,
    {
      ...states,
      keap: { ...states.keap, ...plan.push },
      supabase: { ...states.supabase, ...plan.pull },
      base: plan.base,
    },
    policy,
  );
  if (Object.keys(next.push).length > 0) return `the second plan pushes ${Object.keys(next.push)}`;
  if (Object.keys(next.pull).length > 0) return `the second plan pulls ${Object.keys(next.pull)}`;
  const held = (one: FieldPlan) => one.conflicts.filter((c) => c.decision === "held").map((c) => c.field);
  if (held(plan).sort().join() !== held(next).sort().join()) return "what is held changed";
  return next.violations.length > 0 ? "the second plan puts something back" : null;
}

/** What moves the base when only the push is known to have happened holds nothing that was merely pulled. */
function ownsItsPush(fields: readonly FieldSpec[], states: ThreeStates, plan: FieldPlan): string | null {
  for (const leaf of forEachLeaf(fields, states)) {
    if (!(leaf.field.name in plan.push)) continue;
    const acknowledged = leaf.read(plan.acknowledged);
    const [p, b] = [leaf.read(states.supabase), leaf.read(states.base ?? {})];
    if (!same(acknowledged, p, leaf.kind) && !same(acknowledged, b, leaf.kind))
      return `${leaf.name} counts as acknowledged though nobody sent it`;
  }
  return null;
}

/** Each conflict is decided as its policy says; `newest` by the later time, Keap's where one is missing. */
function decidesAsTold(plan: FieldPlan, policy: Policies, states: ThreeStates): string | null {
  const oursIsLater =
    states.keapChangedAt !== null &&
    states.supabaseChangedAt !== null &&
    states.supabaseChangedAt > states.keapChangedAt;
  const byTime = oursIsLater ? "supabase" : "keap";
  const expected = { keap: "keap", supabase: "supabase", hold: "held", newest: byTime, "set-merge": byTime };
  for (const one of plan.conflicts) {
    const told = policy(one.field);
    const wanted = told.owner === "supabase" ? "supabase" : expected[told.policy];
    if (one.decision !== wanted)
      return `${one.field} is decided for ${one.decision}, its policy ${told.policy} says ${wanted}`;
  }
  return null;
}
