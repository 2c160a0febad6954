import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FieldSpec, Json, Values } from "../mapping/types";
import { canonical, same } from "./canonical";
import { differingLeaves, planFields, type ThreeStates } from "./plan-fields";
import { planMember } from "./plan-members";
import { planExistence } from "./plan-record";
import { type Policies, type Policy, policiesFor } from "./policies";

const fields: readonly FieldSpec[] = [
  { name: "given_name", kind: "text", writable: true },
  { name: "score", kind: "number", writable: false },
  {
    name: "emails",
    kind: "slots",
    writable: true,
    leaves: { email: { kind: "email", writable: true }, status: { kind: "text", writable: false } },
  },
  { name: "custom", kind: "map", writable: true },
];
const always =
  (policy: Policy): Policies =>
  () => ({ policy, owner: "both" });

const word = fc.constantFrom<Json>(null, "a", "b", "c", " a ", "");
const slot = fc.record({
  email: fc.constantFrom<Json>(null, "x@y.z", "X@Y.Z", "q@y.z"),
  status: fc.constantFrom<Json>(null, "IN", "OUT"),
});
const values: fc.Arbitrary<Values> = fc.record({
  given_name: word,
  score: fc.constantFrom<Json>(null, 1, 2, "2"),
  emails: fc.dictionary(fc.constantFrom("EMAIL1", "EMAIL2"), slot) as fc.Arbitrary<Json>,
  custom: fc.dictionary(fc.constantFrom("7", "8", "__proto__"), word) as fc.Arbitrary<Json>,
});
const time = fc.constantFrom(null, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
const states: fc.Arbitrary<ThreeStates> = fc.record({
  keap: values,
  supabase: values,
  base: fc.option(values, { nil: null }),
  keapChangedAt: time,
  supabaseChangedAt: time,
});
const policy = fc.constantFrom<Policy>("keap", "supabase", "newest", "set-merge", "hold");
const runs = { numRuns: Number(process.env.PLANNER_RUNS ?? 3000) };

/** Every leaf of every field as text, canonical: what it means for two records to be equal. */
function leaves(record: Values): Map<string, string> {
  const result = new Map<string, string>();
  const note = (name: string, value: Json | undefined, kind: FieldSpec["kind"]) => {
    const form = canonical(value ?? null, kind);
    if (form !== null) result.set(name, JSON.stringify(form));
  };
  for (const field of fields) {
    const value = record[field.name] ?? null;
    if (field.kind !== "slots" && field.kind !== "map") note(field.name, value, field.kind);
    else
      for (const [key, content] of Object.entries((value ?? {}) as Record<string, Json>)) {
        if (field.kind === "map") note(`${field.name}.${key}`, content, "json");
        else
          for (const [leaf, spec] of Object.entries(field.leaves ?? {}))
            note(`${field.name}.${key}.${leaf}`, (content as Record<string, Json> | null)?.[leaf], spec.kind);
      }
  }
  return result;
}
const equal = (a: Values, b: Values) =>
  JSON.stringify([...leaves(a)].sort()) === JSON.stringify([...leaves(b)].sort());

describe("planning the fields of a record", () => {
  it("brings both sides together (I1)", () => {
    fc.assert(
      fc.property(states, policy, (state, which) => {
        const plan = planFields(fields, state, always(which));
        const held = plan.conflicts.some((one) => one.decision === "held");
        const keap = { ...state.keap, ...plan.push };
        const supabase = { ...state.supabase, ...plan.pull };
        expect(held || equal(keap, supabase)).toBe(true);
        expect(held || equal(plan.base, keap)).toBe(true);
      }),
      runs,
    );
  });

  it("does nothing the second time (I2)", () => {
    fc.assert(
      fc.property(states, policy, (state, which) => {
        const plan = planFields(fields, state, always(which));
        const again = planFields(
          fields,
          {
            ...state,
            keap: { ...state.keap, ...plan.push },
            supabase: { ...state.supabase, ...plan.pull },
            base: plan.base,
          },
          always(which),
        );
        expect(again.pull).toEqual({});
        expect(again.push).toEqual({});
        expect(again.conflicts.every((one) => one.decision === "held")).toBe(true);
      }),
      runs,
    );
  });

  it("loses no written value unsaid (I3)", () => {
    fc.assert(
      fc.property(states, policy, (state, which) => {
        const plan = planFields(fields, state, always(which));
        const after = leaves({ ...state.supabase, ...plan.pull });
        const base = leaves(state.base ?? {});
        const told = new Set([...plan.conflicts, ...plan.violations].map((one) => one.field));
        for (const [side, record] of [
          ["keap", state.keap],
          ["supabase", state.supabase],
        ] as const) {
          const written = leaves(record);
          for (const [field, value] of written) {
            if (state.base === null || base.get(field) === value) continue;
            expect(after.get(field) === value || told.has(field), `${side} ${field}`).toBe(true);
          }
        }
      }),
      runs,
    );
  });

  it("invents no value on either side (I4)", () => {
    fc.assert(
      fc.property(states, policy, (state, which) => {
        const plan = planFields(fields, state, always(which));
        const known = [leaves(state.keap), leaves(state.supabase)];
        for (const result of [
          leaves({ ...state.keap, ...plan.push }),
          leaves({ ...state.supabase, ...plan.pull }),
        ])
          for (const [field, value] of result)
            expect(
              known.some((one) => one.get(field) === value),
              field,
            ).toBe(true);
      }),
      runs,
    );
  });

  it("pushes nothing that Keap changed alone (I5)", () => {
    fc.assert(
      fc.property(values, values, policy, (base, keap, which) => {
        const plan = planFields(
          fields,
          { keap, supabase: base, base, keapChangedAt: null, supabaseChangedAt: null },
          always(which),
        );
        expect(plan.push).toEqual({});
        expect(plan.conflicts).toEqual([]);
      }),
      runs,
    );
  });

  it("never sends a field Keap owns (I11)", () => {
    fc.assert(
      fc.property(states, (state) => {
        const plan = planFields(fields, state, () => ({ policy: "supabase", owner: "keap" }));
        expect(plan.push).toEqual({});
      }),
      runs,
    );
  });

  it("keeps the base of unsent fields (I8)", () => {
    fc.assert(
      fc.property(states, policy, (state, which) => {
        const plan = planFields(fields, state, always(which));
        // the pull is stored, the push was lost: planning again must push the same values
        const again = planFields(
          fields,
          { ...state, supabase: { ...state.supabase, ...plan.pull }, base: plan.baseBeforePush },
          always(which),
        );
        expect(again.push).toEqual(plan.push);
        expect(again.pull).toEqual({});
      }),
      runs,
    );
  });

  it("tells a cleared key from another", () => {
    const side = (custom: Json) => ({ given_name: null, score: null, emails: {}, custom });
    const plan = planFields(
      fields,
      {
        keap: side({ "8": "c" }),
        supabase: side({ "7": null }),
        base: side({ "7": null }),
        keapChangedAt: null,
        supabaseChangedAt: null,
      },
      always("keap"),
    );
    expect(plan.pull).toMatchObject({ custom: { "8": "c" } });
  });

  it("merges edits of different fields", () => {
    const base = {
      given_name: "Ann",
      score: 1,
      emails: { EMAIL1: { email: "a@x.y", status: "IN" } },
      custom: { "7": "old" },
    };
    const plan = planFields(
      fields,
      {
        base,
        keap: { ...base, given_name: "Anna" },
        supabase: {
          ...base,
          custom: { "7": "new" },
          emails: { EMAIL1: { email: "a@x.y", status: "IN" }, EMAIL2: { email: "b@x.y", status: null } },
        },
        keapChangedAt: null,
        supabaseChangedAt: null,
      },
      policiesFor("contacts"),
    );
    expect(plan.pull).toEqual({ given_name: "Anna" });
    expect(plan.push).toEqual({
      custom: { "7": "new" },
      emails: { EMAIL1: { email: "a@x.y", status: "IN" }, EMAIL2: { email: "b@x.y" } },
    });
    expect(plan.conflicts).toEqual([]);
  });

  it("settles a conflict by the newest change", () => {
    const plan = planFields(
      fields,
      {
        base: { given_name: "Ann" },
        keap: { given_name: "Anna" },
        supabase: { given_name: "Annie" },
        keapChangedAt: "2026-01-01T10:00:00Z",
        supabaseChangedAt: "2026-01-01T10:00:01Z",
      },
      policiesFor("contacts"),
    );
    expect(plan.push).toEqual({ given_name: "Annie" });
    expect(plan.conflicts).toEqual([
      {
        field: "given_name",
        base: "Ann",
        keap: "Anna",
        supabase: "Annie",
        policy: "newest",
        decision: "supabase",
        chosen: "Annie",
      },
    ]);
  });

  it("blanks nothing at the first link", () => {
    const plan = planFields(
      fields,
      {
        base: null,
        keap: {
          given_name: "Ann",
          emails: { EMAIL1: { email: "a@x.y", status: "IN" } },
          custom: { "7": "k" },
        },
        supabase: { given_name: null, emails: {}, custom: { "8": "p" } },
        keapChangedAt: "2026-01-01T10:00:00Z",
        supabaseChangedAt: "2026-02-01T10:00:00Z",
      },
      policiesFor("contacts"),
    );
    expect(plan.pull).toMatchObject({
      given_name: "Ann",
      emails: { EMAIL1: { email: "a@x.y", status: "IN" } },
      custom: { "7": "k", "8": "p" },
    });
    expect(plan.push).toEqual({ custom: { "7": "k", "8": "p" } });
    expect(plan.conflicts).toEqual([]);
  });

  it("names every leaf that differs", () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(differingLeaves(fields, a, b).length === 0).toBe(equal(a, b));
      }),
      runs,
    );
    const one = differingLeaves(fields, { given_name: null }, { given_name: "Soon" });
    expect(one).toEqual([{ field: "given_name", a: null, b: "Soon" }]);
  });

  it("restores what only Keap may write", () => {
    const plan = planFields(
      fields,
      {
        base: { score: 1 },
        keap: { score: 1 },
        supabase: { score: 9 },
        keapChangedAt: null,
        supabaseChangedAt: null,
      },
      policiesFor("contacts"),
    );
    expect(plan.pull).toEqual({ score: 1 });
    expect(plan.violations).toEqual([{ field: "score", side: "supabase", restored: 1, refused: 9 }]);
  });
});

describe("planning memberships and existence", () => {
  it("follows the set formula in all cases", () => {
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), fc.boolean(), (base, keap, supabase) => {
        const added = (keap && !base) || (supabase && !base);
        const removed = (base && !keap) || (base && !supabase);
        const member = (base || added) && !removed;
        const plan = planMember({ base, keap, supabase });
        expect(plan === "add_keap" ? true : plan === "remove_keap" ? false : keap).toBe(member);
        expect(plan === "add_supabase" ? true : plan === "remove_supabase" ? false : supabase).toBe(member);
      }),
    );
  });

  it("deletes only with base and confirmed absence (I9)", () => {
    const presence = fc.constantFrom("here", "gone", "unknown" as const) as fc.Arbitrary<
      "here" | "gone" | "unknown"
    >;
    fc.assert(
      fc.property(
        fc.record({
          based: fc.boolean(),
          keap: presence,
          supabase: presence,
          keapChanged: fc.boolean(),
          supabaseChanged: fc.boolean(),
        }),
        fc.record({ creates: fc.boolean(), deletes: fc.boolean() }),
        (state, switches) => {
          const plan = planExistence(state, switches);
          if (plan.do === "delete_keap")
            expect(state.based && state.supabase === "gone" && !state.keapChanged && switches.deletes).toBe(
              true,
            );
          if (plan.do === "tombstone_supabase")
            expect(state.based && state.keap === "gone" && !state.supabaseChanged).toBe(true);
          if (plan.do === "create_keap")
            expect(!state.based && state.keap === "gone" && switches.creates).toBe(true);
          if (state.keap === "unknown" || state.supabase === "unknown") expect(plan.do).toBe("nothing");
        },
      ),
      runs,
    );
  });
});

describe("canonical forms", () => {
  it("sees through case, blanks and phone formats", () => {
    expect(same(" Ann@Example.com ", "ann@example.com", "email")).toBe(true);
    expect(same("(480) 555-0123", "+1 480 555 0123", "phone")).toBe(true);
    expect(same("", null, "text")).toBe(true);
    expect(same("1.50", 1.5, "number")).toBe(true);
    expect(same("2026-01-01T02:00:00+02:00", "2026-01-01T00:00:00Z", "instant")).toBe(true);
    expect(same({ b: 1, a: null }, { b: 1 }, "json")).toBe(true);
    expect(same("Ann", "ann", "text")).toBe(false);
  });
});
