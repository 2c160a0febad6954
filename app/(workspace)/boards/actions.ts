"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { chartsInOrder } from "@/analytics/boards/board";
import { getReadyBoard } from "@/analytics/boards/ready";
import { anyChartSchema } from "@/analytics/charts/any-chart";
import { listCharts } from "../../_server/boards";
import { explainRefusal } from "../../_server/refusals";
import { requireSession, type Session } from "../../_server/session";

type Refused = { ok: false; message: string };
export type ActionResult = { ok: true; message: string } | Refused;

const nameSchema = z
  .string()
  .trim()
  .min(1, { error: "Give the board a name." })
  .max(120, { error: "A name has 120 letters at most." });

/** Makes an empty board. */
export async function createBoard(name: string): Promise<{ ok: true; board_id: string } | Refused> {
  const session = await requireSession();
  const parsed = nameSchema.safeParse(name);
  if (!parsed.success)
    return { ok: false, message: parsed.error.issues[0]?.message ?? "Give the board a name." };
  const { data, error } = await session.db.rpc("create_board", {
    p_account: session.account.id,
    p_name: parsed.data,
  });
  if (error) return { ok: false, message: explainRefusal(error) };
  revalidatePath("/boards");
  return { ok: true, board_id: z.uuid().parse(data) };
}

/** Makes a board of one's own from a ready one; all of its charts or none. */
export async function addReadyBoard(id: string): Promise<{ ok: true; board_id: string } | Refused> {
  const session = await requireSession();
  const ready = getReadyBoard(id);
  if (!ready) return { ok: false, message: "There is no such ready board. Load the page again." };
  const made = await createBoard(ready.name);
  if (!made.ok) return made;
  const layouts: { chart_id: string; layout: object; position: number }[] = [];
  const refused = await (async () => {
    const described = await session.db.rpc("update_board", {
      p_board: made.board_id,
      p_changes: { description: ready.description },
    });
    if (described.error) return described.error;
    for (const [position, { spec, layout }] of chartsInOrder(ready).entries()) {
      const { data, error } = await session.db.rpc("pin_chart", {
        p_account: session.account.id,
        p_board: made.board_id,
        p_title: spec.title,
        p_spec: spec,
      });
      if (error) return error;
      layouts.push({ chart_id: pinnedSchema.parse(data).chart_id, layout, position });
    }
    return (await session.db.rpc("arrange_board", { p_board: made.board_id, p_layouts: layouts })).error;
  })();
  if (refused) {
    await deleteBoard(made.board_id);
    return { ok: false, message: explainRefusal(refused) };
  }
  revalidatePath("/boards");
  return { ok: true, board_id: made.board_id };
}

const pinSchema = z.object({
  spec: anyChartSchema,
  title: z.string().trim().min(1).max(200),
  board: z.union([z.object({ id: z.uuid() }), z.object({ name: nameSchema })]),
});
const pinnedSchema = z.object({ chart_id: z.string(), board_id: z.string(), board_name: z.string() });

/** Saves a chart on a board, an existing one or a new one. */
export async function pinChart(
  input: z.input<typeof pinSchema>,
): Promise<{ ok: true; board_id: string; board_name: string } | Refused> {
  const session = await requireSession();
  const parsed = pinSchema.safeParse(input);
  if (!parsed.success) return { ok: false, message: "Give the chart a title and choose a board." };
  const { spec, title, board } = parsed.data;
  const made = "name" in board ? await createBoard(board.name) : { ok: true as const, board_id: board.id };
  if (!made.ok) return made;
  const { data, error } = await session.db.rpc("pin_chart", {
    p_account: session.account.id,
    p_board: made.board_id,
    p_title: title,
    p_spec: { ...spec, title },
  });
  if (error) return { ok: false, message: explainRefusal(error) };
  const { board_id, board_name } = pinnedSchema.parse(data);
  revalidatePath(`/boards/${board_id}`);
  return { ok: true, board_id, board_name };
}

export async function renameBoard(id: string, name: string): Promise<ActionResult> {
  const session = await requireSession();
  const parsed = nameSchema.safeParse(name);
  if (!parsed.success)
    return { ok: false, message: parsed.error.issues[0]?.message ?? "Give the board a name." };
  const { error } = await session.db.rpc("update_board", {
    p_board: z.uuid().parse(id),
    p_changes: { name: parsed.data },
  });
  if (error) return { ok: false, message: explainRefusal(error) };
  revalidatePath(`/boards/${id}`);
  return { ok: true, message: "Renamed." };
}

export async function deleteBoard(id: string): Promise<ActionResult> {
  const session = await requireSession();
  const { error } = await session.db.rpc("delete_board", { p_board: z.uuid().parse(id) });
  if (error) return { ok: false, message: explainRefusal(error) };
  revalidatePath("/boards");
  return { ok: true, message: "Deleted." };
}

const changeSchema = z.object({
  board: z.uuid(),
  chart: z.uuid(),
  change: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("move"), by: z.union([z.literal(-1), z.literal(1)]) }),
    z.object({ kind: z.literal("resize"), width: z.union([z.literal(4), z.literal(6), z.literal(12)]) }),
    z.object({ kind: z.literal("remove") }),
  ]),
});

/** Moves, resizes or removes a chart of a board. */
export async function changeChart(input: {
  board: string;
  chart: string;
  change: { kind: "move"; by: -1 | 1 } | { kind: "resize"; width: number } | { kind: "remove" };
}): Promise<ActionResult> {
  const session = await requireSession();
  const parsed = changeSchema.safeParse(input);
  if (!parsed.success) return { ok: false, message: "That cannot be done to a chart. Nothing was changed." };
  const { board, chart, change } = parsed.data;
  const { error } = await carryOut(session, board, chart, change);
  if (error) return { ok: false, message: explainRefusal(error) };
  revalidatePath(`/boards/${board}`);
  return { ok: true, message: "Done." };
}

async function carryOut(
  session: Session,
  board: string,
  chart: string,
  change: z.infer<typeof changeSchema>["change"],
): Promise<{ error: { code?: string; message: string } | null }> {
  const { db } = session;
  if (change.kind === "remove") return db.rpc("remove_chart", { p_chart: chart });
  if (change.kind === "resize") {
    return db.rpc("update_chart", { p_chart: chart, p_changes: { layout: { w: change.width } } });
  }
  const ids = (await listCharts(session, board)).map(({ id }) => id);
  const from = ids.indexOf(chart);
  const to = from + change.by;
  if (from < 0 || to < 0 || to >= ids.length) return { error: null };
  ids.splice(to, 0, ...ids.splice(from, 1));
  return db.rpc("arrange_board", {
    p_board: board,
    p_layouts: ids.map((chart_id, position) => ({ chart_id, position })),
  });
}
