import { Bell } from "lucide-react";
import type { Metadata } from "next";
import { listMetrics } from "@/analytics/metrics/catalog";
import { Badge, Card, EmptyState, Page, PageHeader } from "../../_components/surface";
import { formatInstant } from "../../_lib/format";
import { requireSession } from "../../_server/session";
import { listAlerts, listNotifications } from "../../_server/watching";
import { NoRights } from "../_components/no-rights";
import { AlertActions, MarkRead } from "./_components/alert-actions";
import { NewAlert } from "./_components/new-alert";

export const metadata: Metadata = { title: "Alerts" };

export default async function AlertsPage() {
  const session = await requireSession();
  if (session.principal.role === "viewer") return <NoRights what="Alerts" />;
  const [alerts, told] = await Promise.all([listAlerts(session), listNotifications(session)]);
  const zone = session.account.time_zone;
  const metrics = listMetrics().map(({ id, label }) => ({ id, label }));
  return (
    <Page>
      <PageHeader
        title="Alerts"
        description="Numbers that are watched for you, and what you were told."
        actions={<NewAlert metrics={metrics} email={session.email} />}
      />
      {alerts.length === 0 ? (
        <EmptyState icon={Bell} title="Nothing is watched yet">
          Make an alert here, or ask for one: “alert me when weekly orders fall below 5”.
        </EmptyState>
      ) : (
        <Card>
          <ul className="divide-y divide-line">
            {alerts.map(
              ({
                id,
                name,
                watches,
                also,
                undelivered,
                enabled,
                seen,
                error,
                last_checked_at,
                last_fired_at,
              }) => (
                <li
                  key={id}
                  className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-3"
                >
                  <div className="min-w-0 flex-1 basis-64">
                    <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
                      {name}
                      {!enabled && <Badge>Off</Badge>}
                      {last_fired_at && (
                        <Badge tone="warning">Fired {formatInstant(last_fired_at, zone)}</Badge>
                      )}
                    </p>
                    <p className="mt-0.5 text-[13px] text-muted">
                      {watches}
                      {also.length > 0 && ` · also to ${also.join(", ")}`}
                    </p>
                    <p className={`mt-0.5 text-xs ${error ? "text-negative" : "text-muted"}`}>
                      {error ??
                        (last_checked_at
                          ? `${seen ?? "Looked at"} · ${formatInstant(last_checked_at, zone)}`
                          : enabled
                            ? "Not looked at yet: within half an hour."
                            : "Not looked at while it is off.")}
                    </p>
                    {undelivered && <p className="mt-0.5 text-xs text-negative">{undelivered}</p>}
                  </div>
                  <AlertActions id={id} name={name} enabled={enabled} />
                </li>
              ),
            )}
          </ul>
        </Card>
      )}
      <section className="mt-8">
        <div className="mb-2 flex items-center justify-between">
          <h2 className="text-sm font-semibold">What you were told</h2>
          {told.some(({ read_at }) => !read_at) && <MarkRead />}
        </div>
        <Card>
          {told.length === 0 && <p className="p-4 text-sm text-muted">Nothing yet.</p>}
          <ul className="divide-y divide-line">
            {told.map(({ id, title, body, created_at, read_at }) => (
              <li key={id} className="px-4 py-3">
                <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
                  {title} {!read_at && <Badge tone="accent">New</Badge>}
                </p>
                {body && <p className="mt-0.5 text-[13px] whitespace-pre-line text-muted">{body}</p>}
                <p className="mt-0.5 text-xs text-muted">{formatInstant(created_at, zone)}</p>
              </li>
            ))}
          </ul>
        </Card>
      </section>
    </Page>
  );
}
