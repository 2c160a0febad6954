import type { ToolContext } from "./context";
import { ToolError } from "./errors";

export interface FoundBoard {
  id: string;
  name: string;
  description: string | null;
}

/** The board with this name or id. @throws ToolError with the names there are. */
export async function findBoard(
  nameOrId: string,
  { db, principal }: Pick<ToolContext, "db" | "principal">,
): Promise<FoundBoard> {
  const { data, error } = await db
    .from("boards")
    .select("id, name, description")
    .eq("account_id", principal.account_id)
    .order("position")
    .limit(200);
  if (error)
    throw new ToolError("unavailable", "The boards could not be read. Try again.", {
      retryable: true,
      cause: error,
    });
  const wanted = nameOrId.trim().toLowerCase();
  const found = data.find(({ id, name }) => id === nameOrId || name.trim().toLowerCase() === wanted);
  if (found) return found;
  const names = data.map(({ name }) => `"${name}"`).join(", ");
  throw new ToolError(
    "not_found",
    `There is no board "${nameOrId}". ${names ? `Boards: ${names}.` : "There are no boards yet."}`,
  );
}
