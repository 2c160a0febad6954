import { ArrowLeft, Download, ListChecks } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { z } from "zod";
import { buttonStyles } from "../../../_components/button";
import { Badge, Card, EmptyState, Page, PageHeader } from "../../../_components/surface";
import { formatInstant } from "../../../_lib/format";
import { requireSession, type Session } from "../../../_server/session";
import { NoRights } from "../../_components/no-rights";
import { RemoveQuestion, RunEvaluation } from "./_components/evaluation-actions";

export const metadata: Metadata = { title: "Evaluation" };

const grades = {
  right: { tone: "positive", text: "Right" },
  wrong: { tone: "negative", text: "Wrong" },
  refused: { tone: "warning", text: "Refused" },
  errored: { tone: "negative", text: "Failed" },
  unknown: { tone: "neutral", text: "Nothing to compare with" },
} as const;

export default async function EvaluationPage() {
  const session = await requireSession();
  if (session.principal.role === "viewer") return <NoRights what="The evaluation" />;
  const [questions, comments] = await Promise.all([listQuestions(session), listComments(session)]);
  const zone = session.account.time_zone;
  return (
    <Page>
      <Link
        href="/settings"
        className="mb-4 inline-flex items-center gap-1.5 text-[13px] text-muted hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-3.5" /> Settings
      </Link>
      <PageHeader
        title="Evaluation"
        description="Questions of your own with the answers you checked. Ask them all again after a change of the model or the metrics."
        actions={
          questions.length > 0 && (
            <>
              <a href="/api/evaluation" download className={buttonStyles({})}>
                <Download aria-hidden className="size-4" /> Download
              </a>
              <RunEvaluation />
            </>
          )
        }
      />
      {questions.length === 0 ? (
        <EmptyState
          icon={ListChecks}
          title="No questions yet"
          action={
            <Link href="/" className={buttonStyles({ variant: "primary" })}>
              Ask a question
            </Link>
          }
        >
          A thumb under an answer, or “Mark as verified”, brings its question here.
        </EmptyState>
      ) : (
        <Card>
          <p className="border-b border-line px-4 py-2.5 text-[13px] text-muted">{summaryOf(questions)}</p>
          <ul className="divide-y divide-line">
            {questions.map(({ id, question, last_result, last_run_at }) => (
              <li key={id} className="flex items-center justify-between gap-4 px-4 py-3">
                <div className="min-w-0">
                  <p className="text-sm font-medium [overflow-wrap:anywhere]">{question}</p>
                  <p className="mt-1 flex flex-wrap items-center gap-2 text-xs text-muted">
                    {last_result ? (
                      <Badge tone={grades[last_result.grade].tone}>{grades[last_result.grade].text}</Badge>
                    ) : (
                      <Badge>Not asked yet</Badge>
                    )}
                    {last_run_at && `${last_result?.model} · ${formatInstant(last_run_at, zone)}`}
                  </p>
                </div>
                <RemoveQuestion id={id} question={question} />
              </li>
            ))}
          </ul>
        </Card>
      )}
      {comments.length > 0 && (
        <section className="mt-8">
          <h2 className="mb-2 text-sm font-semibold">What people wrote</h2>
          <Card>
            <ul className="divide-y divide-line">
              {comments.map(({ id, rating, comment, question, created_at }) => (
                <li key={id} className="px-4 py-3">
                  <p className="flex flex-wrap items-center gap-2 text-sm">
                    <Badge tone={rating > 0 ? "positive" : "negative"}>{rating > 0 ? "Good" : "Bad"}</Badge>
                    <span className="min-w-0 [overflow-wrap:anywhere]">{question}</span>
                  </p>
                  {comment && <p className="mt-1 text-[13px] text-muted">{comment}</p>}
                  <p className="mt-0.5 text-xs text-muted">{formatInstant(created_at, zone)}</p>
                </li>
              ))}
            </ul>
          </Card>
        </section>
      )}
    </Page>
  );
}

/** `3 right, 1 refused, 2 not asked yet`. */
function summaryOf(questions: { last_result: { grade: keyof typeof grades } | null }[]): string {
  const asked = Object.entries(grades).flatMap(([grade, { text }]) => {
    const count = questions.filter(({ last_result }) => last_result?.grade === grade).length;
    return count > 0 ? [`${count} ${text.toLowerCase()}`] : [];
  });
  const rest = questions.filter(({ last_result }) => !last_result).length;
  return [...asked, ...(rest > 0 ? [`${rest} not asked yet`] : [])].join(", ");
}

const questionSchema = z.object({
  id: z.string(),
  question: z.string(),
  last_result: z
    .looseObject({ grade: z.enum(["right", "wrong", "refused", "errored", "unknown"]), model: z.string() })
    .nullable(),
  last_run_at: z.string().nullable(),
});

async function listQuestions({ db, account }: Session) {
  const { data, error } = await db
    .from("evaluation_questions")
    .select(Object.keys(questionSchema.shape).join(", "))
    .eq("account_id", account.id)
    .order("created_at", { ascending: false })
    .limit(300);
  if (error) throw new Error(`The questions could not be read (${error.message}).`);
  return questionSchema.array().parse(data);
}

const commentSchema = z.object({
  id: z.string(),
  rating: z.number(),
  comment: z.string().nullable(),
  question: z.string().nullable(),
  created_at: z.string(),
});

/** Row security decides whose: an admin sees all of the account, others their own. */
async function listComments({ db, account }: Session) {
  const { data, error } = await db
    .from("feedback")
    .select(Object.keys(commentSchema.shape).join(", "))
    .eq("account_id", account.id)
    .order("created_at", { ascending: false })
    .limit(50);
  if (error) throw new Error(`The comments could not be read (${error.message}).`);
  return commentSchema.array().parse(data);
}
