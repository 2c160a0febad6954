import { ArrowLeft, TriangleAlert } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { Badge, Card, Page, PageHeader } from "../../../_components/surface";
import { formatCount, formatInstant, plural } from "../../../_lib/format";
import { type AuditEntry, listAudit } from "../../../_server/audit";
import {
  findProposal,
  listItems,
  type Proposal,
  type ProposalItem,
  readTagName,
} from "../../../_server/proposals";
import { requireSession } from "../../../_server/session";
import { NoRights } from "../../_components/no-rights";
import { StatusBadge } from "../_components/status-badge";
import { describeEffect, type ProposalEffect, writeEffect, writeReason } from "../effect";
import { Decision } from "./_components/decision";
import { LiveProposal } from "./_components/live-proposal";
import { Settle } from "./_components/settle";
import { Undo } from "./_components/undo";

export const metadata: Metadata = { title: "Approval" };

export default async function ProposalPage({ params }: PageProps<"/approvals/[id]">) {
  const session = await requireSession();
  if (session.principal.role === "viewer") return <NoRights what="Approvals" />;
  const proposal = await findProposal(session, (await params).id);
  if (!proposal) notFound();
  const [{ items, total }, history] = await Promise.all([
    listItems(session, proposal.id),
    listAudit(session, { target: `proposal:${proposal.id}` }),
  ]);
  const effect = describeEffect(proposal, total, await readTagName(session, proposal));
  const decided = proposal.status !== "proposed" && proposal.status !== "rejected";
  const zone = session.account.time_zone;
  return (
    <Page>
      <Link
        href="/approvals"
        className="mb-4 inline-flex items-center gap-1.5 text-[13px] text-muted hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-3.5" /> Approvals
      </Link>
      <PageHeader
        title={proposal.title}
        description={proposal.summary && `Reason given: ${proposal.summary}`}
        actions={<StatusBadge status={proposal.status} />}
      />
      {!decided && effect.problem && <Warning text={effect.problem} />}
      <Warnings preview={proposal.preview} />
      <LiveProposal moving={proposal.status === "approved" || proposal.status === "executing"} />
      <div className="grid items-start gap-6 lg:grid-cols-[1fr_20rem]">
        <People
          items={items}
          total={total}
          decided={decided}
          each={effect.each}
          proposal={session.principal.role === "admin" ? proposal.id : null}
        />
        <div className="space-y-4 lg:sticky lg:top-6">
          <Effect proposal={proposal} effect={effect} total={total} zone={zone} />
          {proposal.status === "proposed" &&
            (session.principal.role === "admin" ? (
              <Decision id={proposal.id} people={total} />
            ) : (
              <p className="rounded-lg bg-info-soft px-3.5 py-2.5 text-sm text-info">
                An admin of this account decides. You can look at it here.
              </p>
            ))}
          {session.principal.role === "admin" &&
            proposal.reversible !== "no" &&
            (proposal.status === "done" || proposal.status === "partly") && (
              <Undo id={proposal.id} partly={proposal.reversible === "partly"} />
            )}
          <History entries={history} zone={zone} />
        </div>
      </div>
    </Page>
  );
}

/** Who suggested, approved, carried out and undid it; for admins, who may read the audit log. */
function History({ entries, zone }: { entries: AuditEntry[]; zone: string }) {
  if (entries.length === 0) return null;
  return (
    <Card className="p-4">
      <h2 className="mb-2 text-sm font-semibold">What happened</h2>
      <ol className="space-y-1.5 text-[13px]">
        {entries.map(({ id, who, what, at }) => (
          <li key={id} className="[overflow-wrap:anywhere]">
            {who} {what}
            <span className="block text-xs text-muted">{formatInstant(at, zone)}</span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

const itemLooks: Record<
  string,
  { tone: "positive" | "negative" | "warning" | "info" | "neutral"; text: string }
> = {
  planned: { tone: "info", text: "To do" },
  done: { tone: "positive", text: "Done" },
  skipped: { tone: "neutral", text: "Skipped" },
  failed: { tone: "negative", text: "Failed" },
  unknown: { tone: "warning", text: "Held: outcome unknown" },
  undone: { tone: "neutral", text: "Undone" },
};

function People({
  items,
  total,
  decided,
  each,
  proposal,
}: {
  items: ProposalItem[];
  total: number;
  decided: boolean;
  /** What becomes of each of them, by the payload. */
  each: string;
  /** Set for an admin, who may settle people whose outcome is unknown. */
  proposal: string | null;
}) {
  return (
    <section className="min-w-0">
      <h2 className="mb-2 text-sm font-semibold">
        {plural(total, "person", "people")}
        {total > items.length && (
          <span className="font-normal text-muted"> · the first {formatCount(items.length)} are shown</span>
        )}
      </h2>
      <Card className="overflow-x-auto">
        <table className="w-full text-[13.5px]">
          <thead className="text-left text-[13px] text-muted">
            <tr>
              <th scope="col" className="px-4 py-2.5 font-medium">
                Person
              </th>
              <th scope="col" className="hidden px-4 py-2.5 font-medium sm:table-cell">
                Before
              </th>
              <th scope="col" className="px-4 py-2.5 font-medium">
                After
              </th>
              {decided && (
                <th scope="col" className="px-4 py-2.5 font-medium">
                  Result
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <tr key={item.id} className="border-t border-line align-top">
                <td className="max-w-56 px-4 py-2">
                  {item.contact_id ? (
                    <Link
                      href={`/contacts/${item.contact_id}`}
                      className="block truncate font-medium hover:text-accent hover:underline"
                    >
                      {item.name}
                    </Link>
                  ) : (
                    item.name
                  )}
                  <span className="block truncate text-xs text-muted">{item.email}</span>
                </td>
                <td className="hidden px-4 py-2 text-muted sm:table-cell">{writeEffect(item.before)}</td>
                <td className="px-4 py-2">
                  {each}
                  <span className="block text-xs text-muted">{writeReason(item.after)}</span>
                </td>
                {decided && (
                  <td className="px-4 py-2">
                    <Badge tone={itemLooks[item.status]?.tone ?? "neutral"}>
                      {itemLooks[item.status]?.text ?? item.status}
                    </Badge>
                    {item.error && (
                      <span
                        className={`mt-1 block text-xs ${item.status === "failed" ? "text-negative" : "text-muted"}`}
                      >
                        {item.error}
                      </span>
                    )}
                    {proposal && item.status === "unknown" && item.contact_id && (
                      <Settle proposal={proposal} contact={item.contact_id} />
                    )}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </Card>
    </section>
  );
}

/** What to know before deciding. */
function Warnings({ preview }: { preview: Proposal["preview"] }) {
  const warnings = Array.isArray(preview.warnings)
    ? preview.warnings.filter((text) => typeof text === "string")
    : [];
  return warnings.map((text) => <Warning key={text} text={text} />);
}

const Warning = ({ text }: { text: string }) => (
  <p className="mb-4 flex gap-2 rounded-lg bg-warning-soft px-3.5 py-2.5 text-sm text-warning">
    <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
    {text}
  </p>
);

/** What it costs, whether it can be found out and taken back, and until when it can be decided. */
function Effect({
  proposal,
  effect,
  total,
  zone,
}: {
  proposal: Proposal;
  effect: ProposalEffect;
  total: number;
  zone: string;
}) {
  const calls = proposal.preview.keap_calls;
  return (
    <Card className="p-4">
      <h2 className="mb-2 text-sm font-semibold">What it does</h2>
      <p className="mb-3 text-sm [overflow-wrap:anywhere]">{effect.text}</p>
      <dl className="space-y-1.5 text-[13px]">
        <Line name="Touches">{plural(total, "person", "people")}</Line>
        <Line name="Keap calls">{typeof calls === "number" ? formatCount(calls) : "n/a"}</Line>
        <Line name="Can be checked">
          {proposal.probe === "no" ? "No: runs at most once" : "Yes, in Keap"}
        </Line>
        <Line name="Can be undone">{{ yes: "Yes", partly: "Partly", no: "No" }[proposal.reversible]}</Line>
        <Line name="Suggested">{formatInstant(proposal.created_at, zone)}</Line>
        {proposal.status === "proposed" && (
          <Line name="Open until">{formatInstant(proposal.expires_at, zone)}</Line>
        )}
        {proposal.approved_at && <Line name="Approved">{formatInstant(proposal.approved_at, zone)}</Line>}
        {proposal.finished_at && <Line name="Carried out">{formatInstant(proposal.finished_at, zone)}</Line>}
        {proposal.reject_reason && <Line name="Rejected because">{proposal.reject_reason}</Line>}
      </dl>
    </Card>
  );
}

const Line = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="flex justify-between gap-4">
    <dt className="shrink-0 text-muted">{name}</dt>
    <dd className="text-right">{children}</dd>
  </div>
);
