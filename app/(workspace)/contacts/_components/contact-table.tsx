"use client";

import { Tag } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { Button } from "../../../_components/button";
import { Card } from "../../../_components/surface";
import { SyncBadge } from "../../../_components/sync-badge";
import { formatDay, plural } from "../../../_lib/format";
import type { ContactRow } from "../../../_server/contacts";
import { TagDialog } from "./tag-dialog";

/** A page of people; chosen ones can be given a tag together. */
export function ContactTable({
  rows,
  tags,
  canTag,
}: {
  rows: ContactRow[];
  tags: { supabase_id: string; name: string }[];
  canTag: boolean;
}) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [tagging, setTagging] = useState(false);
  const visible = rows.filter(({ supabase_id }) => chosen.has(supabase_id));
  const all = visible.length === rows.length;
  const toggle = (id: string) =>
    setChosen((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
  return (
    <>
      <Card className="overflow-x-auto">
        <table className="w-full text-[13.5px]">
          <thead className="text-left text-[13px] text-muted">
            <tr>
              {canTag && (
                <th scope="col" className="w-10 py-2.5 pl-4">
                  <input
                    type="checkbox"
                    aria-label="Choose everybody on this page"
                    checked={all}
                    onChange={() =>
                      setChosen(all ? new Set() : new Set(rows.map(({ supabase_id }) => supabase_id)))
                    }
                    className="size-4 accent-(--accent)"
                  />
                </th>
              )}
              <th scope="col" className="px-3 py-2.5 font-medium">
                Name
              </th>
              <th scope="col" className="hidden px-3 py-2.5 font-medium sm:table-cell">
                E-mail
              </th>
              <th scope="col" className="hidden px-3 py-2.5 font-medium lg:table-cell">
                Company
              </th>
              <th scope="col" className="hidden px-3 py-2.5 font-medium md:table-cell">
                Since
              </th>
              <th scope="col" className="px-3 py-2.5 pr-4 font-medium">
                Sync
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.supabase_id} className="border-t border-line hover:bg-sunken/60">
                {canTag && (
                  <td className="py-2 pl-4">
                    <input
                      type="checkbox"
                      aria-label={`Choose ${nameOf(row)}`}
                      checked={chosen.has(row.supabase_id)}
                      onChange={() => toggle(row.supabase_id)}
                      className="size-4 accent-(--accent)"
                    />
                  </td>
                )}
                <td className="max-w-64 px-3 py-2">
                  <Link
                    href={`/contacts/${row.supabase_id}`}
                    className="block truncate font-medium hover:text-accent hover:underline"
                  >
                    {nameOf(row)}
                  </Link>
                  <span className="block truncate text-xs text-muted sm:hidden">{row.email}</span>
                </td>
                <td className="hidden max-w-72 truncate px-3 py-2 text-muted sm:table-cell">
                  {row.email ?? "–"}
                </td>
                <td className="hidden max-w-52 truncate px-3 py-2 text-muted lg:table-cell">
                  {row.company_name ?? "–"}
                </td>
                <td className="hidden px-3 py-2 whitespace-nowrap text-muted md:table-cell">
                  {formatDay(row.keap_created_at)}
                </td>
                <td className="px-3 py-2 pr-4">
                  <SyncBadge state={row.sync_status} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Card>
      {visible.length > 0 && (
        <div className="sticky bottom-4 mx-auto mt-4 flex w-fit items-center gap-3 rounded-full border border-line bg-raised py-2 pr-2 pl-5 text-sm shadow-pop animate-rise">
          <span>{plural(visible.length, "person", "people")} chosen</span>
          <Button size="small" variant="primary" className="rounded-full" onClick={() => setTagging(true)}>
            <Tag aria-hidden className="size-3.5" /> Put a tag on
          </Button>
        </div>
      )}
      <TagDialog
        open={tagging}
        onClose={() => setTagging(false)}
        onDone={() => setChosen(new Set())}
        contacts={visible.map(({ supabase_id }) => supabase_id)}
        tags={tags}
      />
    </>
  );
}

const nameOf = ({ given_name, family_name, email, keap_id }: ContactRow): string =>
  [given_name, family_name].filter(Boolean).join(" ") || email || `Contact ${keap_id ?? "without a name"}`;
