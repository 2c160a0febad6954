import { Bookmark } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { listSaved } from "@/agent/saved/saved-questions";
import { buttonStyles } from "../../_components/button";
import { Card, EmptyState, Page, PageHeader } from "../../_components/surface";
import { formatInstant } from "../../_lib/format";
import { requireSession } from "../../_server/session";
import { NoRights } from "../_components/no-rights";
import { QuestionMenu } from "./_components/question-menu";

export const metadata: Metadata = { title: "Saved" };

export default async function SavedPage() {
  const { principal, account, db } = await requireSession();
  if (principal.role === "viewer") return <NoRights what="Saved questions" />;
  const saved = await listSaved({ db, account_id: account.id });
  return (
    <Page>
      <PageHeader
        title="Saved"
        description="Questions kept under a name, computed anew when they are opened."
      />
      {saved.length === 0 ? (
        <EmptyState
          icon={Bookmark}
          title="Nothing saved yet"
          action={
            <Link href="/" className={buttonStyles({ variant: "primary" })}>
              Ask a question
            </Link>
          }
        >
          Press Save on the chart of an answer, or say “save this as Weekly sales”.
        </EmptyState>
      ) : (
        <Card>
          <ul className="divide-y divide-line">
            {saved.map(({ id, name, question, chart, created_at }) => (
              <li key={id} className="flex items-center justify-between gap-4 px-4 py-3">
                <div className="min-w-0">
                  <Link
                    href={`/saved/${id}`}
                    className="text-sm font-medium hover:text-accent hover:underline"
                  >
                    {name}
                  </Link>
                  <p className="mt-0.5 truncate text-[13px] text-muted">
                    {chart
                      ? question || chart.title
                      : "Saved by another version: ask it anew, then delete this one."}
                  </p>
                  <p className="mt-0.5 text-xs text-muted">
                    Saved on {formatInstant(created_at, account.time_zone)}
                  </p>
                </div>
                <QuestionMenu id={id} name={name} />
              </li>
            ))}
          </ul>
        </Card>
      )}
    </Page>
  );
}
