import { z } from "zod";
import type { ToolContext } from "../tools/context";
import { ToolError } from "../tools/errors";

const partSchema = z.looseObject({ id: z.coerce.string(), name: z.string().nullish() });
const campaignSchema = z.object({
  supabase_id: z.string(),
  name: z.string().nullable(),
  is_published: z.boolean().nullable(),
  goals: z.array(partSchema).catch([]),
  sequences: z.array(partSchema).catch([]),
});

export interface CampaignPart {
  campaign_id: string;
  campaign_name: string;
  id: string;
  name: string;
}

/** The goal or sequence meant, by names. @throws ToolError with the names there are. */
export async function findCampaignPart(
  wanted: { campaign: string; kind: "goal" | "sequence"; name?: string },
  { db, principal }: Pick<ToolContext, "db" | "principal">,
): Promise<CampaignPart> {
  const { data, error } = await db
    .from("campaigns")
    .select("supabase_id, name, is_published, goals, sequences")
    .eq("account_id", principal.account_id)
    .is("deleted_at", null)
    .order("name")
    .limit(1_000);
  if (error)
    throw new ToolError("unavailable", "The campaigns could not be read. Try again.", { retryable: true });
  const campaigns = z.array(campaignSchema).parse(data);
  const same = (a: string | null | undefined, b: string) =>
    a?.trim().toLowerCase() === b.trim().toLowerCase();
  const campaign = campaigns.find(({ name }) => same(name, wanted.campaign));
  const list = (names: (string | null | undefined)[]) =>
    names
      .filter(Boolean)
      .slice(0, 15)
      .map((name) => `"${name}"`)
      .join(", ") || "none";
  if (!campaign)
    throw new ToolError(
      "not_found",
      `There is no campaign "${wanted.campaign}". Campaigns: ${list(campaigns.filter(({ is_published }) => is_published !== false).map(({ name }) => name))}.`,
    );
  const parts = wanted.kind === "goal" ? campaign.goals : campaign.sequences;
  const found = wanted.name ? parts.filter(({ name }) => same(name, wanted.name ?? "")) : parts;
  const [only, another] = found;
  if (only && !another)
    return {
      campaign_id: campaign.supabase_id,
      campaign_name: campaign.name ?? "",
      id: only.id,
      name: only.name ?? "",
    };
  throw new ToolError(
    only ? "conflict" : "not_found",
    `${only ? "Say which" : "There is no such"} ${wanted.kind} of the campaign "${campaign.name}": ${list(parts.map(({ name }) => name))}.`,
  );
}
