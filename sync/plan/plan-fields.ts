import type { FieldKind, FieldSpec, Json, Values } from "../mapping/types";
import { same } from "./canonical";
import type { Policies, Policy } from "./policies";

/** K, P and B of one linked record, as columns. `base` is null at the first link, when nothing was ever agreed. */
export interface ThreeStates {
  keap: Values;
  supabase: Values;
  base: Values | null;
  /** When each side last changed the record; null where unknown. Used by `newest` alone. */
  keapChangedAt: string | null;
  supabaseChangedAt: string | null;
}

export interface Conflict {
  field: string;
  base: Json;
  keap: Json;
  supabase: Json;
  policy: Policy;
  decision: "keap" | "supabase" | "held";
  chosen: Json;
}

/** An edit of something the other side owns, or that Keap does not take: it is put back. */
export interface Violation {
  field: string;
  /** Where the refused value stands. */
  side: "keap" | "supabase";
  restored: Json;
  refused: Json;
}

export interface FieldPlan {
  /** Columns of P to set, to whole values. */
  pull: Values;
  /** Columns to send to Keap, whole values (lists merged over what Keap holds). */
  push: Values;
  /** B once everything pulled and pushed is done; equals today's base in every field that is held. */
  base: Values;
  /** B when only the pull is done: pushed fields still as they were agreed before. */
  baseBeforePush: Values;
  /** The pushed columns of B when only the push is done: what was pulled into the same column is not in it. */
  acknowledged: Values;
  conflicts: Conflict[];
  violations: Violation[];
  /** Nothing differs, nothing to do. */
  settled: boolean;
}

type Decision = "same" | "pull" | "push" | "agreed" | "restore" | "keap" | "supabase" | "held";

/**
 * Decides per field what to do with one record: pull what Keap changed, push what was changed here, and settle by
 * policy what both changed. Fields by slot (e-mails, phones, addresses) and maps (custom fields) are decided leaf by
 * leaf, so two people who edit different slots never collide. Pure and total: no clock, no I/O, any input.
 */
export function planFields(fields: readonly FieldSpec[], states: ThreeStates, policies: Policies): FieldPlan {
  const plan: FieldPlan = {
    pull: {},
    push: {},
    base: states.base ?? {},
    baseBeforePush: states.base ?? {},
    acknowledged: {},
    conflicts: [],
    violations: [],
    settled: true,
  };
  // most records have not changed at all: only the fields that differ somewhere are looked at closely
  const open = touched(fields, states);
  if (open.length > 0) {
    plan.base = { ...plan.base };
    plan.baseBeforePush = { ...plan.baseBeforePush };
    for (const field of open) planField(field, states, policies, plan);
  }
  plan.settled =
    Object.keys(plan.pull).length === 0 &&
    Object.keys(plan.push).length === 0 &&
    plan.conflicts.every((one) => one.decision !== "held");
  return plan;
}

/** The fields that differ somewhere. A plain loop: this is all that is done for most records. */
function touched(fields: readonly FieldSpec[], { keap, supabase, base }: ThreeStates): readonly FieldSpec[] {
  if (base === null) return fields;
  let open: FieldSpec[] | null = null;
  for (const field of fields) {
    const { name } = field;
    const agreed = base[name] ?? null;
    const k = keap[name] ?? null;
    const p = supabase[name] ?? null;
    if ((k === agreed || identical(k, agreed)) && (p === agreed || identical(p, agreed))) continue;
    if (open === null) open = [field];
    else open.push(field);
  }
  return open ?? none;
}

const none: readonly FieldSpec[] = [];

/** Equal as JSON, without canonical forms and without making anything: the common case is that nothing changed. */
function identical(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) return sameItems(a, b);
  // `Object.keys` costs the same for every object; a loop `for (key in a)` that once met numbers as keys is slow for all
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) {
    const one = a[key];
    const other = b[key];
    // own on both sides: JSON holds nothing undefined, and what is inherited is none of it
    if (
      one !== other &&
      (other === undefined || other === Object.prototype || !identical(one ?? null, other))
    )
      return false;
  }
  return true;
}

function sameItems(a: Json, b: Json): boolean {
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (!identical(a[at] ?? null, b[at] ?? null)) return false;
  return true;
}

function planField(field: FieldSpec, states: ThreeStates, policies: Policies, plan: FieldPlan): void {
  const k = states.keap[field.name] ?? null;
  const p = states.supabase[field.name] ?? null;
  const b = states.base?.[field.name] ?? null;
  const linked = states.base !== null;
  const leaves = leavesOf(field, k, p, b);
  let pull = p;
  let push = k;
  let after: Json = linked ? b : k;
  let before: Json = linked ? b : k;
  let acknowledged: Json = b;
  let pulled = false;
  let pushed = false;
  for (const leaf of leaves) {
    const kl = at(k, leaf.path);
    const pl = at(p, leaf.path);
    const bl = at(b, leaf.path);
    const name = leaf.path ? `${field.name}.${leaf.path.join(".")}` : field.name;
    const decision = decide(leaf, { kl, pl, bl, linked }, states, policies, name, plan);
    switch (decision) {
      case "pull":
      case "restore":
      case "keap":
        pull = put(pull, leaf.path, kl);
        after = put(after, leaf.path, kl);
        before = put(before, leaf.path, kl);
        pulled = true;
        break;
      case "push":
      case "supabase":
        push = put(push, leaf.path, pl);
        after = put(after, leaf.path, pl);
        acknowledged = put(acknowledged, leaf.path, pl);
        pushed = true;
        // the base moves with the acknowledgement, except that Keap's own new value has now been seen
        before = put(before, leaf.path, decision === "supabase" ? kl : bl);
        break;
      case "held":
        if (!linked) {
          after = put(after, leaf.path, neverAgreed);
          before = put(before, leaf.path, neverAgreed);
        }
        break;
      default:
        after = put(after, leaf.path, kl);
        before = put(before, leaf.path, kl);
    }
  }
  plan.base[field.name] = after;
  plan.baseBeforePush[field.name] = before;
  if (pulled) plan.pull[field.name] = pull;
  if (!pushed) return;
  plan.push[field.name] = push;
  plan.acknowledged[field.name] = acknowledged;
}

/** Every value in which two records differ canonically, leaf by leaf; named as conflicts are. */
export function differingLeaves(
  fields: readonly FieldSpec[],
  a: Values,
  b: Values,
): { field: string; a: Json; b: Json }[] {
  return fields.flatMap((field) => {
    const left = a[field.name] ?? null;
    const right = b[field.name] ?? null;
    return leavesOf(field, left, right, null).flatMap((leaf) => {
      const [x, y] = [at(left, leaf.path), at(right, leaf.path)];
      if (same(x, y, leaf.kind)) return [];
      return [{ field: leaf.path ? `${field.name}.${leaf.path.join(".")}` : field.name, a: x, b: y }];
    });
  });
}

interface Leaf {
  path: readonly string[] | null;
  kind: FieldKind;
  writable: boolean;
}

interface LeafValues {
  kl: Json;
  pl: Json;
  bl: Json;
  linked: boolean;
}

function decide(
  leaf: Leaf,
  values: LeafValues,
  states: ThreeStates,
  policies: Policies,
  name: string,
  plan: FieldPlan,
): Decision {
  const { kl, pl, bl } = values;
  const linked = values.linked && !isNeverAgreed(bl);
  if (same(kl, pl, leaf.kind)) return linked && same(kl, bl, leaf.kind) ? "same" : "agreed";
  const { policy, owner } = policies(name);
  const writable = leaf.writable && owner !== "keap";
  // at the first link an empty side has not said anything: it is filled, never the other one blanked
  if (!values.linked && isEmpty(pl, leaf.kind)) return "pull";
  if (!values.linked && isEmpty(kl, leaf.kind)) return writable ? "push" : "restore";
  const kChanged = !linked || !same(kl, bl, leaf.kind);
  const pChanged = !linked || !same(pl, bl, leaf.kind);
  if (kChanged && !pChanged) {
    if (owner !== "supabase" || !leaf.writable) return "pull";
    // ours alone: what changed in Keap is overwritten, and said
    plan.violations.push({ field: name, side: "keap", restored: pl, refused: kl });
    return "supabase";
  }
  if (pChanged && !writable) {
    if (linked) plan.violations.push({ field: name, side: "supabase", restored: kl, refused: pl });
    return "restore";
  }
  if (!kChanged) return "push";
  const decision = settle(policy, owner, states);
  plan.conflicts.push({
    field: name,
    base: bl,
    keap: kl,
    supabase: pl,
    policy,
    decision,
    chosen: decision === "keap" ? kl : decision === "supabase" ? pl : null,
  });
  return decision;
}

const isEmpty = (value: Json, kind: FieldKind): boolean => same(value, null, kind);

function settle(policy: Policy, owner: string, states: ThreeStates): "keap" | "supabase" | "held" {
  if (owner === "supabase") return "supabase";
  switch (policy) {
    case "hold":
      return "held";
    case "keap":
      return "keap";
    case "supabase":
      return "supabase";
    case "newest":
    case "set-merge": {
      const keap = states.keapChangedAt === null ? Number.NaN : Date.parse(states.keapChangedAt);
      const ours = states.supabaseChangedAt === null ? Number.NaN : Date.parse(states.supabaseChangedAt);
      return ours > keap ? "supabase" : "keap";
    }
  }
}

/** B of a leaf that was held at the first link: nothing was ever agreed about it. */
const neverAgreed = { $never_agreed: true };

function isNeverAgreed(value: Json): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && value.$never_agreed === true;
}

const wholeJson: Leaf["path"] = null;

function leavesOf(field: FieldSpec, k: Json, p: Json, b: Json): Leaf[] {
  if (field.kind === "slots" && field.leaves) {
    const spec = Object.entries(field.leaves);
    return keysOf(k, p, b).flatMap((slot) =>
      spec.map(([leaf, { kind, writable }]) => ({
        path: [slot, leaf],
        kind,
        writable: writable && field.writable,
      })),
    );
  }
  if (field.kind === "map")
    return keysOf(k, p, b).map((key) => ({ path: [key], kind: "json" as const, writable: field.writable }));
  return [{ path: wholeJson, kind: field.kind, writable: field.writable }];
}

function keysOf(...values: Json[]): string[] {
  const keys = new Set<string>();
  for (const value of values) for (const key of Object.keys(objectOf(value))) keys.add(key);
  return [...keys].sort();
}

function objectOf(value: Json | undefined): Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function at(value: Json, path: readonly string[] | null): Json {
  if (path === null) return value;
  let here: Json = value;
  for (const key of path) here = own(objectOf(here), key);
  return here;
}

function own(object: Record<string, Json>, key: string): Json {
  return Object.hasOwn(object, key) ? (object[key] ?? null) : null;
}

/** A copy of `value` with the leaf set; a slot whose leaves are all null disappears. */
function put(value: Json, path: readonly string[] | null, leaf: Json): Json {
  if (path === null) return leaf;
  const [head, ...rest] = path;
  if (head === undefined) return leaf;
  const copy: Record<string, Json> = { ...objectOf(value) };
  const content = rest.length === 0 ? leaf : put(own(copy, head), rest, leaf);
  const empty =
    content === null ||
    (typeof content === "object" &&
      !Array.isArray(content) &&
      Object.values(content).every((one) => one === null));
  if (empty) delete copy[head];
  else
    Object.defineProperty(copy, head, {
      value: content,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  return copy;
}
