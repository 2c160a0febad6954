import { z } from "zod";
import type { ToolContext } from "../tools/context";
import { preferencesOf } from "../tools/preferences";
import type { Embedder } from "./embedder";

export const textKinds = [
  "note",
  "task",
  "appointment",
  "email",
  "profile",
  "product",
  "company",
  "upload",
] as const;

export const foundTextSchema = z.object({
  kind: z.enum(textKinds),
  source_id: z.string().nullable(),
  contact_id: z.string().nullable(),
  contact_name: z.string().nullable(),
  title: z.string().nullable(),
  snippet: z.string(),
  written_at: z.string().nullable(),
});
export type FoundText = z.infer<typeof foundTextSchema>;

export interface TextSearch {
  /** Without one, the newest texts there are. */
  query?: string | undefined;
  kinds?: readonly string[];
  /** Of these people alone; left out or empty: of everybody. */
  contact_ids?: readonly string[];
  /** Users who wrote it. */
  author_ids?: readonly string[];
  /** Days of the account on which it was written, both included. */
  from?: string;
  to?: string;
  limit: number;
}

export interface FoundTexts {
  results: FoundText[];
  total: number;
  matched: (typeof matches)[number];
  /** Texts that wait to be indexed, counted up to a limit; only the newest of them were looked through. */
  waiting: number;
}

/** `some`: no text holds all the words, these hold some of them. `newest`: nothing was looked for. */
export const matches = ["words", "some", "spelling", "meaning", "newest", "nothing"] as const;

/** Lists are merged by reciprocal rank: 1 ÷ (60 + place), summed (Cormack, Clarke and Büttcher, SIGIR 2009). */
const fused = 60;
/** Places of a list that count. */
const places = 100;

/** By whom and when; a text without a day was written on none. */
const within = (of: string) => `  and (jsonb_array_length($1->7) = 0 or ${of}.source_id::text in (
    select a.activity_id::text from analytics.activities a where a.user_id::text in (select jsonb_array_elements_text($1->7))
    union all select k.task_id::text from analytics.tasks k where k.user_id::text in (select jsonb_array_elements_text($1->7))
    union all select e.email_id::text from analytics.emails e where e.user_id::text in (select jsonb_array_elements_text($1->7))))
  and (($1->>8) is null or (${of}.written_at at time zone ($1->>10))::date >= ($1->>8)::date)
  and (($1->>9) is null or (${of}.written_at at time zone ($1->>10))::date <= ($1->>9)::date)`;

const scope = `from analytics.text_passages p
where (jsonb_array_length($1->1) = 0 or p.kind in (select jsonb_array_elements_text($1->1)))
  and (jsonb_array_length($1->2) = 0 or p.contact_id = any(array(select jsonb_array_elements_text($1->2)::uuid)))
${within("p")}`;

/**
 * Three rankings of the indexed pieces: by words and their stems (`refunds` finds `refunded`, phrases in quotes, `-word`
 * leaves out), by spelling, and by meaning where vectors of the same model are there. A text counts once, by its best
 * piece.
 */
const hybridSql = `with asked as (select websearch_to_tsquery('english', $1->>0) as words),
by_words as (
  select p.chunk_id, p.document_id, 'words' as how, row_number() over (order by ts_rank_cd(p.search, a.words) desc, p.written_at desc nulls last, p.chunk_id) as place
  ${scope.replace("where", "cross join asked a where")} and p.search @@ a.words
),
by_spelling as (
  select p.chunk_id, p.document_id, 'spelling' as how, row_number() over (order by word_similarity($1->>0, p.content) desc, p.written_at desc nulls last, p.chunk_id) as place
  ${scope} and ($1->>6)::boolean and ($1->>0) <% p.content
),
by_meaning as (
  select p.chunk_id, p.document_id, 'meaning' as how, row_number() over (order by p.embedding <=> ($1->>4)::vector, p.chunk_id) as place
  ${scope} and ($1->>4) is not null and p.embedding_model = $1->>5
  order by p.embedding <=> ($1->>4)::vector, p.chunk_id limit 20
),
merged as (
  select document_id, chunk_id, sum(1.0 / (${fused} + place)) as score, bool_or(how = 'words') as words, bool_or(how = 'spelling') as spelling
  from (select * from by_words where place <= ${places} union all select * from by_spelling where place <= ${places} union all select * from by_meaning) each
  group by document_id, chunk_id
),
best as (
  select distinct on (document_id) document_id, chunk_id, score, words, spelling from merged order by document_id, score desc, chunk_id
)
select p.kind, p.source_id, p.contact_id, c.name as contact_name, coalesce(p.title, p.file) as title, p.written_at, b.words, b.spelling,
  (select count(distinct document_id) from (select document_id from by_words union all select document_id from by_spelling union all select document_id from by_meaning) every) as total,
  case when b.words then ts_headline('english', p.content, (select words from asked), 'StartSel="", StopSel="", MaxFragments=1, MaxWords=40, MinWords=15')
    else left(p.content, 300) end as snippet
from best b
join analytics.text_passages p on p.chunk_id = b.chunk_id
left join analytics.contacts c on c.contact_id = p.contact_id
order by b.score desc, p.written_at desc nulls last, b.chunk_id
limit ($1->>3)::int`;

/** Texts the index does not hold, the newest of them: what arrived since the job ran last. Never all of an account. */
const unindexed = `from (
  select x.* from analytics.texts x
  left join analytics.indexed_texts d on d.kind = x.kind and d.source_id = x.source_id
  where d.source_id is null order by x.written_at desc nulls last limit 2000) t
left join analytics.contacts c on c.contact_id = t.contact_id
where (jsonb_array_length($1->1) = 0 or t.kind in (select jsonb_array_elements_text($1->1)))
  and (jsonb_array_length($1->2) = 0 or t.contact_id = any(array(select jsonb_array_elements_text($1->2)::uuid)))
${within("t")}`;
const said = "coalesce(t.title, '') || ' ' || coalesce(t.body, '')";

const directSql = `select t.kind, t.source_id, t.contact_id, c.name as contact_name, t.title, t.written_at, true as words, false as spelling,
  ts_headline('english', ${said}, websearch_to_tsquery('english', $1->>0), 'StartSel="", StopSel="", MaxFragments=1, MaxWords=40, MinWords=15') as snippet,
  count(*) over () as total
${unindexed} and to_tsvector('english', ${said}) @@ websearch_to_tsquery('english', $1->>0)
order by ts_rank_cd(to_tsvector('english', ${said}), websearch_to_tsquery('english', $1->>0)) desc, t.written_at desc nulls last, t.source_id
limit ($1->>3)::int`;

const newestSql = `select t.kind, t.source_id, t.contact_id, c.name as contact_name, t.title, t.written_at, true as words, false as spelling,
  left(${said}, 300) as snippet, count(*) over () as total
from analytics.texts t left join analytics.contacts c on c.contact_id = t.contact_id
where (jsonb_array_length($1->1) = 0 or t.kind in (select jsonb_array_elements_text($1->1)))
  and (jsonb_array_length($1->2) = 0 or t.contact_id = any(array(select jsonb_array_elements_text($1->2)::uuid))) and t.written_at is not null
${within("t")}
order by t.written_at desc, t.source_id
limit ($1->>3)::int`;

/** More than that are told as so many at least. */
export const mostWaiting = 2_000;
const waitingSql = `select count(*) as waiting from (select from analytics.texts x
  left join analytics.indexed_texts d on d.kind = x.kind and d.source_id = x.source_id
  where d.source_id is null limit ${mostWaiting + 1}) w`;

/** Searches what was written about customers and what was uploaded. */
export async function searchTexts(
  { query = "", kinds = [], contact_ids = [], author_ids = [], from, to, limit }: TextSearch,
  context: Pick<ToolContext, "door" | "principal" | "embedder" | "report" | "account" | "preferences">,
): Promise<FoundTexts> {
  const { door, principal } = context;
  // Where people are hidden from model providers, an embedding model is one of them.
  const embedder = preferencesOf(context).mask_personal_data ? null : context.embedder;
  // Quotes and minus signs are meant exactly: what is merely alike must not bring back what was left out.
  const plain = !/"|(?:^|\s)-\S/.test(query);
  const vector = query && embedder && plain ? await vectorOf(query, embedder, context.report) : null;
  const params = (words: string, loose: boolean) => [
    words,
    kinds,
    contact_ids,
    limit,
    loose ? vector : null,
    embedder?.model ?? null,
    loose && plain,
    author_ids,
    from ?? null,
    to ?? null,
    context.account.time_zone,
  ];
  const read = async (sql: string, words: string, loose = false) =>
    (await door(sql, params(words, loose), principal)).rows;
  const foundBy = (rows: Record<string, unknown>[], matched: FoundTexts["matched"], waiting: number) => ({
    results: rows.map((row) => foundTextSchema.parse(row)),
    total: Number(rows[0]?.total ?? 0),
    matched,
    waiting,
  });
  if (!query) {
    const rows = await read(newestSql, "");
    return foundBy(rows, rows.length > 0 ? "newest" : "nothing", 0);
  }
  const held = await read(hybridSql, query, true);
  const exact = held.some(({ words }) => words);
  const rows = exact ? held : await read(directSql, query);
  // What waits can only matter where little was found.
  const waiting = Number(rows[0]?.total ?? 0) > 50 ? 0 : await countWaiting();
  if (rows.length > 0) return foundBy(rows, "words", waiting);
  // People seldom write all the words of a question: the texts that hold the most of them, openly.
  const any = plain ? anyOf(query) : null;
  const some = any ? await read(hybridSql, any) : [];
  const someNew = any && some.length === 0 ? await read(directSql, any) : some;
  if (someNew.length > 0) return foundBy(someNew, "some", waiting);
  if (held.length > 0)
    return foundBy(held, held.some(({ spelling }) => spelling) ? "spelling" : "meaning", waiting);
  return { results: [], total: 0, matched: "nothing", waiting };

  async function countWaiting(): Promise<number> {
    const [row] = (await door(waitingSql, [], principal)).rows;
    return Number(row?.waiting ?? 0);
  }
}

/** The words of a query, any of which is enough; null for a single one. */
function anyOf(query: string): string | null {
  const words = query
    .split(/[^\p{L}\p{N}'-]+/u)
    .filter((word) => word.length > 2 && !/^(?:or|and|the)$/i.test(word));
  return words.length > 1 ? words.join(" or ") : null;
}

/** Without the provider the search still has words and spelling. */
async function vectorOf(
  query: string,
  embedder: Embedder,
  report: ToolContext["report"],
): Promise<string | null> {
  try {
    const [vector] = await embedder.embed([query]);
    return vector ? `[${vector.join(",")}]` : null;
  } catch (error) {
    report?.(error, "embedding");
    return null;
  }
}
