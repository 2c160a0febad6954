import type { SupabaseClient } from "@supabase/supabase-js";
import { z } from "zod";
import { type AnyChart, anyChartSchema } from "@/analytics/charts/any-chart";
import { ToolError } from "../tools/errors";

const storedSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  query: z.unknown(),
  created_at: z.string(),
});

/** A question kept under a name, with how its answer is drawn. */
export interface SavedQuestion {
  id: string;
  name: string;
  /** As it was asked, where it was asked in words. */
  question: string | null;
  /** Null when it was saved by a version that this one no longer reads. */
  chart: AnyChart | null;
  created_at: string;
}

type Of = { db: SupabaseClient; account_id: string };

/** Names are told apart without regard to case, and an account keeps so many at most. */
export const mostSaved = 500;

const fold = (name: string) => name.trim().toLowerCase();

/** The account's saved questions by name. @throws ToolError */
export async function listSaved({ db, account_id }: Of): Promise<SavedQuestion[]> {
  const { data, error } = await db
    .from("saved_queries")
    .select(Object.keys(storedSchema.shape).join(", "))
    .eq("account_id", account_id)
    .order("name")
    .order("id")
    .limit(mostSaved);
  if (error)
    throw new ToolError("unavailable", "The saved questions could not be read. Try again.", {
      retryable: true,
      cause: error,
    });
  return storedSchema
    .array()
    .parse(data)
    .map(({ description, query, ...row }) => {
      const chart = anyChartSchema.safeParse(query);
      return { ...row, question: description, chart: chart.success ? chart.data : null };
    });
}

/** The one with this name or id. @throws ToolError with the names there are. */
export async function findSaved(nameOrId: string, of: Of): Promise<SavedQuestion> {
  const all = await listSaved(of);
  const found = all.find(({ id, name }) => id === nameOrId || fold(name) === fold(nameOrId));
  if (found) return found;
  const names = all.map(({ name }) => `"${name}"`);
  const shown = names.slice(0, 20).join(", ") + (names.length > 20 ? ` and ${names.length - 20} more` : "");
  throw new ToolError(
    "not_found",
    `There is no saved question "${nameOrId.slice(0, 200)}". ${names.length > 0 ? `Saved: ${shown}.` : "Nothing has been saved yet."}`,
  );
}

/** Keeps a question under a name of its own. @throws ToolError when the name is taken or the role may not. */
export async function saveQuestion(
  { name, question, chart }: { name: string; question?: string | undefined; chart: AnyChart },
  { db, account_id, actor = null }: Of & { actor?: string | null },
): Promise<string> {
  const { data, error } = await db.rpc("save_item", {
    p_account: account_id,
    p_kind: "saved_queries",
    p_item: { name, description: question?.trim().slice(0, 2_000) || null, query: chart },
    p_actor: actor,
  });
  if (error) throw whyNot(error, name);
  return z.string().parse(data);
}

/** Gives it another name. @throws ToolError when the name is taken or the role may not. */
export async function renameSaved(id: string, name: string, { db, account_id }: Of): Promise<void> {
  const { error } = await db.rpc("save_item", {
    p_account: account_id,
    p_kind: "saved_queries",
    p_item: { name },
    p_id: id,
  });
  if (error) throw whyNot(error, name);
}

function whyNot(error: { code?: string; message: string }, name: string): ToolError {
  if (error.code === "23505")
    return new ToolError(
      "conflict",
      `There is a saved question "${name}" already. Choose another name, or delete that one on the Saved page.`,
    );
  if (error.code === "42501") return new ToolError("forbidden", error.message);
  return new ToolError("unavailable", "The question could not be saved. Nothing was kept; try again.", {
    retryable: true,
    cause: error,
  });
}
