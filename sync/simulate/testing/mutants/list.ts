/** A deliberate defect: one change of the source, and the level at which it must be found. */
export interface Mutant {
  name: string;
  file: string;
  /** Stands exactly once in the file. */
  find: string;
  replace: string;
  level: "planner" | "crash" | "engine" | "stores" | "test";
  runs?: number;
  /** At level `crash`, the small histories that are about it; at level `test`, the tests. */
  only?: string;
  /** At level `test`: the file whose tests must notice it. */
  test?: string;
}

const records = "sync/outbound/push-records.ts";
const creates = "sync/outbound/create-records.ts";
const batch = "sync/outbound/record-batch.ts";
const members = "sync/outbound/push-members.ts";
const fields = "sync/plan/plan-fields.ts";
const settle = "sync/stores/memory/settle.ts";
const apply = "sync/stores/memory/apply.ts";
const marks = "sync/stores/memory/marks.ts";
const edits = "sync/stores/memory/edits.ts";
const captureSql = "supabase/migrations/20261123000410_sync_capture.sql";
const applySql = "supabase/migrations/20261123000430_sync_apply.sql";
const settleSql = "supabase/migrations/20261123000450_sync_settle.sql";

/**
 * Defects somebody could write. Those in the in-memory store stand for the same defect of the SQL function; those in the
 * SQL itself are found by the two stores disagreeing.
 */
export const mutants: readonly Mutant[] = [
  {
    name: "the base does not move with a push",
    file: records,
    find: "    base: after.baseBeforePush,\n",
    replace: "    base: item.base ?? {},\n",
    level: "engine",
  },
  {
    name: "the base moves before the push",
    file: "sync/inbound/apply.ts",
    find: "    base: plan.baseBeforePush,\n",
    replace: "    base: plan.base,\n",
    level: "engine",
  },
  {
    name: "a create writes its intent only after the call",
    file: creates,
    find: "  const [intent] = await context.store.writeIntents(\n    context.accountId,\n    entity,\n    [\n      {\n",
    replace:
      "  const [intent] = await (async (..._late: unknown[]): Promise<{ intent_id: string }[]> => [])(\n    context.accountId,\n    entity,\n    [\n      {\n",
    level: "engine",
  },
  {
    name: "nothing is looked for before a create",
    file: creates,
    find: "  const candidates = marked.length > 0 ? marked : alike;\n",
    replace: "  const candidates = marked.slice(marked.length + alike.length);\n",
    level: "crash",
  },
  {
    name: "lists are sent as they stand here, not merged",
    file: fields,
    find: "  let push = k;\n",
    replace: "  let push = p;\n",
    level: "planner",
  },
  {
    name: "an echo is told by its age",
    file: apply,
    find: "fresh: buried || (shadow !== undefined && (shadow.k_hash === hash || late)),",
    replace:
      'fresh: buried || (shadow !== undefined && (shadow.k_hash === hash || shadow.agreed_at > Date.parse(row.updated_at ?? "") - 60_000)),',
    level: "engine",
  },
  {
    name: "a sweep is trusted when it is partial",
    file: "sync/inbound/poll.ts",
    find: '    if (proven) await confirmAbsent(poll, "contacts", answer.absent);\n',
    replace:
      '    if (proven) await context.store.confirmGoneKeys(context.accountId, "contacts", answer.absent.map(String), runId);\n',
    level: "crash",
  },
  {
    name: "the watermark moves before the page is stored",
    file: "sync/inbound/poll.ts",
    find: "    await storeAlso(poll, page);\n    await storePage(poll, stream.entity, page.rows, {\n      cursor,\n      cursorEntity: stream.name,\n",
    replace:
      "    await storeAlso(poll, page);\n    await context.store.moveCursor(context.accountId, stream.name, cursor);\n    await storePage(poll, stream.entity, page.rows, {\n",
    level: "crash",
  },
  {
    name: "what is overwritten in Keap is not told",
    file: records,
    find: 'conflictsOf(plan, item.row, current.row, ["supabase"])',
    replace: "[]",
    level: "crash",
  },
  {
    name: "what was overwritten is told only after the call",
    file: records,
    find: 'conflicts: conflictsOf(plan, item.row, current.row, ["supabase"]),',
    replace: "conflicts: [],",
    level: "crash",
  },
  {
    name: "a row that moved meanwhile is settled all the same",
    file: settle,
    find: "  const moved = (row?.version ?? null) !== item.version;\n  if (moved",
    replace: "  const moved = false;\n  if (moved",
    level: "engine",
  },
  {
    name: "a whole list counts as acknowledged",
    file: records,
    find: "    acknowledged: without(plan.acknowledged, columnsOf(refused)),\n",
    replace: "    acknowledged: pick(answer.row.values, Object.keys(plan.push)),\n",
    level: "crash",
  },
  {
    name: "two pushes work at the same time",
    file: "sync/outbound/push-lease.ts",
    find: "  let lost = !(await store.acquireLease(accountId, name, owner, seconds));\n",
    replace:
      "  let lost = false;\n  store = { acquireLease: async () => true, releaseLease: async () => undefined };\n",
    level: "engine",
  },
  {
    name: "a call without an answer counts as done",
    file: "sync/outbound/outcomes.ts",
    find: '        status: "pending",\n        mark: "retry",\n        retry_at: retryAt(now, attempts, error.retryAfterMs ?? 0),\n',
    replace:
      '        status: "pending",\n        mark: "clear" as "retry",\n        retry_at: retryAt(now, attempts, error.retryAfterMs ?? 0),\n',
    level: "crash",
  },
  {
    name: "an edited row is deleted with Keap's record",
    file: "sync/stores/memory/gone.ts",
    find: "if (row.deleted_at === null && row.version === shadow.row_version) return [{ shadow, row }];",
    replace: "if (row.deleted_at === null) return [{ shadow, row }];",
    level: "engine",
  },
  {
    name: "the journal leaves out what was sent",
    file: records,
    find: "      changes: changesOf(pick(before, sent), pick(base, sent)),\n",
    replace: "      changes: {},\n",
    level: "engine",
  },
  {
    name: "ownership is not asked for",
    file: fields,
    find: '  const writable = leaf.writable && owner !== "keap";\n',
    replace: "  const writable = leaf.writable;\n",
    level: "planner",
  },
  {
    name: "a value that was emptied is not a change",
    file: fields,
    find: "  const pChanged = !linked || !same(pl, bl, leaf.kind);\n",
    replace: "  const pChanged = !linked || (pl !== null && !same(pl, bl, leaf.kind));\n",
    level: "planner",
  },
  {
    name: "the older of two changes is the newest",
    file: fields,
    find: 'return ours > keap ? "supabase" : "keap";',
    replace: 'return ours < keap ? "supabase" : "keap";',
    level: "planner",
  },
  {
    name: "what a person should decide is decided for Keap",
    file: fields,
    find: '      return "held";\n',
    replace: '      return "keap";\n',
    level: "planner",
  },
  {
    name: "a tag put on here is taken off again",
    file: "sync/plan/plan-members.ts",
    find: 'supabase ? "add_keap" : "remove_keap"',
    replace: 'supabase ? "remove_supabase" : "remove_keap"',
    level: "engine",
  },
  {
    name: "a membership both changed is not told",
    file: members,
    find: 'plan === "nothing"\n',
    replace: 'plan === "nothing" || plan === "agree"\n',
    level: "crash",
  },
  {
    name: "a record of an open create is taken for a new one",
    file: apply,
    find: "    if (!answersCreate(entity, intent.marker, intent.fields, one.row.values)) continue;\n",
    replace: "    if (intent.created_at > 0) continue;\n",
    level: "crash",
  },
  {
    name: "a row deleted while it is made leaves no mark",
    file: settle,
    find: "    if (!row || moved)\n      markDirty(",
    replace: "    if (row && moved)\n      markDirty(",
    level: "crash",
  },
  {
    name: "an edit leaves no mark",
    file: edits,
    find: "  if (shadowOfRecord(state, entity, row.supabase_id)?.row_version !== row.version)\n",
    replace: "  if (shadowOfRecord(state, entity, row.supabase_id) === undefined)\n",
    level: "engine",
  },
  {
    name: "a record a list left out is gone",
    file: records,
    find: '  if (presence === "unknown") {\n',
    replace: '  if (presence === "unknown" && result.claimed < 0) {\n',
    level: "crash",
  },
  {
    name: "retries wait by the worker's clock",
    file: "sync/context.ts",
    find: "  const ahead = databaseNow === undefined ? 0 : now().getTime() - Date.parse(databaseNow);\n",
    replace: "  const ahead = 0;\n",
    level: "engine",
  },
  {
    name: "a cleared mark stays",
    file: marks,
    find: '  } else if (kind === "clear") {\n    state.dirty.delete(key);\n',
    replace: '  } else if (kind === "clear") {\n',
    level: "engine",
  },
  {
    name: "an undo goes back to the value before the last change",
    file: "sync/operations/undo/plan-undo.ts",
    find: "      moves.set(column, { from: known ? known.from : from, to });\n",
    replace: "      void known;\n      moves.set(column, { from, to });\n",
    level: "engine",
  },
  {
    name: "an undo forgets tags that were taken off",
    file: "sync/operations/undo/plan-undo.ts",
    find: '    const present = lines[0]?.action === "remove_member";\n',
    replace: "    const present = false;\n",
    level: "engine",
  },
  {
    name: "a page read before a record went away brings it back",
    file: apply,
    find: "?.at ?? 0) > asked;",
    replace: "?.at ?? 0) > Number.POSITIVE_INFINITY;",
    level: "crash",
    only: "a poll has read",
  },
  {
    name: "a run that was overtaken goes on",
    file: "sync/outbound/push-lease.ts",
    find: "      if (lost) throw new LeaseLost();\n",
    replace: "",
    level: "engine",
  },
  {
    name: "the copy's polls begin where the worker's clock stands",
    file: "sync/inbound/backfill.ts",
    find: "watermark: stream.changed ? notAfter(seen ?? beginning, context.now()) : null,",
    replace: "watermark: stream.changed ? context.now().toISOString() : null,",
    level: "engine",
  },
  {
    name: "a page of the copy is done before it is stored",
    file: "sync/inbound/backfill.ts",
    find: "  await inTurn(() =>\n    applyPage(\n",
    replace:
      "  await context.store.moveCursor(context.accountId, stream.name, move);\n  await inTurn(() =>\n    applyPage(\n",
    level: "test",
    test: "sync/inbound/robustness.slow.test.ts",
    only: "a copy that is interrupted",
  },
  {
    name: "a list whose page failed counts as copied with the others",
    file: "sync/inbound/side-by-side.ts",
    find: "            failed = true;\n            run.failed(one.list, cause);\n",
    replace: "            void cause;\n",
    level: "engine",
  },
  {
    name: "parts of a list forget where the others stand",
    file: "sync/inbound/copy-parts.ts",
    find: "    const moved = parts.map((one, n) =>\n",
    replace: "    const moved = copy.parts.map((one, n) =>\n",
    level: "test",
    test: "sync/inbound/robustness.slow.test.ts",
    only: "a copy that is interrupted",
  },
  {
    name: "who was merged is not written down",
    file: "sync/inbound/merges.ts",
    find: "  await hooks.expectMerged(accountId, survivors);\n",
    replace: "",
    level: "crash",
    only: "two people merged",
  },
  {
    name: "what was merged is linked after it is gone, not with it",
    file: "sync/stores/memory/gone.ts",
    find: "    linkMerged(\n      state,\n      gone.map(({ row }) => row.keap_id as number),\n",
    replace: "    linkMerged(\n      state,\n      gone.map(({ row }) => (row.keap_id as number) * 0),\n",
    level: "crash",
    only: "two people merged",
  },
  {
    name: "a delete goes out though deletes are switched off",
    file: "sync/plan/plan-record.ts",
    find: "  return switches.deletes\n    ?",
    replace: "  return switches.creates\n    ?",
    level: "engine",
  },
  {
    name: "a record changed in Keap is deleted there all the same",
    file: "sync/plan/plan-record.ts",
    find: '  if (state.keapChanged) return { do: "restore_supabase" };\n',
    replace: "",
    level: "engine",
  },
  {
    name: "a deleted record's memory ends before Keap has deleted it",
    file: "sync/outbound/delete-records.ts",
    find: '  await batch.lease.hold(true);\n  const [intent] = await context.store.writeIntents(\n    context.accountId,\n    entity,\n    [{ record_id: item.record_id, keap_id: current.row.keap_id, action: "delete"',
    replace:
      '  await settleDeleted(batch, item, "out");\n  const [intent] = await context.store.writeIntents(\n    context.accountId,\n    entity,\n    [{ record_id: item.record_id, keap_id: current.row.keap_id, action: "delete"',
    level: "crash",
    only: "deletes go out",
  },
  {
    name: "a company that is gone from Keap is never asked for",
    file: "sync/inbound/reread.ts",
    find: "  if (ids.length === 0 || !byId[entity]) return;\n",
    replace: '  if (ids.length === 0 || !byId[entity] || entity === "companies") return;\n',
    level: "engine",
  },
  {
    name: "our id is left out of what is made",
    file: "sync/outbound/marker.ts",
    find: "    ...(id ? [{ id: id.id, content: recordId }] : []),\n",
    replace: "    ...(id ? [] : []),\n",
    level: "crash",
    only: "made here",
  },
  {
    name: "our fields are made again by every run",
    file: "sync/own-fields.ts",
    find: "(label) => !items.some((one) => one.label === label)",
    replace: "(label) => items.every((one) => one.label === label || true)",
    level: "test",
    test: "sync/outbound/push.test.ts",
  },
  {
    name: "lines count as seen with their order",
    file: batch,
    find: "(item.seen?.children ? { ...item, seen: withoutLines(item.seen) } : item)",
    replace: "(item.seen?.children ? { ...item, seen: item.seen } : item)",
    level: "crash",
    only: "a line of an order",
  },
  {
    name: "an edited line goes with Keap's",
    file: apply,
    find: "    if (shadow.row_version !== row.version) {\n      holdGone",
    replace: "    if (shadow.row_version < 0) {\n      holdGone",
    level: "engine",
  },
  {
    name: "a line that is read before its create is settled is another one",
    file: apply,
    find: '      "order_keap_id" in fields &&\n',
    replace: '      "no_order" in fields &&\n',
    level: "crash",
    only: "a poll reads a line",
  },
  {
    name: "an order with a line settled meanwhile is known already",
    file: settle,
    find: '    if (parentShadow) parentShadow.k_hash = "";\n',
    replace: "    void parentShadow;\n",
    level: "crash",
    only: "a line made here",
  },
  {
    name: "a change that Keap does not take is given up",
    file: records,
    find: "      base: { ...plan.base, ...pick(plan.baseBeforePush, columnsOf(refused)) },\n",
    replace: "      base: plan.base,\n",
    level: "test",
    test: "sync/outbound/not-taken.test.ts",
  },
  {
    name: "a custom field that is gone from Keap is a value to correct",
    file: batch,
    find: "  if (gone.length === 0) return null;\n",
    replace: "  if (gone.length >= 0) return null;\n",
    level: "test",
    test: "sync/outbound/not-taken.test.ts",
  },
  {
    name: "a settled record is said to be on its way",
    file: "sync/stores/memory.ts",
    find: '        if (mark?.state === "claimed") showPushing',
    replace: "        if (mark !== null) showPushing",
    level: "crash",
    only: "a run stands still before it makes an order",
  },
  {
    name: "a row that came back while Keap deleted it stays",
    file: settle,
    find: "  if (shadow && tableOf(state, entity).get(record)?.deleted_at === null) {\n",
    replace: "  if (shadow && tableOf(state, entity).get(record)?.deleted_at === 0) {\n",
    level: "test",
    test: "sync/simulate/deleted-orders.test.ts",
  },
  {
    name: "a page agrees to a change of what is being deleted in Keap",
    file: apply,
    find: "(shadow.agreed_at > asked || isBeingDeleted(state, entity, shadow, at))",
    replace: "(shadow.agreed_at > asked || (isBeingDeleted(state, entity, shadow, at) && at < 0))",
    level: "crash",
    only: "a note is changed in Keap, and read",
  },
  {
    name: "what was made for a deleted row takes another row's base",
    file: settle,
    find: "  if (holder && holder.record_id !== record) {\n",
    replace: "  if (holder && holder.record_id === null) {\n",
    level: "crash",
    only: "a note is deleted here while it is made",
  },
  {
    name: "an order that comes back leaves its lines behind",
    file: apply,
    find: "  returnLines(state, child, open, options.account);\n",
    replace: "",
    level: "test",
    test: "sync/simulate/deleted-orders.test.ts",
  },
  {
    name: "an unchanged record that was deleted here comes back",
    file: apply,
    find: "      if (staysGone(state, entity, one, options)) one.class",
    replace: "      if (!one.shadow && staysGone(state, entity, one, options)) one.class",
    level: "test",
    test: "sync/simulate/deleted-orders.test.ts",
  },
  {
    name: "a line is taken out of an order that stays in Keap",
    file: records,
    find: "      if (!(await wentAlong(batch, item))) await remove",
    replace: "      await remove",
    level: "test",
    test: "sync/simulate/deleted-orders.test.ts",
  },
  {
    name: "what a page has moved tells no survivor",
    file: "sync/stores/memory/hooks.ts",
    find: "      for (const one of state.journal) {\n",
    replace: "      for (const one of state.journal.slice(0, 0)) {\n",
    level: "test",
    test: "sync/simulate/merged-people.test.ts",
  },
  {
    name: "SQL: an order that comes back leaves its lines behind",
    file: applySql,
    find: "    if v_returned then\n      -- its lines",
    replace: "    if v_returned is null then\n      -- its lines",
    level: "test",
    test: "sync/outbound/deletes.slow.test.ts",
    only: "comes back with the lines",
  },
  {
    name: "SQL: an erased person comes back with a page",
    file: "supabase/migrations/20261123001320_erasure.sql",
    find: "      where not exists (select from sync.erased e where e.account_id = p_account and e.keap_id = (x.r ->> 'keap_id')::bigint));\n  elsif",
    replace: "      where x.at > 0);\n  elsif",
    level: "test",
    test: "sync/operations/erase/erase.slow.test.ts",
  },
  {
    name: "SQL: the history keeps what an erased person was called",
    file: "supabase/migrations/20261123001320_erasure.sql",
    find: "  select case when p_changes = '{}' then p_changes else (\n",
    replace: "  select case when p_changes is not null then p_changes else (\n",
    level: "test",
    test: "sync/operations/erase/erase.slow.test.ts",
  },
  {
    name: "SQL: settle asks for no version",
    file: settleSql,
    find: "      v_moved := v_version is distinct from (i ->> 'version')::bigint;\n      v_patch",
    replace: "      v_moved := false;\n      v_patch",
    level: "stores",
  },
  {
    name: "SQL: a pulled row's base says another version",
    file: applySql,
    find: "w.r -> 'values', w.hash, w.version + 1, (w.r ->> 'updated_at')::timestamptz, $3 from src w",
    replace: "w.r -> 'values', w.hash, w.version, (w.r ->> 'updated_at')::timestamptz, $3 from src w",
    level: "stores",
  },
  {
    name: "SQL: members move without their base",
    file: applySql,
    find: "    members = (select coalesce(array_agg(k.value::bigint order by k.value::bigint), '{}') from jsonb_array_elements_text(c.members) k\n      where w.tags is null or not k.value::bigint = any (w.tags)),\n",
    replace: "    members = s.members,\n",
    level: "stores",
  },
  {
    name: "SQL: a cleared mark stays",
    file: settleSql,
    find: "  elsif v_mark = 'clear' then\n    delete from sync.dirty where account_id",
    replace: "  elsif v_mark = 'clear' then\n    delete from sync.dirty where false and account_id",
    level: "stores",
  },
  {
    name: "SQL: what was acknowledged does not move the base",
    file: settleSql,
    find: "base = case when v_moved then s.base || (i -> 'acknowledged') else excluded.base end,",
    replace: "base = case when v_moved then s.base else excluded.base end,",
    level: "stores",
  },
  {
    name: "SQL: an update is captured as nothing",
    file: captureSql,
    find: "    join old_rows o on o.supabase_id = n.supabase_id and o.version is distinct from n.version\n",
    replace: "    join old_rows o on o.supabase_id = n.supabase_id and o.version > n.version\n",
    level: "stores",
  },
];
