import type { RunContext } from "../context";
import { isKeapError, type KeapError } from "../keap/errors";
import { inBatches } from "../keap/filter";
import { planMember } from "../plan/plan-members";
import type { DirtyMember, MemberSettlement } from "../store";
import { outcomeOf, retryAt } from "./outcomes";
import type { PushResult } from "./push";
import { LeaseLost, type PushLease } from "./push-lease";

const lane = "interactive" as const;

/** A membership whose both sides exist in Keap. */
type Linked = DirtyMember & { contact_keap_id: number; tag_keap_id: number };

/** Tags on people: membership is read again, then one call per tag and 100 people. Returns how many were claimed. */
export async function pushMembers(
  context: RunContext,
  result: PushResult,
  limit: number,
  lease: PushLease,
): Promise<number> {
  const { store, accountId, owner, runId } = context;
  const items = await store.claimMembers(accountId, limit, owner);
  if (items.length === 0) return 0;
  const open = new Set(items);
  try {
    const linked = items.filter(
      (one): one is Linked => one.contact_keap_id !== null && one.tag_keap_id !== null,
    );
    const parked = items.filter((one) => one.contact_keap_id === null || one.tag_keap_id === null);
    // parents first: linking the parent wakes these at once
    await store.settleMembers(
      accountId,
      parked.map((one) => ({
        ...keyOf(one),
        in_keap: null,
        status: "pending" as const,
        // the membership went with its row: what becomes of that is decided there, and a row that comes back brings it
        mark: one.orphaned ? ("clear" as const) : ("retry" as const),
        retry_at: retryAt(context.now(), 6),
      })),
      runId,
    );
    for (const one of parked) open.delete(one);
    for (const one of parked) result[one.orphaned ? "agreed" : "retried"] += 1;

    const tagsOf = await readTags(
      context,
      linked.map((one) => one.contact_keap_id),
    );
    const add = new Map<number, Linked[]>();
    const remove = new Map<number, Linked[]>();
    const settled: MemberSettlement[] = [];
    for (const one of linked) {
      const tags = tagsOf.get(one.contact_keap_id);
      if (!tags) {
        const gone = await isGone(context, one.contact_keap_id);
        settled.push(gone ? missing(one) : notSeen(one, retryAt(context.now(), one.attempts)));
        result[gone ? "failed" : "retried"] += 1;
        open.delete(one);
        continue;
      }
      const keap = tags.has(one.tag_keap_id);
      const plan = planMember({ base: one.in_base, keap, supabase: one.present });
      if (plan === "add_keap") push(add, one);
      else if (plan === "remove_keap") push(remove, one);
      else {
        const follows = plan === "add_supabase" || plan === "remove_supabase";
        settled.push({
          ...keyOf(one),
          in_keap: keap,
          status: "synced",
          mark: "clear",
          ...(follows ? { follow: "keap" } : {}),
          ...(plan === "nothing"
            ? {}
            : {
                journal: keap ? "add_member" : "remove_member",
                direction: follows ? "in" : "agree",
                origin: follows ? "keap" : one.origin,
              }),
        });
        result.agreed += 1;
        open.delete(one);
      }
    }
    if (settled.length > 0) await store.settleMembers(accountId, settled, runId);
    for (const [tag, people] of add) await change(context, result, tag, people, true, open, lease);
    for (const [tag, people] of remove) await change(context, result, tag, people, false, open, lease);
  } catch (cause) {
    if (cause instanceof LeaseLost) throw cause;
    const retry_at = retryAt(context.now(), 2, isKeapError(cause) ? (cause.retryAfterMs ?? 0) : 0);
    await store.settleMembers(
      accountId,
      [...open].map((one) => ({
        ...keyOf(one),
        in_keap: null,
        status: "pending" as const,
        mark: "retry" as const,
        retry_at,
      })),
      runId,
    );
    throw cause;
  }
  return items.length;
}

function keyOf(one: DirtyMember): Pick<MemberSettlement, "contact_id" | "tag_id" | "version"> {
  return { contact_id: one.contact_id, tag_id: one.tag_id, version: one.version };
}

function push(groups: Map<number, Linked[]>, one: Linked): void {
  groups.set(one.tag_keap_id, [...(groups.get(one.tag_keap_id) ?? []), one]);
}

function missing(one: Linked): MemberSettlement {
  const reason = "The contact is not in Keap any more, so its tags cannot be changed.";
  return {
    ...keyOf(one),
    in_keap: null,
    status: "error",
    error: reason,
    mark: "dead",
    letter: { class: "dead", reason, cure: "Restore the contact in Keap, then replay the dead letter." },
  };
}

/** The list left the person out, and yet Keap has it: looked at again. */
function notSeen(one: Linked, retry_at: string): MemberSettlement {
  return { ...keyOf(one), in_keap: null, status: "pending", mark: "retry", retry_at };
}

/** Not in a list is not yet gone: Keap is asked for the one person. */
async function isGone({ keap }: RunContext, contact: number): Promise<boolean> {
  try {
    await keap.contacts.get(String(contact), { fields: ["id"], lane });
    return false;
  } catch (cause) {
    if (isKeapError(cause) && cause.kind === "not_found") return true;
    throw cause;
  }
}

async function readTags(
  { keap }: RunContext,
  contacts: readonly number[],
): Promise<Map<number, Set<number>>> {
  const found = new Map<number, Set<number>>();
  for (const batch of inBatches([...new Set(contacts)])) {
    const page = await keap.contacts.list({ filter: { ids: batch }, fields: ["id", "tag_ids"], lane });
    for (const one of page.items) found.set(Number(one.id), new Set((one.tag_ids ?? []).map(Number)));
  }
  return found;
}

async function change(
  context: RunContext,
  result: PushResult,
  tag: number,
  people: readonly Linked[],
  adding: boolean,
  open: Set<DirtyMember>,
  lease: PushLease,
): Promise<void> {
  for (const batch of inBatches(people)) {
    await lease.hold();
    const { store, accountId, runId } = context;
    const written = await store.writeIntents(
      accountId,
      "contact_tags",
      batch.map((one) => ({
        record_id: one.contact_id,
        other_id: one.tag_id,
        keap_id: one.contact_keap_id,
        action: adding ? ("apply_tag" as const) : ("remove_tag" as const),
        fields: { tag_keap_id: tag },
        version: one.version,
      })),
      runId,
    );
    const intents = new Map(written.map((one) => [one.record_id, one.intent_id]));
    let settled: MemberSettlement[];
    let stop: KeapError | null = null;
    try {
      settled = adding ? await apply(context, result, tag, batch) : await remove(context, result, tag, batch);
    } catch (cause) {
      if (!isKeapError(cause)) throw cause;
      const now = context.now();
      settled = batch.map((one) => {
        const { stops, ...outcome } = outcomeOf(cause, one.attempts, now, { tag_keap_id: tag });
        if (stops) stop = cause;
        result[outcome.mark === "dead" ? "failed" : "retried"] += 1;
        return {
          ...keyOf(one),
          in_keap: null,
          ...outcome,
          intent_state: outcome.intent_state === "abandoned" ? "failed" : outcome.intent_state,
        };
      });
    }
    await store.settleMembers(
      accountId,
      settled.map((one) => ({ ...one, intent_id: intents.get(one.contact_id) })),
      runId,
    );
    for (const one of batch) open.delete(one);
    if (stop) throw stop;
  }
}

const refusals: Record<string, string> = {
  CONTACT_NOT_FOUND: "Keap does not know this contact any more.",
  TAG_ID_NOT_FOUND: "Keap does not know this tag any more.",
  NO_PERMISSION: "The user behind the key may not tag this contact in Keap.",
  FAILURE: "Keap could not put the tag on and gave no reason.",
};

/** A 200 may hold failures: each person's own word counts, and whoever is not named is read again. */
async function apply(
  context: RunContext,
  result: PushResult,
  tag: number,
  people: readonly Linked[],
): Promise<MemberSettlement[]> {
  const results = await context.keap.tags.applyTo(
    String(tag),
    people.map((one) => String(one.contact_keap_id)),
    { lane },
  );
  const unnamed = people.filter((one) => results.get(String(one.contact_keap_id)) === null);
  const now =
    unnamed.length > 0
      ? await readTags(
          context,
          unnamed.map((one) => one.contact_keap_id),
        )
      : new Map<number, Set<number>>();
  return people.map((one) => {
    const word = results.get(String(one.contact_keap_id)) ?? null;
    const done =
      word === "SUCCESS" ||
      word === "DUPLICATE" ||
      (word === null && now.get(one.contact_keap_id)?.has(tag) === true);
    if (done) {
      result.tags_applied += 1;
      return {
        ...keyOf(one),
        in_keap: true,
        status: "synced",
        mark: "clear",
        intent_state: "done",
        journal: "add_member",
        origin: one.origin,
      };
    }
    result.failed += 1;
    return refused(
      one,
      refusals[word ?? ""] ?? `Keap answered "${word ?? "nothing"}" for this contact.`,
      word,
    );
  });
}

/** Keap answers nothing per person: read again to know. */
async function remove(
  context: RunContext,
  result: PushResult,
  tag: number,
  people: readonly Linked[],
): Promise<MemberSettlement[]> {
  await context.keap.tags.removeFrom(
    String(tag),
    people.map((one) => String(one.contact_keap_id)),
    { lane },
  );
  const now = await readTags(
    context,
    people.map((one) => one.contact_keap_id),
  );
  return people.map((one) => {
    if (now.get(one.contact_keap_id)?.has(tag)) {
      result.failed += 1;
      return refused(one, "Keap kept the tag on this contact.", null);
    }
    result.tags_removed += 1;
    return {
      ...keyOf(one),
      in_keap: false,
      status: "synced",
      mark: "clear",
      intent_state: "done",
      journal: "remove_member",
      origin: one.origin,
    };
  });
}

function refused(one: Linked, reason: string, word: string | null): MemberSettlement {
  return {
    ...keyOf(one),
    in_keap: null,
    status: "error",
    error: reason,
    mark: "dead",
    intent_state: "failed",
    letter: {
      class: "dead",
      reason,
      cure: "Look at the contact in Keap, then replay the dead letter.",
      error_kind: word ?? undefined,
      fields: { tag_keap_id: one.tag_keap_id },
    },
  };
}
