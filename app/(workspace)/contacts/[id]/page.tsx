import { ArrowLeft } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { Badge, Card, Page, PageHeader } from "../../../_components/surface";
import { differences, writeOrigin } from "../../../_lib/changes";
import { formatDay, formatInstant, formatMoney } from "../../../_lib/format";
import {
  type Contact,
  type ContactOrder,
  displayName,
  findContact,
  findLeadSource,
  type HistoryEntry,
  listHistoryOf,
  listOrdersOf,
  listTags,
  listTagsOf,
  nameTags,
} from "../../../_server/contacts";
import { requireSession } from "../../../_server/session";
import { NoRights } from "../../_components/no-rights";
import { ContactFields } from "./_components/contact-fields";
import { ContactTags } from "./_components/contact-tags";
import { EraseContact } from "./_components/erase-contact";
import { LiveSync } from "./_components/live-sync";

export const metadata: Metadata = { title: "Contact" };

export default async function ContactPage({ params }: PageProps<"/contacts/[id]">) {
  const session = await requireSession();
  if (session.principal.role === "viewer") return <NoRights what="Contacts" />;
  const contact = await findContact(session, (await params).id);
  if (!contact) notFound();
  const id = contact.supabase_id;
  const [memberships, tags, orders, history, leadSource] = await Promise.all([
    listTagsOf(session, id),
    listTags(session),
    listOrdersOf(session, id),
    listHistoryOf(session, id),
    findLeadSource(session, contact.lead_source_id),
  ]);
  const held = nameTags(memberships, tags);
  const zone = session.account.time_zone;
  const canEdit = session.principal.role === "admin";
  return (
    <Page>
      <Link
        href="/contacts"
        className="mb-4 inline-flex items-center gap-1.5 text-[13px] text-muted hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-3.5" /> Contacts
      </Link>
      <PageHeader
        title={displayName(contact)}
        description={[
          contact.job_title,
          contact.company_name,
          contact.keap_id && `Keap contact ${contact.keap_id}`,
        ]
          .filter(Boolean)
          .join(" · ")}
        actions={
          <LiveSync state={contact.sync_status} tagStates={held.map(({ sync_status }) => sync_status)} />
        }
      />
      {contact.sync_error && (
        <p role="alert" className="mb-4 rounded-lg bg-negative-soft px-3.5 py-2.5 text-sm text-negative">
          {contact.sync_error}
        </p>
      )}
      <div className="grid items-start gap-6 lg:grid-cols-[1fr_22rem]">
        <div className="min-w-0 space-y-6">
          <ContactFields contact={contact} canEdit={canEdit} />
          <Orders orders={orders} zone={zone} />
        </div>
        <div className="min-w-0 space-y-6">
          <ContactTags contact={id} held={held} tags={tags} canEdit={canEdit} />
          {contact.notes && <Notes text={contact.notes} />}
          <About contact={contact} leadSource={leadSource} zone={zone} />
          <History history={history} zone={zone} contact={id} />
          {canEdit && <EraseContact contact={id} />}
        </div>
      </div>
    </Page>
  );
}

function Orders({ orders, zone }: { orders: ContactOrder[]; zone: string }) {
  return (
    <Card>
      <h2 className="px-4 pt-4 text-sm font-semibold">Orders</h2>
      {orders.length === 0 && <p className="px-4 pt-1 pb-4 text-sm text-muted">None so far.</p>}
      <ul className="divide-y divide-line pt-2">
        {orders.map((order) => (
          <li key={order.supabase_id} className="flex items-center gap-3 px-4 py-2.5 text-[13.5px]">
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{order.title ?? `Order ${order.keap_id}`}</span>
              <span className="text-xs text-muted">{formatInstant(order.order_time, zone)}</span>
            </span>
            <Badge tone={order.status === "PAID" ? "positive" : "neutral"}>
              {(order.status ?? "unknown").toLowerCase()}
            </Badge>
            <span className="tabular w-24 text-right font-medium">
              {order.total_minor === null ? "–" : formatMoney(order.total_minor, order.currency)}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Notes({ text }: { text: string }) {
  return (
    <Card className="p-4">
      <h2 className="mb-2 text-sm font-semibold">Notes</h2>
      <p className="text-[13px] break-words whitespace-pre-wrap">{text}</p>
    </Card>
  );
}

function About({ contact, leadSource, zone }: { contact: Contact; leadSource: string | null; zone: string }) {
  const rows = [
    ["Lead source", leadSource ?? "–"],
    ["In Keap since", formatDay(contact.keap_created_at)],
    [
      "Last changed",
      `${formatInstant(contact.last_updated_at, zone)} by ${writeOrigin(contact.last_modified_by)}`,
    ],
    ["Both sides agreed", formatInstant(contact.last_synced_at, zone)],
  ];
  return (
    <Card className="p-4">
      <h2 className="mb-2 text-sm font-semibold">About the record</h2>
      <dl className="space-y-1.5 text-[13px]">
        {rows.map(([name, value]) => (
          <div key={name} className="flex justify-between gap-4">
            <dt className="shrink-0 text-muted">{name}</dt>
            <dd className="text-right">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function History({ history, zone, contact }: { history: HistoryEntry[]; zone: string; contact: string }) {
  const entries = history.flatMap((entry) =>
    differences(entry.field, entry.before, entry.after).map((difference) => ({ ...entry, ...difference })),
  );
  return (
    <Card className="p-4">
      <div className="mb-2 flex items-baseline justify-between gap-3">
        <h2 className="text-sm font-semibold">History</h2>
        <Link href={`/sync/records/contacts/${contact}`} className="text-[13px] text-accent hover:underline">
          Whole timeline
        </Link>
      </div>
      {entries.length === 0 && <p className="text-[13px] text-muted">No change since the first copy.</p>}
      <ul className="space-y-2.5 text-[13px]">
        {entries.map(({ log_id, at, direction, origin, path, before, after }) => (
          <li key={`${log_id}${path}`}>
            <p className="break-words">
              <span className="font-medium">{path}</span> {before} → {after}
            </p>
            <p className="text-xs text-muted">
              {direction === "out" ? "sent to Keap" : direction === "in" ? "came from Keap" : "here"}, by{" "}
              {writeOrigin(origin)}, {formatInstant(at, zone)}
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}
