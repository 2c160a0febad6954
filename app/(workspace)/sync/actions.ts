"use server";

import { z } from "zod";
import { inngest } from "@/inngest/client";
import { backfillRequested, pollRequested, pushRequested, verifyRequested } from "@/inngest/events";
import { type Choice, resolveConflicts } from "@/sync/operations/conflicts";
import { replayLetters, replaySetAside } from "@/sync/operations/dead-letters";
import { type OperationDeps, Refusal } from "@/sync/operations/deps";
import { type ErasurePreview, erasePerson, previewErasure } from "@/sync/operations/erase/erase";
import {
  decideMatch,
  type FirstLinkPlan,
  planFirstLink,
  runFirstLink,
} from "@/sync/operations/first-link/first-link";
import { decideHold, type HoldExample, holdExamples } from "@/sync/operations/holds";
import { setPolicy } from "@/sync/operations/policies";
import { type Preview, previewSync } from "@/sync/operations/preview";
import { setSwitches } from "@/sync/operations/switches";
import { planUndoOf, runUndo, type UndoPlan, type UndoScope } from "@/sync/operations/undo/undo";
import { settleUnexplained } from "@/sync/operations/verify/settle";
import { requireSession } from "../../_server/session";
import { operationsFor } from "./operations";

export type ActionResult = { ok: true; message: string } | { ok: false; message: string };
export type Answer<T> = { ok: true; value: T } | { ok: false; message: string };

const startable = z.enum(["backfill", "poll", "verify"]);
export type Startable = z.infer<typeof startable>;

/** Starts the copy, a look for changes, or a comparison. Asking twice is harmless: the job goes on where it stands. */
export async function startSync(kind: Startable): Promise<ActionResult> {
  return asAdmin(async (deps) => {
    const data = { account_id: deps.accountId };
    switch (startable.parse(kind)) {
      case "backfill":
        return send(backfillRequested.create(data), "The copy was started.");
      case "poll":
        return send(pollRequested.create({ ...data, force: true }), "Looking for changes in Keap.");
      case "verify":
        return send(verifyRequested.create(data), "Both sides are being compared.");
    }
  });
}

/** Puts dead letters back in the queue: one, or all. */
export async function replayDeadLetters(id: string | null): Promise<ActionResult> {
  return asAdmin(async (deps) => {
    const replayed = await replayLetters(deps, z.uuid().nullable().parse(id) ?? undefined);
    return push(deps, `${replayed} put back in the queue.`);
  });
}

/** Reads records that could not be stored once more: one, or all. */
export async function readSetAsideAgain(one: { entity: string; key: string } | null): Promise<ActionResult> {
  const only = z.object({ entity: z.string(), key: z.string() }).nullable().parse(one);
  return asAdmin(async (deps) => {
    const { read, stored, dropped, still } = await replaySetAside(deps, only ?? {});
    return {
      ok: true,
      message: `Read ${read} again: ${stored} stored, ${dropped} not in Keap any more, ${still.length} still refused.`,
    };
  });
}

const choiceSchema = z.discriminatedUnion("use", [
  z.object({ use: z.literal("keap") }),
  z.object({ use: z.literal("supabase") }),
  z.object({ use: z.literal("value"), value: z.string().max(10_000) }),
]);

/** Settles conflicts; the value not taken stays in the list of decided ones and can be chosen later. */
export async function settleConflicts(ids: string[], choice: Choice): Promise<ActionResult> {
  const wanted = choiceSchema.parse(choice);
  return asAdmin(async (deps) => {
    const outcomes = await resolveConflicts(deps, z.array(z.uuid()).min(1).max(1000).parse(ids), wanted);
    const refused = outcomes.filter((one) => one.outcome !== "resolved");
    if (refused.length === outcomes.length)
      return { ok: false, message: refused[0]?.reason ?? "Nothing was decided." };
    const left = refused.length > 0 ? ` ${refused.length} could not be: ${refused[0]?.reason}` : "";
    return push(deps, `${outcomes.length - refused.length} settled.${left}`);
  });
}

/** Lets a held change of many records go, or puts its rows back; only what was on the page when it was decided. */
export async function decideOnHold(
  id: string,
  decision: "approve" | "reject",
  seen: { records: number; last_at: string },
): Promise<ActionResult> {
  const wanted = z.enum(["approve", "reject"]).parse(decision);
  const shown = z.object({ records: z.int(), last_at: z.string() }).parse(seen);
  return asAdmin(async (deps) => {
    const { changed, records, restored, kept } = await decideHold(deps, z.uuid().parse(id), wanted, shown);
    if (!changed) return { ok: false, message: "Somebody has decided this already. Nothing was changed." };
    return push(
      deps,
      wanted === "approve"
        ? `Approved: ${records} records are on their way.`
        : `Rejected: ${restored ?? 0} rows were put back${kept ? `, ${kept} made here stay, held` : ""}.`,
    );
  });
}

export async function lookAtHold(id: string): Promise<Answer<HoldExample[]>> {
  return asked((deps) => holdExamples(deps, z.uuid().parse(id)));
}

/** What the next run would do; changes nothing. */
export async function previewRun(): Promise<Answer<Preview>> {
  return asked((deps) => previewSync(deps), "admin");
}

const scopeSchema = z.object({
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  run_id: z.uuid().optional(),
  record_id: z.uuid().optional(),
});

/** How a range of time, a run or a record would be brought back; changes nothing. */
export async function planUndo(scope: UndoScope): Promise<Answer<UndoPlan>> {
  const wanted = scopeSchema.parse(scope);
  return asked((deps) => planUndoOf(deps, wanted), "admin");
}

/**
 * Carries an undo out exactly as it was shown: the scope ends where the preview ended, and if it would now bring back
 * something else, nothing is done.
 */
export async function carryOutUndo(
  scope: UndoScope,
  shown: { edits: number; members: number },
): Promise<ActionResult> {
  const wanted = scopeSchema.required({ to: true }).parse(scope);
  const expected = z.object({ edits: z.int(), members: z.int() }).parse(shown);
  return asAdmin(async (deps) => {
    const plan = await planUndoOf(deps, wanted);
    if (plan.edits.length !== expected.edits || plan.members.length !== expected.members)
      return {
        ok: false,
        message: `Something has moved since you looked: it would bring back ${plan.edits.length} records now. Nothing was changed; look at the plan again.`,
      };
    const result = await runUndo(deps, plan);
    return push(
      deps,
      `Put back: ${result.edited} records and ${result.members} memberships${result.left.length > 0 ? `; ${result.left.length} left alone` : ""}.`,
    );
  });
}

/** What erasing a person would touch; changes nothing. */
export async function lookAtErasure(contact: string): Promise<Answer<ErasurePreview>> {
  return asked((deps) => previewErasure(deps, z.uuid().parse(contact)), "admin");
}

/** Forgets a person for good; `typed` is their name, as the page asked for it. */
export async function eraseContact(contact: string, typed: string, inKeap: boolean): Promise<ActionResult> {
  const id = z.uuid().parse(contact);
  return asAdmin(async (deps) => {
    const { name } = await previewErasure(deps, id);
    if (typed.trim() !== name)
      return { ok: false, message: `Type the name exactly as shown: ${name}. Nothing was changed.` };
    const { keap_state, keap_error } = await erasePerson(deps, id, { inKeap });
    const inKeapWords = {
      kept: "",
      deleted: " Keap has deleted the contact too.",
      waiting: " Keap has still to delete the contact; that is tried again by itself.",
      refused: ` Keap refused to delete the contact (${keap_error}). Delete it in Keap.`,
    }[keap_state];
    return { ok: true, message: `The person is forgotten here.${inKeapWords}` };
  });
}

/** Which rows that were here before are which people in Keap; changes nothing. */
export async function planLinks(): Promise<Answer<FirstLinkPlan>> {
  return asked((deps) => planFirstLink(deps), "admin");
}

/** Links what matches, if it is still as many as were shown; what is not sure is held. */
export async function linkRows(shown: number): Promise<ActionResult> {
  const expected = z.int().parse(shown);
  return asAdmin(async (deps) => {
    const plan = await planFirstLink(deps);
    if (plan.links.length !== expected)
      return {
        ok: false,
        message: `Something has moved since you looked: ${plan.links.length} match now. Nothing was changed; compare again.`,
      };
    const { linked, merged, held } = await runFirstLink(deps);
    return push(deps, `Linked ${linked}, joined ${merged} with a row of the copy. ${held} wait for you.`);
  });
}

/** A person's word that this row is that contact in Keap. */
export async function linkRow(record: string, keapId: number): Promise<ActionResult> {
  return asAdmin(async (deps) => {
    const { merged } = await decideMatch(deps, z.uuid().parse(record), z.int().parse(keapId));
    return push(deps, merged > 0 ? "The two rows are one now." : "Linked.");
  });
}

const switchesSchema = z
  .object({ paused: z.boolean(), outbound: z.boolean(), creates: z.boolean(), deletes: z.boolean() })
  .partial();

export async function changeSwitches(
  entity: string,
  changes: z.infer<typeof switchesSchema>,
): Promise<ActionResult> {
  return asAdmin(async (deps) => {
    const now = await setSwitches(deps, z.string().parse(entity), switchesSchema.parse(changes));
    if (!now.paused && now.outbound) await wake(deps);
    return { ok: true, message: now.paused ? "Paused. Edits on both sides are kept." : "Saved." };
  });
}

const policySchema = z.object({
  entity: z.string(),
  field: z.string(),
  policy: z.enum(["keap", "supabase", "newest", "set-merge", "hold"]).nullable(),
});

export async function changePolicy(change: z.infer<typeof policySchema>): Promise<ActionResult> {
  return asAdmin(async (deps) => {
    await setPolicy(deps, policySchema.parse(change));
    return { ok: true, message: "Saved. It decides the next conflict; decided ones stay." };
  });
}

/** Settles what the comparison could not explain: takes Keap's side, or sends ours. */
export async function settleDifferences(side: "keap" | "supabase"): Promise<ActionResult> {
  const wanted = z.enum(["keap", "supabase"]).parse(side);
  return asAdmin(async (deps) => {
    const { decided, taken, dropped, left } = await settleUnexplained(deps, wanted);
    if (wanted === "keap") {
      const rest =
        left.length > 0 ? ` ${left.length} left alone: ${left[0]?.reason}` : " Compare again to see.";
      return { ok: true, message: `${taken} read from Keap, ${dropped} not there any more.${rest}` };
    }
    return push(deps, `${decided} are being sent to Keap.`);
  });
}

async function asAdmin(work: (deps: OperationDeps) => Promise<ActionResult>): Promise<ActionResult> {
  const answer = await asked(work, "admin");
  return answer.ok ? answer.value : answer;
}

/** Runs something for the signed-in person; what cannot be done is said in words, our own faults are not hidden in them. */
async function asked<T>(
  work: (deps: OperationDeps) => Promise<T>,
  needs: "admin" | "analyst" = "analyst",
): Promise<Answer<T>> {
  const session = await requireSession();
  const { role } = session.principal;
  if (needs === "admin" && role !== "admin")
    return { ok: false, message: "Only an admin of this account can do that." };
  if (role === "viewer")
    return { ok: false, message: "Viewers see no records. Ask an admin for another role." };
  try {
    return { ok: true, value: await work(operationsFor(session)) };
  } catch (cause) {
    if (cause instanceof Refusal) return { ok: false, message: cause.message };
    console.error("[sync]", cause);
    return {
      ok: false,
      message: "It could not be done. Nothing was lost; try again, and look at the server's log if it lasts.",
    };
  }
}

type SyncEvent = ReturnType<
  | typeof backfillRequested.create
  | typeof pollRequested.create
  | typeof pushRequested.create
  | typeof verifyRequested.create
>;

async function send(event: SyncEvent, message: string): Promise<ActionResult> {
  try {
    await inngest.send(event);
    return { ok: true, message };
  } catch {
    return {
      ok: false,
      message: "The job runner does not answer. Check that it is running, then try again.",
    };
  }
}

const wake = (deps: OperationDeps) =>
  inngest.send(pushRequested.create({ account_id: deps.accountId })).catch(() => undefined);

/** What was decided is stored; the push carries it out now, or on its own schedule where the runner does not answer. */
async function push(deps: OperationDeps, message: string): Promise<ActionResult> {
  await wake(deps);
  return { ok: true, message };
}
