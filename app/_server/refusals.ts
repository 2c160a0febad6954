import "server-only";

/** Codes that our database functions raise with a message written for people. */
const ours = new Set(["42501", "22023", "22000", "P0001", "P0002", "23514", "55000"]);

/** What to tell a person when a write was refused: our functions' own words, and nothing of the database's. */
export function explainRefusal(error: { code?: string; message: string }): string {
  if (error.code && ours.has(error.code)) return error.message;
  return "It could not be saved. Nothing was changed; try again, and if it goes on tell your administrator.";
}
