import { ArrowLeft } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { DownloadAll } from "../../../_charts/download-all";
import { Card, Page, PageHeader } from "../../../_components/surface";
import { formatDay, formatInstant, plural } from "../../../_lib/format";
import { requireSession } from "../../../_server/session";
import { listSegmentMembers, listSegments } from "../../../_server/watching";
import { NoRights } from "../../_components/no-rights";
import { Freeze } from "../_components/freeze";
import { KindBadge } from "../_components/kind-badge";

export const metadata: Metadata = { title: "Segment" };

export default async function SegmentPage({ params }: PageProps<"/segments/[id]">) {
  const session = await requireSession();
  if (session.principal.role === "viewer") return <NoRights what="Segments" />;
  const { id } = await params;
  const segment = (await listSegments(session)).find((each) => each.id === id);
  if (!segment) notFound();
  const members = await listSegmentMembers(session, id);
  const { account } = session;
  const live = segment.kind === "dynamic";
  const count = segment.member_count ?? members.length;
  return (
    <Page>
      <Link
        href="/segments"
        className="mb-4 inline-flex items-center gap-1.5 text-[13px] text-muted hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-3.5" /> Segments
      </Link>
      <PageHeader
        title={segment.name}
        description={segment.definition}
        actions={live && <Freeze id={id} suggested={`${segment.name}, ${today(account.time_zone)}`} />}
      />
      <h2 className="mb-2 text-sm font-semibold">
        <KindBadge kind={segment.kind} /> {plural(count, "person", "people")}
        {segment.refreshed_at && (
          <span className="font-normal text-muted">
            {live ? " on " : ", frozen on "}
            {formatInstant(segment.refreshed_at, account.time_zone)}
          </span>
        )}
        {count > members.length && (
          <span className="font-normal text-muted"> · the newest {members.length} are shown</span>
        )}
      </h2>
      {count > 0 && (
        <div className="mb-3">
          <DownloadAll what={{ kind: "segment", segment: id }} count={count} />
        </div>
      )}
      <Card>
        {members.length === 0 && (
          <p className="p-4 text-sm text-muted">
            {!live
              ? "Nobody is in it."
              : segment.refreshed_at
                ? "Nobody fits now."
                : "People are counted within half an hour."}
          </p>
        )}
        <ul className="divide-y divide-line">
          {members.map(({ entered_at, contacts: person }) => (
            <li
              key={person.supabase_id}
              className="flex items-center justify-between gap-4 px-4 py-2.5 text-sm"
            >
              <span className="min-w-0">
                <Link
                  href={`/contacts/${person.supabase_id}`}
                  className="block truncate font-medium hover:text-accent hover:underline"
                >
                  {[person.given_name, person.family_name].filter(Boolean).join(" ") ||
                    person.email ||
                    "No name"}
                </Link>
                <span className="block truncate text-xs text-muted">{person.email}</span>
              </span>
              <span className="shrink-0 text-xs text-muted">
                since {formatInstant(entered_at, session.account.time_zone)}
              </span>
            </li>
          ))}
        </ul>
      </Card>
    </Page>
  );
}

const today = (zone: string) =>
  formatDay(new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date()));
