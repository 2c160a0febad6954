import "server-only";
import { z } from "zod";
import { type AnyChart, anyChartSchema } from "@/analytics/charts/any-chart";
import { runChart as run } from "@/analytics/charts/run-chart";
import type { Drawn } from "../_charts/drawn";
import { getQueryDoor } from "./deps";
import type { Session } from "./session";

const boardSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  created_at: z.string(),
});
export type Board = z.infer<typeof boardSchema>;
const boardColumns = Object.keys(boardSchema.shape).join(", ");

/** The account's boards in their order, with how many charts each holds. */
export async function listBoards({ db, account }: Session): Promise<(Board & { charts: number })[]> {
  const [boards, charts] = await Promise.all([
    db.from("boards").select(boardColumns).eq("account_id", account.id).order("position").order("created_at"),
    db.from("board_charts").select("board_id").eq("account_id", account.id).limit(1_000),
  ]);
  const failed = boards.error ?? charts.error;
  if (failed) throw new Error(`The boards could not be read (${failed.message}).`);
  const owners = z.array(z.object({ board_id: z.string() })).parse(charts.data);
  return boardSchema
    .array()
    .parse(boards.data)
    .map((board) => ({ ...board, charts: owners.filter(({ board_id }) => board_id === board.id).length }));
}

export async function findBoard({ db, account }: Session, id: string): Promise<Board | null> {
  if (!z.uuid().safeParse(id).success) return null;
  const { data, error } = await db
    .from("boards")
    .select(boardColumns)
    .eq("account_id", account.id)
    .eq("id", id)
    .maybeSingle();
  if (error) throw new Error(`The board could not be read (${error.message}).`);
  return boardSchema.nullable().parse(data);
}

const layoutSchema = z.object({ w: z.number().catch(6) }).catch({ w: 6 });
const chartRowSchema = z.object({
  id: z.string(),
  title: z.string(),
  spec: z.unknown(),
  layout: z.unknown(),
});

export interface BoardChart {
  id: string;
  title: string;
  /** Null when the stored chart no longer reads: its metric or shape is from another time. */
  spec: AnyChart | null;
  /** Columns of twelve. */
  width: number;
}

/** The charts of a board in their order. */
export async function listCharts({ db, account }: Session, board: string): Promise<BoardChart[]> {
  const { data, error } = await db
    .from("board_charts")
    .select("id, title, spec, layout")
    .eq("account_id", account.id)
    .eq("board_id", board)
    .order("position")
    .order("created_at");
  if (error) throw new Error(`The charts of the board could not be read (${error.message}).`);
  return chartRowSchema
    .array()
    .parse(data)
    .map(({ id, title, spec, layout }) => {
      const parsed = anyChartSchema.safeParse(spec);
      return {
        id,
        title,
        spec: parsed.success ? { ...parsed.data, title } : null,
        width: layoutSchema.parse(layout).w,
      };
    });
}

/** Runs a chart's query again, for this person and now. */
export function runChart({ principal, account }: Session, spec: AnyChart): Promise<Drawn> {
  return run(spec, { principal, account, door: getQueryDoor() });
}
