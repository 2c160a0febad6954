import { LayoutDashboard } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { readyBoards } from "@/analytics/boards/ready";
import { buttonStyles } from "../../_components/button";
import { EmptyState, Page, PageHeader } from "../../_components/surface";
import { plural } from "../../_lib/format";
import { listBoards } from "../../_server/boards";
import { requireSession } from "../../_server/session";
import { NewBoard } from "./_components/new-board";
import { ReadyBoards } from "./_components/ready-boards";

export const metadata: Metadata = { title: "Boards" };

export default async function BoardsPage() {
  const session = await requireSession();
  const boards = await listBoards(session);
  const canEdit = session.principal.role !== "viewer";
  return (
    <Page>
      <PageHeader
        title="Boards"
        description="Charts that are computed again each time you look."
        actions={canEdit && <NewBoard />}
      />
      {boards.length === 0 ? (
        <EmptyState
          icon={LayoutDashboard}
          title="No board yet"
          action={
            <Link href="/" className={buttonStyles({ variant: "primary" })}>
              Ask a question
            </Link>
          }
        >
          {canEdit
            ? "Ask a question and pin its chart, or start from a ready board below."
            : "Boards that analysts and admins make appear here."}
        </EmptyState>
      ) : (
        <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
          {boards.map(({ id, name, description, charts }) => (
            <li key={id}>
              <Link
                href={`/boards/${id}`}
                className="block h-full rounded-xl border border-line bg-surface p-5 shadow-card transition-colors hover:border-accent/50"
              >
                <span className="grid size-9 place-items-center rounded-lg bg-accent-soft text-accent">
                  <LayoutDashboard aria-hidden className="size-4.5" />
                </span>
                <span className="mt-3 block font-medium">{name}</span>
                {description && (
                  <span className="mt-0.5 line-clamp-2 block text-sm text-muted">{description}</span>
                )}
                <span className="mt-1 block text-[13px] text-muted">{plural(charts, "chart")}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {canEdit && (
        <ReadyBoards
          boards={readyBoards.map(({ id, name, description, charts, shapes }) => ({
            id,
            name,
            description,
            charts: charts.length + shapes.length,
          }))}
        />
      )}
    </Page>
  );
}
