import { Users } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { DownloadAll } from "../../_charts/download-all";
import { buttonStyles } from "../../_components/button";
import { EmptyState, Page, PageHeader } from "../../_components/surface";
import { plural } from "../../_lib/format";
import { listContacts, listTags, pageSize } from "../../_server/contacts";
import { requireSession } from "../../_server/session";
import { NoRights } from "../_components/no-rights";
import { ContactSearch } from "./_components/contact-search";
import { ContactTable } from "./_components/contact-table";

export const metadata: Metadata = { title: "Contacts" };

export default async function ContactsPage({ searchParams }: PageProps<"/contacts">) {
  const session = await requireSession();
  if (session.principal.role === "viewer") return <NoRights what="Contacts" />;
  const filter = readFilter(await searchParams);
  const [{ rows, total }, tags] = await Promise.all([listContacts(session, filter), listTags(session)]);
  const filtered = filter.text !== "" || filter.tag !== null;
  return (
    <Page>
      <PageHeader
        title="Contacts"
        description={`${plural(total, "person", "people")}${filtered ? " found" : ""}, as in Keap.`}
      />
      <ContactSearch text={filter.text} tag={filter.tag} tags={tags} />
      {rows.length > 0 && !filter.text && (
        <div className="mb-3">
          <DownloadAll
            what={{ kind: "people", people: filter.tag ? { has_tag: [filter.tag] } : {} }}
            count={total}
          />
        </div>
      )}
      {rows.length > 0 ? (
        <ContactTable rows={rows} tags={tags} canTag={session.principal.role === "admin"} />
      ) : (
        <EmptyState
          icon={Users}
          title={filtered ? "Nobody matches" : "No contacts yet"}
          action={
            <Link href={filtered ? "/contacts" : "/sync"} className={buttonStyles()}>
              {filtered ? "Show everybody" : "See the sync"}
            </Link>
          }
        >
          {filtered
            ? "Try a shorter name, or take the tag away."
            : "They appear here as the first copy of Keap arrives."}
        </EmptyState>
      )}
      <Pager filter={filter} total={total} />
    </Page>
  );
}

type Filter = { text: string; tag: string | null; page: number };

function readFilter(query: Record<string, string | string[] | undefined>): Filter {
  const one = (name: string) => [query[name]].flat()[0] ?? "";
  const tag = one("tag");
  return {
    text: one("q").slice(0, 100),
    tag: /^[0-9a-f-]{36}$/.test(tag) ? tag : null,
    page: Math.max(0, Math.min(10_000, (Number.parseInt(one("page"), 10) || 1) - 1)),
  };
}

function Pager({ filter, total }: { filter: Filter; total: number }) {
  const last = Math.max(0, Math.ceil(total / pageSize) - 1);
  if (last === 0) return null;
  const to = (page: number) =>
    `/contacts?${new URLSearchParams({ ...(filter.text ? { q: filter.text } : {}), ...(filter.tag ? { tag: filter.tag } : {}), page: String(page + 1) })}`;
  return (
    <nav aria-label="Pages" className="mt-4 flex items-center justify-between text-[13px] text-muted">
      {filter.page > 0 ? (
        <Link href={to(filter.page - 1)} className={buttonStyles({ size: "small" })}>
          Previous
        </Link>
      ) : (
        <span />
      )}
      <span className="tabular">
        Page {filter.page + 1} of {last + 1}
      </span>
      {filter.page < last ? (
        <Link href={to(filter.page + 1)} className={buttonStyles({ size: "small" })}>
          Next
        </Link>
      ) : (
        <span />
      )}
    </nav>
  );
}
