import { CircleCheckBig } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { Card, EmptyState, Page, PageHeader } from "../../_components/surface";
import { formatAgo } from "../../_lib/format";
import { listProposals, type Proposal } from "../../_server/proposals";
import { requireSession } from "../../_server/session";
import { NoRights } from "../_components/no-rights";
import { StatusBadge } from "./_components/status-badge";

export const metadata: Metadata = { title: "Approvals" };

export default async function ApprovalsPage() {
  const session = await requireSession();
  if (session.principal.role === "viewer") return <NoRights what="Approvals" />;
  const proposals = await listProposals(session);
  const waiting = proposals.filter(({ status }) => status === "proposed");
  const decided = proposals.filter(({ status }) => status !== "proposed");
  return (
    <Page>
      <PageHeader
        title="Approvals"
        description="Nothing goes back to Keap by itself. What the analyst or an automation suggests waits here with its exact effect."
      />
      {proposals.length === 0 ? (
        <EmptyState icon={CircleCheckBig} title="Nothing waits for you">
          When a score, a chat or an MCP client suggests a change in Keap, it stands here with the people it
          touches, before and after.
        </EmptyState>
      ) : (
        <div className="space-y-6">
          <List title="Waiting for a decision" proposals={waiting} empty="Nothing waits for you." />
          {decided.length > 0 && <List title="Decided" proposals={decided} empty="" />}
        </div>
      )}
    </Page>
  );
}

function List({ title, proposals, empty }: { title: string; proposals: Proposal[]; empty: string }) {
  const now = Date.now();
  return (
    <section>
      <h2 className="mb-2 text-sm font-semibold">{title}</h2>
      <Card>
        {proposals.length === 0 && <p className="p-4 text-sm text-muted">{empty}</p>}
        <ul className="divide-y divide-line">
          {proposals.map(({ id, title: name, status, created_at, created_via }) => (
            <li key={id}>
              <Link
                href={`/approvals/${id}`}
                className="flex items-center gap-3 px-4 py-3 hover:bg-sunken/60"
              >
                <span className="min-w-0 flex-1">
                  <span className="block truncate text-sm font-medium">{name}</span>
                  <span className="text-xs text-muted">
                    {formatAgo(created_at, now)}
                    {created_via &&
                      ` · by ${created_via.replace(/^(\w+):/, "the $1 ").replaceAll(/[_-]/g, " ")}`}
                  </span>
                </span>
                <StatusBadge status={status} />
              </Link>
            </li>
          ))}
        </ul>
      </Card>
    </section>
  );
}
