import { ArrowLeft } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { z } from "zod";
import { Refusal } from "@/sync/operations/deps";
import { timelineOf } from "@/sync/operations/timeline";
import { Page, PageHeader } from "../../../../../_components/surface";
import { SyncBadge } from "../../../../../_components/sync-badge";
import { formatInstant } from "../../../../../_lib/format";
import { requireSession } from "../../../../../_server/session";
import { NoRights } from "../../../../_components/no-rights";
import { TimelineList } from "../../../_components/timeline-list";
import { operationsFor } from "../../../operations";
import { label } from "../../../status";

export const metadata: Metadata = { title: "Record" };

/** One record's whole story: who changed what, from which side, and what became of it. */
export default async function RecordPage({ params, searchParams }: PageProps<"/sync/records/[entity]/[id]">) {
  const session = await requireSession();
  if (session.principal.role === "viewer") return <NoRights what="Records" />;
  const { entity, id } = await params;
  const asked = z.iso.datetime({ offset: true }).safeParse((await searchParams).before);
  if (!z.uuid().safeParse(id).success) notFound();
  const before = asked.success ? asked.data : undefined;
  const timeline = await timelineOf(operationsFor(session), { entity, record_id: id, before }).catch(
    (cause) => {
      if (cause instanceof Refusal) notFound();
      throw cause;
    },
  );
  const zone = session.account.time_zone;
  const { row, items, more, people } = timeline;
  const here = `/sync/records/${entity}/${id}`;
  const oldest = items.at(-1)?.at;
  return (
    <Page>
      <Link
        href={entity === "contacts" && row && !row.deleted_at ? `/contacts/${id}` : "/sync"}
        className="mb-4 inline-flex items-center gap-1.5 text-[13px] text-muted hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-3.5" />
        {entity === "contacts" && row && !row.deleted_at ? "The contact" : "Sync"}
      </Link>
      <PageHeader
        title={timeline.name}
        description={[
          label(entity),
          row?.keap_id && `number ${row.keap_id} in Keap`,
          row?.deleted_at && `deleted ${formatInstant(row.deleted_at, zone)}`,
          row?.last_synced_at &&
            !row.deleted_at &&
            `both sides agreed ${formatInstant(row.last_synced_at, zone)}`,
        ]
          .filter(Boolean)
          .join(" · ")}
        actions={row && <SyncBadge state={row.sync_status} />}
      />
      {row?.sync_error && (
        <p role="alert" className="mb-4 rounded-lg bg-warning-soft px-3.5 py-2.5 text-sm text-warning">
          {row.sync_error}
        </p>
      )}
      <TimelineList items={items} people={people} zone={zone} />
      <nav aria-label="Pages of the timeline" className="mt-4 flex gap-4 text-sm">
        {before && (
          <Link href={here} className="text-accent hover:underline">
            Newest
          </Link>
        )}
        {more && oldest && (
          <Link
            href={`${here}?before=${encodeURIComponent(new Date(oldest).toISOString())}`}
            className="text-accent hover:underline"
          >
            Older
          </Link>
        )}
      </nav>
    </Page>
  );
}
