import "server-only";
import { z } from "zod";
import { proposalStatuses } from "@/supabase/contract/proposals";
import { displayName } from "./contacts";
import type { Session } from "./session";

/** How many proposals wait for a decision, for the number beside "Approvals". Never fails a page. */
export async function countOpenProposals({ db, account, principal }: Session): Promise<number> {
  if (principal.role === "viewer") return 0;
  const { count } = await db
    .from("proposals")
    .select("id", { count: "exact", head: true })
    .eq("account_id", account.id)
    .eq("status", "proposed");
  return count ?? 0;
}

const proposalSchema = z.object({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  summary: z.string().nullable(),
  status: z.enum(proposalStatuses),
  payload: z.record(z.string(), z.unknown()),
  preview: z.record(z.string(), z.unknown()),
  created_by: z.string(),
  created_via: z.string().nullable(),
  approved_at: z.string().nullable(),
  expires_at: z.string(),
  reject_reason: z.string().nullable(),
  finished_at: z.string().nullable(),
  result: z.record(z.string(), z.unknown()).nullable(),
  probe: z.enum(["yes", "no"]),
  reversible: z.enum(["yes", "partly", "no"]),
  created_at: z.string(),
});
export type Proposal = z.infer<typeof proposalSchema>;

const columns = Object.keys(proposalSchema.shape).join(", ");

/** Proposals of the account: those that wait first, then the rest, newest first. */
export async function listProposals({ db, account }: Session): Promise<Proposal[]> {
  const { data, error } = await db
    .from("proposals")
    .select(columns)
    .eq("account_id", account.id)
    .order("created_at", { ascending: false })
    .limit(200);
  if (error) throw new Error(`The proposals could not be read (${error.message}).`);
  const all = proposalSchema.array().parse(data);
  const waits = ({ status }: Proposal) => (status === "proposed" ? 0 : 1);
  return all.sort((a, b) => waits(a) - waits(b));
}

/** One proposal, or null. */
export async function findProposal({ db, account }: Session, id: string): Promise<Proposal | null> {
  if (!z.uuid().safeParse(id).success) return null;
  const { data, error } = await db
    .from("proposals")
    .select(columns)
    .eq("account_id", account.id)
    .eq("id", id)
    .maybeSingle();
  if (error) throw new Error(`The proposal could not be read (${error.message}).`);
  return proposalSchema.nullable().parse(data);
}

/** What the tag a proposal names is called today; null when it is gone or the proposal names none. */
export async function readTagName(
  { db, account }: Session,
  { payload }: Pick<Proposal, "payload">,
): Promise<string | null> {
  const id = z.uuid().safeParse(payload.tag_id);
  if (!id.success) return null;
  const { data, error } = await db
    .from("tags")
    .select("name")
    .eq("account_id", account.id)
    .eq("supabase_id", id.data)
    .is("deleted_at", null)
    .maybeSingle();
  if (error) throw new Error(`The tag could not be read (${error.message}).`);
  return z.object({ name: z.string().nullable() }).nullable().parse(data)?.name ?? null;
}

const itemSchema = z.object({
  id: z.number(),
  contact_id: z.string().nullable(),
  before: z.unknown(),
  after: z.unknown(),
  status: z.string(),
  error: z.string().nullable(),
});

const personSchema = z.object({
  supabase_id: z.string(),
  keap_id: z.number().nullable(),
  given_name: z.string().nullable(),
  family_name: z.string().nullable(),
  email: z.string().nullable(),
});

export interface ProposalItem {
  id: number;
  contact_id: string | null;
  name: string;
  email: string | null;
  before: unknown;
  after: unknown;
  status: string;
  error: string | null;
}

/** The people of a proposal with what changes for each, and how many there are in all. */
export async function listItems(
  { db, account }: Session,
  proposal: string,
): Promise<{ items: ProposalItem[]; total: number }> {
  const { data, error, count } = await db
    .from("proposal_items")
    .select("id, contact_id, before, after, status, error", { count: "exact" })
    .eq("account_id", account.id)
    .eq("proposal_id", proposal)
    .order("id")
    .limit(200);
  if (error) throw new Error(`The people of the proposal could not be read (${error.message}).`);
  const items = itemSchema.array().parse(data);
  const { data: people } = await db
    .from("contacts")
    .select("supabase_id, keap_id, given_name, family_name, email")
    .eq("account_id", account.id)
    .in(
      "supabase_id",
      items.flatMap(({ contact_id }) => contact_id ?? []),
    );
  const byId = new Map(
    personSchema
      .array()
      .parse(people ?? [])
      .map((person) => [person.supabase_id, person]),
  );
  return {
    total: count ?? items.length,
    items: items.map((item) => {
      const person = byId.get(item.contact_id ?? "");
      return {
        ...item,
        name: person ? displayName(person) : "Someone no longer here",
        email: person?.email ?? null,
      };
    }),
  };
}
