import { z } from "zod";
import type { ToolContext } from "../tools/context";

export const textKinds = ["note", "task", "appointment", "email", "profile", "product"] as const;

export const foundTextSchema = z.object({
  kind: z.enum(textKinds),
  source_id: z.string(),
  contact_id: z.string().nullable(),
  contact_name: z.string().nullable(),
  title: z.string().nullable(),
  snippet: z.string(),
  written_at: z.string().nullable(),
});
export type FoundText = z.infer<typeof foundTextSchema>;

export interface TextSearch {
  query: string;
  kinds?: readonly string[];
  contact_id?: string;
  limit: number;
}

const scope = `from analytics.texts t
left join analytics.contacts c on c.contact_id = t.contact_id
where (jsonb_array_length($1->1) = 0 or t.kind in (select jsonb_array_elements_text($1->1)))
  and (($1->>2) is null or t.contact_id = ($1->>2)::uuid)`;

const words = "coalesce(t.title, '') || ' ' || coalesce(t.body, '')";

/** Words by meaning of their stem (`refunds` finds `refunded`), phrases in quotes, `-word` to leave out. */
const byWordsSql = `select t.kind, t.source_id, t.contact_id, c.name as contact_name, t.title, t.written_at,
  ts_headline('english', ${words}, websearch_to_tsquery('english', $1->>0), 'StartSel="", StopSel="", MaxFragments=1, MaxWords=40, MinWords=15') as snippet,
  count(*) over () as total
${scope} and to_tsvector('english', ${words}) @@ websearch_to_tsquery('english', $1->>0)
order by ts_rank_cd(to_tsvector('english', ${words}), websearch_to_tsquery('english', $1->>0)) desc, t.written_at desc nulls last, t.source_id
limit ($1->>3)::int`;

/** For what no word matches: a piece of the text that is spelled alike. */
const bySpellingSql = `select t.kind, t.source_id, t.contact_id, c.name as contact_name, t.title, t.written_at,
  left(${words}, 300) as snippet, count(*) over () as total
${scope} and word_similarity(lower($1->>0), lower(${words})) >= 0.55
order by word_similarity(lower($1->>0), lower(${words})) desc, t.written_at desc nulls last, t.source_id
limit ($1->>3)::int`;

/** Searches what was written about customers: by words first, by spelling when no word fits. */
export async function searchTexts(
  { query, kinds = [], contact_id, limit }: TextSearch,
  { door, principal }: Pick<ToolContext, "door" | "principal">,
): Promise<{ results: FoundText[]; total: number; matched: "words" | "spelling" | "nothing" }> {
  const params = [query, kinds, contact_id ?? null, limit];
  for (const [matched, sql] of [
    ["words", byWordsSql],
    ["spelling", bySpellingSql],
  ] as const) {
    const { rows } = await door(sql, params, principal);
    if (rows.length > 0)
      return {
        results: rows.map((row) => foundTextSchema.parse(row)),
        total: Number(rows[0]?.total ?? 0),
        matched,
      };
  }
  return { results: [], total: 0, matched: "nothing" };
}
