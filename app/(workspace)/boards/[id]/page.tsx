import { ArrowLeft, Pin } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { Suspense } from "react";
import { withGoal } from "@/analytics/goals/goal-in-chart";
import { QueryError } from "@/analytics/query/errors";
import { buttonStyles } from "../../../_components/button";
import { Card, EmptyState, Page, PageHeader, Skeleton } from "../../../_components/surface";
import { type BoardChart, findBoard, listCharts, runChart } from "../../../_server/boards";
import { goalsForCharts } from "../../../_server/goals";
import { requireSession, type Session } from "../../../_server/session";
import { BoardMenu } from "./_components/board-menu";
import { ChartFrame } from "./_components/chart-frame";
import { RefreshButton } from "./_components/refresh-button";
import { tileWidth } from "./_components/tile-width";

export const metadata: Metadata = { title: "Board" };

export default async function BoardPage({ params }: PageProps<"/boards/[id]">) {
  const session = await requireSession();
  const board = await findBoard(session, (await params).id);
  if (!board) notFound();
  const charts = await listCharts(session, board.id);
  const canEdit = session.principal.role !== "viewer";
  return (
    <Page wide>
      <Link
        href="/boards"
        className="mb-4 inline-flex items-center gap-1.5 text-[13px] text-muted hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-3.5" /> Boards
      </Link>
      <PageHeader
        title={board.name}
        description={board.description}
        actions={
          <>
            <RefreshButton />
            {canEdit && <BoardMenu id={board.id} name={board.name} />}
          </>
        }
      />
      {charts.length === 0 ? (
        <EmptyState
          icon={Pin}
          title="Nothing pinned yet"
          action={
            <Link href="/" className={buttonStyles({ variant: "primary" })}>
              Ask a question
            </Link>
          }
        >
          Ask a question, then press Pin on its chart and choose this board.
        </EmptyState>
      ) : (
        <ul className="grid grid-cols-12 gap-4">
          {charts.map((chart, index) => (
            <Suspense key={chart.id} fallback={<Waiting chart={chart} />}>
              <Tile
                session={session}
                board={board.id}
                chart={chart}
                canEdit={canEdit}
                first={index === 0}
                last={index === charts.length - 1}
              />
            </Suspense>
          ))}
        </ul>
      )}
    </Page>
  );
}

type TileProps = {
  session: Session;
  board: string;
  chart: BoardChart;
  canEdit: boolean;
  first: boolean;
  last: boolean;
};

/** One chart, computed on the server; each starts at once and arrives on its own. */
async function Tile({ session, board, chart, ...rest }: TileProps) {
  const outcome = await compute(session, chart);
  return (
    <ChartFrame
      id={chart.id}
      board={board}
      title={chart.title}
      width={chart.width}
      outcome={outcome}
      {...rest}
    />
  );
}

async function compute(session: Session, { spec }: BoardChart) {
  if (!spec)
    return {
      ok: false as const,
      message: "It was saved in a form that this version no longer reads. Remove it and pin it again.",
    };
  try {
    const [result, goals] = await Promise.all([runChart(session, spec), goalsForCharts(session)]);
    return { ok: true as const, spec: withGoal(spec, result, goals), result };
  } catch (error) {
    return {
      ok: false as const,
      message: error instanceof Error ? error.message : "The question could not be answered.",
      waiting: error instanceof QueryError && error.code === "still_copying",
    };
  }
}

function Waiting({ chart }: { chart: BoardChart }) {
  return (
    <li className={`col-span-12 ${tileWidth(chart.width)}`}>
      <Card className="p-5">
        <h3 className="text-[15px] font-semibold">{chart.title}</h3>
        <Skeleton className="mt-4 h-64" label={`Computing ${chart.title}`} />
      </Card>
    </li>
  );
}
