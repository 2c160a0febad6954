import { z } from "zod";
import { proposalStatuses } from "@/supabase/contract/proposals";
import { formatDay } from "../format";
import { defineTool, readOnly } from "./define-tool";
import { ToolError } from "./errors";

const proposalSchema = z.object({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  summary: z.string().nullable(),
  status: z.enum(proposalStatuses),
  people: z.number().nullable(),
  created_at: z.string(),
  expires_at: z.string(),
});

export const listProposalsTool = defineTool({
  name: "list_proposals",
  group: "crm",
  title: "List proposals",
  description:
    'Proposed changes to the CRM and what became of them. Reading only: deciding is done by an administrator in the app. Example: {"status":"proposed"}.',
  input: z.strictObject({
    status: z.enum(proposalStatuses).optional(),
    limit: z.number().int().min(1).max(100).default(20),
  }),
  output: z.object({
    proposals: z.array(proposalSchema),
    total: z.number(),
    truncated: z.boolean(),
    review_url: z.string(),
  }),
  annotations: readOnly,
  handler: async ({ status, limit }, { db, principal, app_url }) => {
    const base = db
      .from("proposals")
      .select("id, kind, title, summary, status, preview, created_at, expires_at", { count: "exact" })
      .eq("account_id", principal.account_id);
    const { data, count, error } = await (status ? base.eq("status", status) : base)
      .order("created_at", { ascending: false })
      .order("id")
      .limit(limit);
    if (error)
      throw new ToolError("unavailable", "The proposals could not be read. Try again.", {
        retryable: true,
        cause: error,
      });
    const proposals = data.map(({ preview, ...row }) =>
      proposalSchema.parse({ ...row, people: peopleIn(preview) }),
    );
    const total = count ?? proposals.length;
    return {
      proposals,
      total,
      truncated: total > proposals.length,
      review_url: `${app_url ?? ""}/approvals`,
    };
  },
  describe: ({ proposals, total, review_url }) =>
    total === 0
      ? "There are no such proposals."
      : [
          `${total} ${total === 1 ? "proposal" : "proposals"}:`,
          ...proposals.map(
            ({ title, status, people, created_at }) =>
              `- ${title.replace(/\s+/g, " ")} (${status}${people === null ? "" : `, ${people} people`}, ${formatDay(created_at)})`,
          ),
          `An administrator decides at ${review_url}`,
        ].join("\n"),
});

function peopleIn(preview: unknown): number | null {
  const people = (preview as { people?: unknown } | null)?.people;
  return typeof people === "number" ? people : null;
}
