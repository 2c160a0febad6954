"use server";

import { z } from "zod";
import { findVerified, fingerprintOf } from "@/agent/trust/verified-answers";
import { chartSpecSchema } from "@/analytics/charts/chart-spec";
import { querySchema } from "@/analytics/query/query";
import { explainRefusal } from "../../_server/refusals";
import { requireSession } from "../../_server/session";

export type ActionResult = { ok: true; message: string } | { ok: false; message: string };

const feedbackSchema = z.object({
  chat: z.uuid(),
  message: z.string().min(1).max(200),
  rating: z.union([z.literal(1), z.literal(-1)]),
  comment: z.string().trim().max(4_000).optional(),
  question: z.string().max(2_000),
  text: z.string().max(20_000),
  query: querySchema.nullable(),
});

/** Keeps a thumb with its comment, and adds the question to the account's evaluation. */
export async function rateAnswer(input: z.input<typeof feedbackSchema>): Promise<ActionResult> {
  const session = await requireSession();
  const { chat, message, rating, comment, question, text, query } = feedbackSchema.parse(input);
  const { error } = await session.db.rpc("give_feedback", {
    p_account: session.account.id,
    p_rating: rating,
    p_chat: chat,
    p_message: message,
    p_comment: comment || null,
    p_question: question,
    p_answer: { text, query },
  });
  if (error) return { ok: false, message: explainRefusal(error) };
  await addToEvaluation(session, question, rating === 1 ? query : null);
  return {
    ok: true,
    message:
      rating === 1
        ? "Thank you. It is asked again in the evaluation."
        : "Thank you. It is noted for the evaluation.",
  };
}

type Session = Awaited<ReturnType<typeof requireSession>>;

/**
 * A question once; one that was found right is kept with the query that answered it. One that is there already and was
 * answered badly now keeps what was checked: that is what the next answer is held against.
 */
async function addToEvaluation({ db, account }: Session, question: string, query: unknown): Promise<void> {
  if (!question.trim()) return;
  const { data } = await db
    .from("evaluation_questions")
    .select("id")
    .eq("account_id", account.id)
    .eq("question", question)
    .limit(1);
  if (data?.[0] && !query) return;
  await db.rpc("save_item", {
    p_account: account.id,
    p_kind: "evaluation_questions",
    p_item: { question, expected: query ? { query } : {} },
    p_id: data?.[0]?.id ?? null,
  });
}

/** Marks an answer as checked, for an admin; the badge drops when its query or a metric's definition changes. */
export async function verifyAnswer(question: string, spec: unknown): Promise<ActionResult> {
  const session = await requireSession();
  const chart = chartSpecSchema.parse(spec);
  const query = querySchema.parse(chart.query);
  const { error } = await session.db.rpc("verify_answer", {
    p_account: session.account.id,
    p_question: z.string().min(1).max(2_000).parse(question),
    p_query: query,
    p_fingerprint: fingerprintOf(query),
    p_spec: chart,
  });
  if (error) return { ok: false, message: explainRefusal(error) };
  await addToEvaluation(session, question, query);
  return { ok: true, message: "Verified. Whoever gets this answer sees that it was checked." };
}

/** Takes the mark of a checked answer back, for an admin; it stays in the evaluation. */
export async function takeBack(input: unknown): Promise<ActionResult> {
  const session = await requireSession();
  const query = querySchema.parse(input);
  const found = await findVerified([query], { db: session.db, account_id: session.account.id });
  const answer = found.get(fingerprintOf(query));
  if (!answer) return { ok: false, message: "It is not marked any more. Load the page again." };
  const { error } = await session.db.rpc("revoke_verified_answer", { p_answer: answer.id });
  if (error) return { ok: false, message: explainRefusal(error) };
  return { ok: true, message: "The mark is taken back." };
}

/** Which of these queries have an answer that an admin checked: when, in the order asked. */
export async function readVerified(queries: unknown[]): Promise<(string | null)[]> {
  const session = await requireSession();
  const read = z.array(querySchema).max(50).safeParse(queries);
  if (!read.success) return queries.map(() => null);
  const found = await findVerified(read.data, { db: session.db, account_id: session.account.id });
  return read.data.map((query) => found.get(fingerprintOf(query))?.verified_at ?? null);
}
