import { z } from "zod";
import { formatCount, formatDay } from "../format";
import { defineTool, readOnly } from "./define-tool";
import { ToolError } from "./errors";

const conflictSchema = z.object({
  conflict_id: z.string(),
  entity: z.string(),
  record_id: z.string(),
  keap_id: z.number().nullable(),
  field: z.string(),
  base: z.unknown().describe("What both sides last agreed on."),
  keap: z.unknown(),
  supabase: z.unknown(),
  decision: z
    .string()
    .describe("keap, supabase or merged: what was taken by the policy; held: waits for a person."),
  state: z.enum(["decided", "held", "resolved"]),
  detected_at: z.string(),
});

export const listConflictsTool = defineTool({
  name: "list_conflicts",
  group: "sync",
  title: "List conflicts",
  description:
    'Fields that were changed in Keap and here at the same time: both values, what was decided, and which wait for a person. Reading only; they are settled on the Sync page. Example: {"state":"held"}.',
  input: z.strictObject({
    state: z.enum(["held", "decided", "resolved"]).optional().describe("held: those that wait for a person."),
    entity: z.string().min(1).max(60).optional().describe("Table, such as contacts."),
    limit: z.number().int().min(1).max(100).default(20),
  }),
  output: z.object({
    conflicts: z.array(conflictSchema),
    total: z.number(),
    held: z.number(),
    truncated: z.boolean(),
    url: z.string(),
  }),
  annotations: readOnly,
  handler: async ({ state, entity, limit }, { db, principal, app_url }) => {
    const columns =
      "conflict_id, entity, record_id, keap_id, field, base, keap, supabase, decision, state, detected_at";
    let asked = db
      .from("sync_conflicts")
      .select(columns, { count: "exact" })
      .eq("account_id", principal.account_id);
    if (state) asked = asked.eq("state", state);
    if (entity) asked = asked.eq("entity", entity);
    const [found, waiting] = await Promise.all([
      asked.order("detected_at", { ascending: false }).order("conflict_id").limit(limit),
      db
        .from("sync_conflicts")
        .select("conflict_id", { count: "exact", head: true })
        .eq("account_id", principal.account_id)
        .eq("state", "held"),
    ]);
    if (found.error || waiting.error)
      throw new ToolError("unavailable", "The conflicts could not be read. Try again.", { retryable: true });
    const conflicts = z.array(conflictSchema).parse(found.data);
    const total = found.count ?? conflicts.length;
    return {
      conflicts,
      total,
      held: waiting.count ?? 0,
      truncated: total > conflicts.length,
      url: `${app_url ?? ""}/sync`,
    };
  },
  describe: ({ conflicts, total, held, truncated, url }) =>
    total === 0
      ? "There are no conflicts: nothing was changed on both sides at the same time."
      : [
          `${formatCount(total)} ${total === 1 ? "conflict" : "conflicts"}, ${formatCount(held)} waiting for a person${truncated ? `; the latest ${conflicts.length}` : ""}:`,
          ...conflicts.map(
            ({ entity, keap_id, field, keap, supabase, state, decision, detected_at }) =>
              `- ${formatDay(detected_at)}, ${entity.replaceAll("_", " ")}${keap_id === null ? "" : ` ${keap_id}`}, ${field.replaceAll("_", " ")}: Keap ${short(keap)}, here ${short(supabase)}; ${state === "held" ? "waits for a person" : `taken: ${decision}`}`,
          ),
          `Settle them at ${url}`,
        ].join("\n"),
});

const short = (value: unknown) =>
  `"${(typeof value === "string" ? value : JSON.stringify(value ?? null))
    .replace(/[\s|*_`[\]<>#"]+/g, " ")
    .trim()
    .slice(0, 60)}"`;
