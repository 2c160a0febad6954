import { ArrowLeft, ScrollText } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { buttonStyles } from "../../../_components/button";
import { Card, EmptyState, Page, PageHeader } from "../../../_components/surface";
import { formatInstant } from "../../../_lib/format";
import { auditPage, listAudit } from "../../../_server/audit";
import { requireSession } from "../../../_server/session";
import { NoRights } from "../../_components/no-rights";

export const metadata: Metadata = { title: "Audit log" };

export default async function AuditPage({ searchParams }: PageProps<"/settings/audit">) {
  const session = await requireSession();
  if (session.principal.role !== "admin") return <NoRights what="The audit log" />;
  const before = Number((await searchParams).before);
  const entries = await listAudit(session, before > 0 ? { before } : {});
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
        title="Audit log"
        description="Who did what: approvals, writes, keys, members, settings and sign-ins. Entries are added, never changed."
      />
      {entries.length === 0 ? (
        <EmptyState icon={ScrollText} title="Nothing here">
          {before > 0 ? "That was the oldest entry." : "What is done in this account is noted here."}
        </EmptyState>
      ) : (
        <>
          <Card>
            <ul className="divide-y divide-line">
              {entries.map(({ id, who, what, path, at }) => (
                <li
                  key={id}
                  className="flex flex-wrap justify-between gap-x-4 gap-y-0.5 px-4 py-2 text-[13.5px]"
                >
                  <span className="min-w-0 [overflow-wrap:anywhere]">
                    <span className="font-medium">{who}</span>{" "}
                    {path ? (
                      <Link href={path} className="text-accent hover:underline">
                        {what}
                      </Link>
                    ) : (
                      what
                    )}
                  </span>
                  <span className="text-muted">{formatInstant(at, zone)}</span>
                </li>
              ))}
            </ul>
          </Card>
          {entries.length === auditPage && (
            <Link
              href={`/settings/audit?before=${entries.at(-1)?.id}`}
              className={`mt-4 ${buttonStyles({})}`}
            >
              Older entries
            </Link>
          )}
        </>
      )}
    </Page>
  );
}
