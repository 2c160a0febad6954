import { createHash } from "node:crypto";
import { z } from "zod";
import type { Person } from "../people/select-people";
import type { ToolContext } from "../tools/context";
import { ToolError } from "../tools/errors";

/** Kinds of proposals; the database describes each and carries it out (migration 001500). */
export const proposalKinds = [
  "apply_tag",
  "remove_tag",
  "update_contact",
  "create_task",
  "achieve_goal",
  "add_to_sequence",
] as const;
export type ProposalKind = (typeof proposalKinds)[number];

export const proposalPreviewSchema = z.looseObject({
  people: z.number(),
  keap_calls: z.number().describe("Calls to Keap that carrying it out costs at most."),
  sample: z.array(
    z.object({ contact_id: z.string(), name: z.string().nullable(), email: z.string().nullable() }),
  ),
  warnings: z.array(z.string()),
});

/** What every proposing tool returns: the change as an approver will see it, and where it is decided. */
export const proposedOutput = z.object({
  proposal_id: z.string(),
  status: z.string(),
  created: z.boolean().describe("False when the same change was already proposed."),
  title: z.string(),
  preview: proposalPreviewSchema,
  probe: z.enum(["yes", "no"]).describe("Can be found out afterwards whether it happened."),
  reversible: z.enum(["yes", "partly", "no"]),
  review_url: z.string().describe("Where an administrator decides. Nothing happens before."),
});
export type Proposed = z.infer<typeof proposedOutput>;

const storedSchema = z.object({
  proposal_id: z.string(),
  status: z.string(),
  created: z.boolean(),
  title: z.string(),
  preview: proposalPreviewSchema,
});

/** What each kind says about itself; the database writes the same into the row. */
const nature: Record<ProposalKind, Pick<Proposed, "probe" | "reversible">> = {
  apply_tag: { probe: "yes", reversible: "yes" },
  remove_tag: { probe: "yes", reversible: "yes" },
  update_contact: { probe: "yes", reversible: "yes" },
  create_task: { probe: "yes", reversible: "partly" },
  achieve_goal: { probe: "no", reversible: "no" },
  add_to_sequence: { probe: "no", reversible: "no" },
};

/**
 * Stores a proposal for these people. The database settles the payload and writes title, preview, before and after from
 * what will run. The same change to the same people on the same day is one proposal, however often it is asked for.
 */
export async function proposeAction(
  action: {
    kind: ProposalKind;
    payload: Record<string, unknown>;
    people: Pick<Person, "contact_id">[];
    reason?: string;
  },
  context: ToolContext,
): Promise<Proposed> {
  const { db, principal, account, clock, app_url } = context;
  const { kind, payload, people, reason } = action;
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: account.time_zone, dateStyle: "short" }).format(
    clock(),
  );
  const { data, error } = await db.rpc("create_proposal", {
    p_account: principal.account_id,
    p_proposal: {
      kind,
      payload,
      summary: reason ?? "Proposed in a conversation with the analyst.",
      created_via: principal.via === "mcp_key" ? "mcp" : "chat",
      idempotency_key: contentKey(kind, [
        JSON.stringify(payload).toLowerCase(),
        today,
        ...people.map(({ contact_id }) => contact_id).sort(),
      ]),
    },
    p_items: people.map(({ contact_id }) => ({ contact_id })),
    p_actor: principal.user_id,
  });
  if (error) {
    // The database's own refusals are written for people.
    if (error.code === "22023" || error.code === "P0002")
      throw new ToolError("invalid_input", error.message, { cause: error });
    throw new Error(`The proposal could not be stored: ${error.message}`, { cause: error });
  }
  const stored = storedSchema.parse(data);
  return { ...stored, ...nature[kind], review_url: `${app_url ?? ""}/approvals/${stored.proposal_id}` };
}

/** A key for "the same change to the same people": pressing twice makes one proposal. */
export function contentKey(prefix: string, parts: readonly string[]): string {
  return `${prefix}:${createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32)}`;
}

const yesNo = { yes: "yes", partly: "partly", no: "no" } as const;

/** A proposal in lines, for every tool that makes one. */
export function describeProposed({
  title,
  created,
  status,
  preview,
  review_url,
  probe,
  reversible,
}: Proposed): string {
  return [
    created ? `Proposed: ${title}. Nothing has changed yet.` : `Already proposed: ${title} (${status}).`,
    `People: ${preview.people}. Calls to Keap: at most ${preview.keap_calls}. Can be checked afterwards: ${probe}. Can be undone: ${yesNo[reversible]}.`,
    `First: ${preview.sample.map(({ name, email }) => (name ?? email ?? "?").replace(/\s+/g, " ").slice(0, 80)).join(", ")}.`,
    ...preview.warnings,
    `An administrator decides at ${review_url}`,
  ].join("\n");
}
