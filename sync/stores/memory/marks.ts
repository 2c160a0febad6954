import type { Settlement } from "../../store";
import { linkKey, type Mark, type MemoryState, markKey, newId, shadowOfRecord, tableOf } from "./state";

/** `sync.mark_dirty`: record r changed here. */
export function markDirty(
  state: MemoryState,
  mark: Pick<Mark, "account_id" | "entity" | "record_id" | "other_id" | "origin" | "operation">,
  at: number,
): void {
  const key = markKey(mark.account_id, mark.entity, mark.record_id, mark.other_id);
  const known = state.dirty.get(key);
  if (!known) {
    state.dirty.set(key, {
      ...mark,
      first_marked_at: at,
      marked_at: at,
      state: "waiting",
      attempts: 0,
      next_attempt_at: at,
      reason: null,
      lease_until: 0,
      hold_id: null,
      passed_at: null,
    });
    return;
  }
  const ours = mark.origin === "keap";
  // what the sync itself writes along the way is no edit: the approval of the edit still holds
  if (!ours) known.marked_at = at;
  // what somebody else wrote before it is not approved along with it
  const approvedAlong =
    mark.origin.startsWith("agent:") && !known.origin.startsWith("agent:") && known.passed_at === null;
  if (!ours && !approvedAlong) known.origin = mark.origin;
  known.operation = known.operation === "insert" && mark.operation === "update" ? "insert" : mark.operation;
  if (ours) return;
  if (known.state !== "claimed") known.state = "waiting";
  known.attempts = 0;
  known.passed_at = null;
  known.next_attempt_at = at;
}

const hour = 60 * 60 * 1000;
const limits = { push: 50, delete: 10 } as const;

function linkedCount(state: MemoryState, account: string, entity: string): number {
  let count = 0;
  for (const one of state.shadows.values()) {
    if (one.account_id !== account) continue;
    if (entity === "contact_tags") count += one.entity === "contacts" ? (one.members?.length ?? 0) : 0;
    else if (one.entity === entity) count += 1;
  }
  return count;
}

const isOpen = (mark: Mark, at: number) =>
  mark.state === "waiting" || (mark.state === "claimed" && mark.lease_until < at);

function holdMarks(
  state: MemoryState,
  account: string,
  entity: string,
  kind: "push" | "delete",
  marks: readonly Mark[],
): void {
  let hold = state.holds.find(
    (one) =>
      one.account_id === account && one.entity === entity && one.kind === kind && one.state === "waiting",
  );
  if (!hold) {
    hold = {
      hold_id: newId(state),
      account_id: account,
      entity,
      kind,
      state: "waiting",
      records: 0,
      decided_at: null,
    };
    state.holds.push(hold);
  }
  for (const mark of marks) {
    mark.state = "held";
    mark.hold_id = hold.hold_id;
    const row =
      entity === "contact_tags"
        ? state.links.get(linkKey(mark.record_id, mark.other_id ?? ""))
        : tableOf(state, entity).get(mark.record_id);
    if (row) {
      row.sync_status = "held";
      row.sync_error = "Waits for a person.";
    }
  }
  hold.records = [...state.dirty.values()].filter((one) => one.hold_id === hold.hold_id).length;
}

/** `sync.guard_push`: every mark nobody has looked at since its last edit passes, or is held. */
export function guardPush(state: MemoryState, account: string, entity: string, at: number): void {
  let open: Mark[] = [];
  for (const mark of state.dirty.values())
    if (mark.account_id === account && mark.entity === entity && mark.passed_at === null && isOpen(mark, at))
      open.push(mark);
  if (open.length === 0) return;
  const rows = tableOf(state, entity);
  for (const hold of state.holds.filter((one) => one.state === "waiting")) {
    const again = open.filter((one) => one.hold_id === hold.hold_id);
    if (again.length > 0) holdMarks(state, account, entity, hold.kind as "push" | "delete", again);
    open = open.filter((one) => !again.includes(one));
  }
  for (const mark of open) {
    const orphaned =
      entity === "contact_tags" &&
      !(tableOf(state, "contacts").has(mark.record_id) && tableOf(state, "tags").has(mark.other_id ?? ""));
    // proposals are not part of this store: nothing passes as approved
    if (orphaned) mark.passed_at = at;
  }
  for (const [key, pass] of state.passes)
    if (pass.account_id === account && pass.at <= at - hour) state.passes.delete(key);

  const used = { push: 0, delete: 0 };
  for (const pass of state.passes.values())
    if (pass.account_id === account && pass.entity === entity && pass.kind !== "gone")
      used[pass.kind as "push" | "delete"] += 1;
  const batches = new Map<string, { kind: "push" | "delete"; marks: Mark[] }>();
  for (const mark of open.filter((one) => one.passed_at === null).sort((a, b) => a.marked_at - b.marked_at)) {
    const row = rows.get(mark.record_id);
    const kind =
      entity !== "contact_tags" && (row === undefined || row.deleted_at !== null) ? "delete" : "push";
    const key = `${mark.marked_at}|${kind}`;
    const batch = batches.get(key) ?? { kind, marks: [] };
    batch.marks.push(mark);
    batches.set(key, batch);
  }
  let linked: number | undefined;
  const held = { push: [] as Mark[], delete: [] as Mark[] };
  for (const { kind, marks } of batches.values()) {
    const passKey = (one: Mark) => `${account}|${entity}|${kind}|${one.record_id}|${one.other_id ?? ""}`;
    const fresh = marks.filter((one) => !state.passes.has(passKey(one)));
    let limit: number = limits[kind];
    if (kind === "push" && used.push + fresh.length > limit) {
      linked ??= linkedCount(state, account, entity);
      limit = Math.max(limit, Math.floor(linked / 100));
    }
    if (fresh.length > 0 && used[kind] + fresh.length > limit) {
      held[kind].push(...marks);
      continue;
    }
    for (const one of marks) {
      if (!state.passes.has(passKey(one)))
        state.passes.set(passKey(one), { account_id: account, entity, kind, at });
      one.passed_at = at;
    }
    used[kind] += fresh.length;
  }
  for (const kind of ["push", "delete"] as const)
    if (held[kind].length > 0) holdMarks(state, account, entity, kind, held[kind]);
}

/** `sync_guard_gone`. */
export function guardGone(
  state: MemoryState,
  account: string,
  entity: string,
  keapIds: readonly number[],
  at: number,
): { allowed: boolean; hold_id: string | null } {
  const limit = Math.max(50, Math.floor(linkedCount(state, account, entity) / 100));
  for (const [key, pass] of state.passes)
    if (pass.account_id === account && pass.at <= at - hour) state.passes.delete(key);
  const passKey = (id: number) => `${account}|${entity}|gone|${id}`;
  const asked = new Set(keapIds.map(passKey));
  const passed = [...state.passes].filter(
    ([key, one]) =>
      one.account_id === account && one.entity === entity && one.kind === "gone" && !asked.has(key),
  ).length;
  if (passed + keapIds.length <= limit) {
    for (const id of keapIds)
      if (!state.passes.has(passKey(id)))
        state.passes.set(passKey(id), { account_id: account, entity, kind: "gone", at });
    return { allowed: true, hold_id: null };
  }
  const mine = state.holds.filter(
    (one) => one.account_id === account && one.entity === entity && one.kind === "gone",
  );
  const decided = mine
    .filter(
      (one) => (one.decided_at ?? 0) > at - 24 * hour && keapIds.every((id) => one.keap_ids?.includes(id)),
    )
    .sort((a, b) => (b.decided_at ?? 0) - (a.decided_at ?? 0))[0];
  if (decided) return { allowed: decided.state === "released", hold_id: decided.hold_id };
  const waiting = mine.find((one) => one.state === "waiting");
  const ids = [...new Set([...(waiting?.keap_ids ?? []), ...keapIds])];
  if (waiting) {
    Object.assign(waiting, { keap_ids: ids, records: ids.length });
    return { allowed: false, hold_id: waiting.hold_id };
  }
  const hold_id = newId(state);
  state.holds.push({
    hold_id,
    account_id: account,
    entity,
    kind: "gone",
    state: "waiting",
    records: ids.length,
    keap_ids: ids,
    decided_at: null,
  });
  return { allowed: false, hold_id };
}

/** `sync.claim`: a few records made here, then edited ones, oldest first. */
export function claim(
  state: MemoryState,
  account: string,
  entity: string,
  limit: number,
  at: number,
  guarded: boolean,
): Mark[] {
  if (guarded) guardPush(state, account, entity, at);
  const ready: Mark[] = [];
  for (const mark of state.dirty.values()) {
    if (mark.account_id !== account || mark.entity !== entity) continue;
    if (guarded && mark.passed_at === null) continue;
    if (
      (mark.state === "waiting" && mark.next_attempt_at <= at) ||
      (mark.state === "claimed" && mark.lease_until < at)
    )
      ready.push(mark);
  }
  ready.sort((a, b) => a.first_marked_at - b.first_marked_at);
  const isMade = (one: Mark) => one.operation === "insert" && entity !== "contact_tags";
  const taken = [
    ...ready.filter(isMade).slice(0, Math.min(limit, 10)),
    ...ready.filter((one) => !isMade(one)).slice(0, limit),
  ];
  for (const mark of taken) {
    mark.state = "claimed";
    mark.lease_until = at + 120_000;
  }
  return taken;
}

/** `sync.settle_mark`: what becomes of the mark, and what a person is told. */
export function settleMark(
  state: MemoryState,
  {
    account,
    entity,
    record,
    other,
  }: { account: string; entity: string; record: string; other: string | null },
  item: Partial<Settlement>,
  moved: boolean,
  at: number,
): void {
  const key = markKey(account, entity, record, other);
  const mark = state.dirty.get(key);
  const letters = state.letters.filter(
    (one) =>
      one.account_id === account &&
      one.entity === entity &&
      one.record_id === record &&
      one.other_id === other &&
      one.state === "open",
  );
  const kind = item.mark ?? "clear";
  if (moved) {
    if (mark?.state === "claimed") {
      mark.state = "waiting";
      mark.lease_until = 0;
    }
  } else if (kind === "clear") {
    state.dirty.delete(key);
    for (const one of letters) one.state = "solved";
    for (const one of state.conflicts)
      if (
        one.account_id === account &&
        one.entity === entity &&
        one.record_id === record &&
        one.state === "held"
      )
        one.state = "resolved";
  } else if (kind === "leave") {
    // Keap shows the record anew: what was stuck is planned anew; a change of many goes on waiting for a person
    if (mark && mark.hold_id === null && (mark.state === "held" || mark.state === "dead"))
      Object.assign(mark, { state: "waiting", attempts: 0, next_attempt_at: at });
  } else if (mark) {
    mark.state = kind === "retry" ? "waiting" : kind === "hold" ? "held" : "dead";
    mark.attempts += 1;
    mark.reason = item.letter?.reason ?? null;
    mark.lease_until = 0;
    mark.next_attempt_at = item.retry_at ? Date.parse(item.retry_at) : at;
  }
  if (item.letter && !moved) {
    const [open] = letters.filter((one) => one.state === "open");
    if (open) Object.assign(open, { class: item.letter.class, reason: item.letter.reason });
    else
      state.letters.push({
        letter_id: newId(state),
        account_id: account,
        entity,
        record_id: record,
        other_id: other,
        class: item.letter.class,
        reason: item.letter.reason,
        state: "open",
      });
  }
  const intent = item.intent_id ? state.intents.get(item.intent_id) : undefined;
  if (intent) {
    intent.state = item.intent_state ?? "done";
    intent.keap_id ??= item.keap_id ?? null;
    // nothing was overwritten after all
    if (item.intent_state === "failed" || item.intent_state === "abandoned")
      state.conflicts = state.conflicts.filter((one) => one.intent_id !== intent.intent_id);
  }
  for (const id of item.answers_intents ?? []) {
    const answered = state.intents.get(id);
    if (
      answered?.account_id === account &&
      answered.entity === entity &&
      answered.record_id === record &&
      (answered.state === "sent" || answered.state === "unknown")
    )
      answered.state = "done";
  }
}

export { shadowOfRecord };
