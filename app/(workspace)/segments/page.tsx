import { UsersRound } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { buttonStyles } from "../../_components/button";
import { Card, EmptyState, Page, PageHeader } from "../../_components/surface";
import { formatInstant, plural } from "../../_lib/format";
import { requireSession } from "../../_server/session";
import { listSegments } from "../../_server/watching";
import { NoRights } from "../_components/no-rights";
import { DeleteSegment } from "../alerts/_components/alert-actions";
import { KindBadge } from "./_components/kind-badge";

export const metadata: Metadata = { title: "Segments" };

export default async function SegmentsPage() {
  const session = await requireSession();
  if (session.principal.role === "viewer") return <NoRights what="Segments" />;
  const segments = await listSegments(session);
  return (
    <Page>
      <PageHeader
        title="Segments"
        description="Groups of people: live ones follow their conditions, frozen ones keep the people of one day."
      />
      {segments.length === 0 ? (
        <EmptyState
          icon={UsersRound}
          title="No segments yet"
          action={
            <Link href="/" className={buttonStyles({ variant: "primary" })}>
              Ask a question
            </Link>
          }
        >
          Ask for one: “save VIPs who never bought a membership as a segment called Prospects”, or “as a
          frozen segment” to keep the people of today.
        </EmptyState>
      ) : (
        <Card>
          <ul className="divide-y divide-line">
            {segments.map(({ id, name, kind, definition, member_count, refreshed_at }) => (
              <li key={id} className="flex items-center justify-between gap-4 px-4 py-3">
                <div className="min-w-0">
                  <span className="flex flex-wrap items-center gap-2">
                    <Link
                      href={`/segments/${id}`}
                      className="text-sm font-medium hover:text-accent hover:underline"
                    >
                      {name}
                    </Link>
                    <KindBadge kind={kind} />
                  </span>
                  <p className="mt-0.5 text-[13px] text-muted">{definition}</p>
                  <p className="mt-0.5 text-xs text-muted">
                    {refreshed_at
                      ? `${plural(member_count ?? 0, "person", "people")}${kind === "static" ? ", frozen" : ""} on ${formatInstant(refreshed_at, session.account.time_zone)}`
                      : "People are counted within half an hour."}
                  </p>
                </div>
                <DeleteSegment id={id} name={name} />
              </li>
            ))}
          </ul>
        </Card>
      )}
    </Page>
  );
}
