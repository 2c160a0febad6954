import { isKeapError } from "../keap/errors";
import { fieldsOf } from "../mapping/entities";
import type { Values } from "../mapping/types";
import { planFields } from "../plan/plan-fields";
import { policiesFor } from "../plan/policies";
import { changesOf, conflictsOf, heldReason, isEmpty, text } from "../settlement";
import type { KeapRecord, OutboundAdapter } from "./adapters";
import { outcomeOf } from "./outcomes";
import {
  type Batch,
  goneFields,
  hold,
  identity,
  onlyColumns,
  type Planned,
  pick,
  settle,
  settleAll,
  signed,
  writer,
} from "./record-batch";

/**
 * How long a create that another run sent and never settled may still be on its way, with its waits for Keap's limit.
 * Until then it is looked for, but not sent again.
 */
const createMs = 120_000;

/**
 * A record made here. Looked for in Keap first, by our marker and by its natural key, so that a create that timed out
 * or a person who is already there is found and linked instead of doubled.
 */
export async function create(batch: Batch, item: Planned["item"]): Promise<void> {
  const { context, entity, adapter, result } = batch;
  const words = adapter.words ?? { one: "record", other: "values" };
  await batch.lease.hold(true);
  const { marked, alike, looked, certain } = await probe(batch, item);
  const candidates = marked.length > 0 ? marked : alike;
  if (candidates.length > 1)
    return hold(
      batch,
      item,
      `${candidates.length} records in Keap could be this one. Say which it is, or delete the row.`,
    );
  const [existing] = candidates;
  if (existing) {
    const holder = await otherHolder(batch, item, existing);
    if (holder) {
      return hold(
        batch,
        item,
        `Keap has this ${words.one} already (id ${existing.row.keap_id}), linked to another row here.`,
        `Delete this row if it is the same one. If it is another, change its ${words.other}; it is sent again by itself.`,
      );
    }
    return adopt(batch, item, existing, marked.length > 0);
  }
  const inFlight = item.open_intents.find(
    (one) =>
      one.action === "create" &&
      one.state === "sent" &&
      Date.parse(one.created_at) > context.now().getTime() - createMs,
  );
  if (inFlight) {
    result.retried += 1;
    return settle(batch, {
      record_id: item.record_id,
      version: item.version,
      status: "pending",
      mark: "retry",
      retry_at: new Date(Date.parse(inFlight.created_at) + createMs).toISOString(),
    });
  }
  if (!(looked && certain) && item.open_intents.some((one) => one.action === "create")) {
    return hold(
      batch,
      item,
      looked
        ? "An earlier attempt to create it in Keap got no answer, and nothing in Keap proves whether it was made."
        : "An earlier attempt to create it in Keap got no answer, and there is nothing to look it up by.",
      looked
        ? "Look in Keap. If it is there, delete this row: it arrives by itself. If it is not, delete this row and make it again."
        : "Look in Keap. If it is there, delete this row; if not, add an e-mail address here, and it is sent again by itself.",
    );
  }
  await batch.lease.hold(true);
  const columns = fieldsOf(entity, item.row)
    .filter((field) => field.writable && !isEmpty(item.row[field.name]))
    .map((field) => field.name);
  const [intent] = await context.store.writeIntents(
    context.accountId,
    entity,
    [
      {
        record_id: item.record_id,
        action: "create",
        // a line holds no marker: what it belongs to tells it from its like
        fields: pick(item.row, entity === "order_items" ? [...columns, "order_keap_id"] : columns),
        marker: item.record_id,
        version: item.version,
      },
    ],
    context.runId,
  );
  // noting it took time as well; asks the database only where it took long
  await batch.lease.hold();
  let made: KeapRecord;
  try {
    made = await adapter.create(context, item.record_id, signed(item), columns);
  } catch (cause) {
    if (!isKeapError(cause)) throw cause;
    const { stops, ...outcome } = outcomeOf(cause, item.attempts, context.now(), pick(item.row, columns));
    if (cause.kind === "invalid" && columns.includes("custom_fields")) {
      const letter = await goneFields(batch, item);
      if (letter) Object.assign(outcome, { letter, error: letter.reason });
    }
    result[outcome.mark === "dead" ? "failed" : "retried"] += 1;
    await settle(batch, {
      record_id: item.record_id,
      version: item.version,
      ...outcome,
      intent_id: intent?.intent_id,
    });
    if (stops) throw cause;
    return;
  }
  result.created += 1;
  await link(batch, item, made, intent?.intent_id, "create");
}

/**
 * Looks for the record in Keap. What holds no marker is known by its name, and may have been renamed here since an earlier
 * create of it was sent: then it is there under the name that was sent, and counts as surely ours.
 */
async function probe(
  { context, adapter }: Batch,
  item: Planned["item"],
): ReturnType<OutboundAdapter["probe"]> {
  const found = await adapter.probe(context, item.record_id, item.row);
  const sent = item.open_intents.findLast((one) => one.action === "create")?.fields ?? {};
  const renamed = typeof sent.name === "string" && sent.name !== item.row.name;
  if (found.marked.length > 0 || found.alike.length > 0 || !renamed) return found;
  const before = await adapter.probe(context, item.record_id, { ...item.row, ...sent });
  return { ...before, marked: before.marked.length > 0 ? before.marked : before.alike, alike: [] };
}

/** The other row here that this Keap record is linked to: a record is linked once. */
async function otherHolder(
  { context, entity }: Batch,
  item: Planned["item"],
  existing: KeapRecord,
): Promise<string | undefined> {
  const id = existing.row.keap_id;
  // kinds that share a table count their ids each: there the table's own key keeps one record from being linked twice
  if (id === null || entity === "interactions" || entity === "custom_field_definitions") return undefined;
  const holder = (await context.store.linkedRows(context.accountId, entity, [id]))[String(id)];
  return holder === item.record_id ? undefined : holder;
}

/**
 * Both sides hold it: link them. Values only one side has go over; differences are settled by policy. Where our marker
 * shows that an earlier create made it, what was sent then is what both sides began with.
 */
async function adopt(
  batch: Batch,
  item: Planned["item"],
  existing: KeapRecord,
  isMarked: boolean,
): Promise<void> {
  batch.result.agreed += 1;
  const sent = item.open_intents.findLast((one) => one.action === "create")?.fields;
  const began = isMarked && sent && Object.keys(sent).length > 0 ? sent : null;
  await link(batch, item, existing, undefined, "adopt", began);
}

async function link(
  batch: Batch,
  item: Planned["item"],
  made: KeapRecord,
  intent_id: string | undefined,
  action: "create" | "adopt",
  /** What both sides are known to have begun with. */
  began: Values | null = item.row,
): Promise<void> {
  const { entity, state } = batch;
  const plan = planFields(
    fieldsOf(entity, item.row),
    {
      keap: made.row.values,
      supabase: item.row,
      // a create was written from the row: what differs is Keap's own doing
      base: began,
      keapChangedAt: made.row.updated_at,
      supabaseChangedAt: text(item.row.last_updated_at),
    },
    policiesFor(entity, state.policies),
  );
  const toPush = Object.keys(plan.push).length > 0;
  const held = plan.conflicts.some((one) => one.decision === "held");
  const base = onlyColumns(plan.baseBeforePush, made.row.values);
  await settleAll(batch, [
    {
      ...identity(item, made),
      seen: made.row,
      base,
      // edited while it was being made: what was sent is what was agreed. An adoption is looked at again.
      ...(action === "create" ? { acknowledged: pick(item.row, Object.keys(made.row.values)) } : {}),
      patch: plan.pull,
      clean: !toPush && !held,
      status: held ? "conflict" : toPush ? "pending" : "synced",
      error: held ? heldReason(plan) : null,
      mark: toPush ? "retry" : held ? "hold" : "clear",
      intent_id,
      intent_state: "done",
      answers_intents: item.open_intents.map((one) => one.intent_id),
      journal: [
        {
          direction: action === "create" ? "out" : "agree",
          action: action === "create" ? "create" : "link",
          origin: writer(item),
          changes: action === "create" ? base : changesOf(null, base),
        },
      ],
      conflicts: conflictsOf(plan, item.row, made.row),
    },
  ]);
}
