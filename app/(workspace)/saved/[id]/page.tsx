import { ArrowLeft } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { listSaved, type SavedQuestion } from "@/agent/saved/saved-questions";
import { QueryError } from "@/analytics/query/errors";
import { FailedChart } from "../../../_charts/chart";
import { Card, Page, PageHeader, Skeleton } from "../../../_components/surface";
import { runChart } from "../../../_server/boards";
import { requireSession, type Session } from "../../../_server/session";
import { NoRights } from "../../_components/no-rights";
import { QuestionMenu } from "../_components/question-menu";
import { SavedChart } from "./_components/saved-chart";

export const metadata: Metadata = { title: "Saved question" };

export default async function SavedQuestionPage({ params }: PageProps<"/saved/[id]">) {
  const session = await requireSession();
  if (session.principal.role === "viewer") return <NoRights what="Saved questions" />;
  const { id } = await params;
  const all = await listSaved({ db: session.db, account_id: session.account.id });
  const saved = all.find((each) => each.id === id);
  if (!saved) notFound();
  return (
    <Page>
      <Link
        href="/saved"
        className="mb-4 inline-flex items-center gap-1.5 text-[13px] text-muted hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-3.5" /> Saved
      </Link>
      <PageHeader
        title={saved.name}
        description={saved.question}
        actions={<QuestionMenu id={saved.id} name={saved.name} />}
      />
      <Suspense
        fallback={
          <Card className="p-5">
            <Skeleton className="h-80" label={`Computing ${saved.name}`} />
          </Card>
        }
      >
        <Live session={session} saved={saved} />
      </Suspense>
    </Page>
  );
}

/** The answer of now, or why there is none. */
async function Live({ session, saved: { chart } }: { session: Session; saved: SavedQuestion }) {
  if (!chart)
    return (
      <Failed message="It was saved in a form that this version no longer reads. Ask the question anew and save that." />
    );
  try {
    return <SavedChart spec={chart} result={await runChart(session, chart)} />;
  } catch (error) {
    return (
      <Failed
        message={error instanceof Error ? error.message : "The question could not be answered."}
        waiting={error instanceof QueryError && error.code === "still_copying"}
      />
    );
  }
}

const Failed = ({ message, waiting = false }: { message: string; waiting?: boolean }) => (
  <Card className="p-5">
    <FailedChart message={message} waiting={waiting} />
  </Card>
);
