import { type Call, created, noContent, ok } from "../http/call";
import { conflict } from "../http/errors";
import { del, get, patch, post, type Route } from "../http/router";
import * as b from "../query/body";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import { readChanges, withChanges } from "../query/mask";
import type { StageMoveRecord, StageRecord } from "../records";
import { putRecord, removeRecord, takeId } from "../state";
import * as s from "./shared";

const stages: ListSpec<StageRecord> = {
  answerKey: "stages",
  rows: (call) => call.account.stages.values(),
  tables: ["stages"],
  filters: {
    opportunity_stage_name: f.text((one) => one.name, { prefix: true }),
    opportunity_stage_id: f.idRange((one) => one.id),
  },
  orders: { stage_order: (one) => one.order },
  wire: (one) => one,
};

const moves: ListSpec<StageMoveRecord> = {
  answerKey: "stage_moves",
  rows: (call) => call.account.stageMoves.values(),
  tables: ["stageMoves"],
  filters: { opportunity_id: f.id((one) => one.opportunity_id), user_id: f.id((one) => one.user_id) },
  // The order key is `move_date`, the field `move_time`; newest first unless asked otherwise.
  orders: { move_date: (one) => one.move_time, id: (one) => Number(one.id) },
  defaultOrder: "move_date desc",
  wire: moveWire,
};

/** Keap shows these times with an offset that has no colon. */
function moveWire(move: StageMoveRecord) {
  const spelled = (time: string | undefined) => time?.replace(/Z$/, "+0000");
  return {
    ...move,
    move_time: spelled(move.move_time),
    create_time: spelled(move.create_time),
    prev_stage_move_time: spelled(move.prev_stage_move_time),
  };
}

const item = { description: b.filled(), required: b.bool, order: b.int };
const shape = { name: b.filled(), order: b.int, target_number_days: b.int, probability: b.int };

function checklist(call: Call, value: unknown): StageRecord["checklist_items"] {
  return (value as { id?: string; description: string; required: boolean; order: number }[] | undefined)?.map(
    (one) => ({
      ...one,
      id: one.id ?? takeId(call.account, "checklistItem"),
    }),
  );
}

export const stageRoutes: Route[] = [
  get("/v2/opportunities/stages", (call) => listPage(call, stages)),
  post("/v2/opportunities/stages", (call) => {
    const body = b.readBody(
      call,
      { ...shape, checklist_items: b.list(b.object(item, ["description", "required", "order"])) },
      ["name", "order", "target_number_days", "probability"],
    );
    const checklist_items = checklist(call, body.checklist_items);
    const stage: StageRecord = {
      id: takeId(call.account, "stages"),
      name: String(body.name),
      order: Number(body.order),
      target_number_days: Number(body.target_number_days),
      probability: Number(body.probability),
      created_time: call.now,
      updated_time: call.now,
      ...(checklist_items ? { checklist_items } : {}),
    };
    return created(putRecord(call.account, "stages", stage));
  }),
  get("/v2/opportunities/stages/{stage_id}", (call) =>
    ok(s.require(call.account.stages, call, "stage_id", "Stage")),
  ),
  patch("/v2/opportunities/stages/{stage_id}", (call) => {
    const stage = s.require(call.account.stages, call, "stage_id", "Stage");
    const patchShape = {
      ...shape,
      checklist_items: b.list(b.object({ id: b.id, ...item }, ["description", "required", "order"])),
    };
    const names = Object.keys(patchShape);
    const changes = readChanges(call, b.readBody(call, patchShape), {
      mask: names,
      writable: names,
      promised: true,
    });
    for (const name of Object.keys(shape))
      if (changes.has(name) && changes.get(name) === undefined) changes.delete(name);
    if (changes.has("checklist_items"))
      changes.set("checklist_items", checklist(call, changes.get("checklist_items")));
    return ok(putRecord(call.account, "stages", { ...withChanges(stage, changes), updated_time: call.now }));
  }),
  del("/v2/opportunities/stages/{stage_id}", (call) => {
    const stage = s.require(call.account.stages, call, "stage_id", "Stage");
    if ([...call.account.opportunities.values()].some((one) => one.stage_id === stage.id))
      throw conflict(`Stage ${stage.id} has opportunities`, "Stage");
    removeRecord(call.account, "stages", Number(stage.id));
    return noContent();
  }),
  get("/v2/opportunities/stageMoves", (call) => listPage(call, moves)),
  get("/v2/opportunities/stageMoves/{stage_move_id}", (call) =>
    ok(moveWire(s.require(call.account.stageMoves, call, "stage_move_id", "Stage move"))),
  ),
];
