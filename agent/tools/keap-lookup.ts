import { z } from "zod";
import type { ToolContext } from "./context";
import { defineTool, readOnly } from "./define-tool";
import { ToolError } from "./errors";

export const lookupKinds = [
  "contact",
  "company",
  "order",
  "subscription",
  "tag",
  "product",
  "opportunity",
  "task",
] as const;
export type LookupKind = (typeof lookupKinds)[number];

/** Fields of Keap's answer that are handed on. What is not listed stays out: custom fields may hold anything. */
const shown: Record<LookupKind, readonly string[]> = {
  contact: [
    "id",
    "given_name",
    "family_name",
    "middle_name",
    "preferred_name",
    "job_title",
    "company",
    "email_addresses",
    "phone_numbers",
    "addresses",
    "contact_type",
    "owner_id",
    "lead_source_id",
    "leadsource_id",
    "source_type",
    "score_value",
    "create_time",
    "update_time",
  ],
  company: [
    "id",
    "company_name",
    "email_address",
    "phone_number",
    "website",
    "address",
    "create_time",
    "update_time",
  ],
  order: [
    "id",
    "title",
    "status",
    "order_type",
    "order_time",
    "total",
    "total_due",
    "total_paid",
    "refund_total",
    "contact",
    "order_items",
    "creation_time",
    "modification_time",
  ],
  subscription: [
    "id",
    "active",
    "contact_id",
    "product_id",
    "subscription_plan_id",
    "billing_amount",
    "billing_cycle",
    "quantity",
    "start_date",
    "end_date",
    "next_bill_date",
    "last_bill_date",
    "modification_time",
  ],
  tag: ["id", "name", "description", "category"],
  product: ["id", "product_name", "product_desc", "product_price", "sku", "status", "subscription_only"],
  opportunity: [
    "id",
    "opportunity_title",
    "contact",
    "stage",
    "projected_revenue_low",
    "projected_revenue_high",
    "next_action_time",
    "estimated_close_time",
    "last_updated_time",
    "created_time",
  ],
  task: [
    "id",
    "title",
    "description",
    "due_time",
    "completed",
    "completion_time",
    "contact",
    "assigned_to_user_id",
  ],
};

export const keapLookupTool = defineTool({
  name: "keap_lookup",
  group: "keap",
  title: "Look up in Keap",
  description:
    'Reads one record from Keap itself, as it is this moment. Use it only to check whether the copy here is current; every look-up costs a call of the account\'s daily limit. For everything else use find_contacts, get_contact and query_metric. Example: {"kind":"contact","keap_id":123} or {"kind":"contact","contact_id":"…"}.',
  input: z
    .strictObject({
      kind: z.enum(lookupKinds).default("contact"),
      keap_id: z.number().int().positive().optional().describe("Keap's own id of the record."),
      contact_id: z.uuid().optional().describe("For a contact: the id from find_contacts instead."),
    })
    .refine(({ keap_id, contact_id }) => (keap_id === undefined) !== (contact_id === undefined), {
      message: "give either keap_id or contact_id",
    })
    .refine(({ kind, contact_id }) => contact_id === undefined || kind === "contact", {
      message: "contact_id goes with the kind contact",
      path: ["contact_id"],
    }),
  output: z.object({
    kind: z.enum(lookupKinds),
    keap_id: z.number(),
    found: z.boolean(),
    record: z.record(z.string(), z.unknown()).nullable(),
    read_at: z.string(),
    left_today: z.number().describe("Look-ups still allowed today."),
  }),
  annotations: { ...readOnly, openWorldHint: true },
  isPresent: ({ keap }) => keap !== undefined,
  handler: async ({ kind, keap_id, contact_id }, context) => {
    const { keap, clock } = context;
    if (!keap)
      throw new ToolError(
        "unavailable",
        "Keap is not connected to this door. Use the copy: find_contacts, get_contact.",
      );
    const id = keap_id ?? (await keapIdOf(contact_id ?? "", context));
    const read = await keap.find(kind, id);
    if (read.state === "capped")
      throw new ToolError(
        "conflict",
        `The ${read.cap} look-ups in Keap of today are used up. The copy here is at most minutes old: use find_contacts or get_contact.`,
      );
    if (read.state === "unavailable")
      throw new ToolError("unavailable", `Keap could not be read: ${read.reason}`.slice(0, 500), {
        retryable: true,
      });
    const record = read.state === "found" ? pick(read.record, shown[kind]) : null;
    return {
      kind,
      keap_id: id,
      found: record !== null,
      record,
      read_at: clock().toISOString(),
      left_today: read.left,
    };
  },
  describe: ({ kind, keap_id, found, record, read_at, left_today }) =>
    found
      ? [
          `${kind} ${keap_id} in Keap, read ${read_at}:`,
          ...Object.entries(record ?? {}).map(
            ([field, value]) =>
              `- ${field}: ${(typeof value === "string" ? value : JSON.stringify(value)).replace(/\s+/g, " ").slice(0, 300)}`,
          ),
          `${left_today} look-ups are left today.`,
        ].join("\n")
      : `Keap has no ${kind} ${keap_id} (any more). ${left_today} look-ups are left today.`,
});

function pick(record: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap((field) =>
      record[field] === undefined || record[field] === null ? [] : [[field, record[field]]],
    ),
  );
}

async function keapIdOf(contact_id: string, { db, principal }: ToolContext): Promise<number> {
  const { data, error } = await db
    .from("contacts")
    .select("keap_id")
    .eq("account_id", principal.account_id)
    .eq("supabase_id", contact_id)
    .maybeSingle();
  if (error)
    throw new ToolError("unavailable", "The person could not be read. Try again.", {
      retryable: true,
      cause: error,
    });
  if (!data)
    throw new ToolError(
      "not_found",
      "There is no such person in this account. Find the id with find_contacts.",
    );
  if (data.keap_id === null)
    throw new ToolError("conflict", "This person was made here and is not in Keap yet.");
  return Number(data.keap_id);
}
