import Link from "next/link";
import type { ChatTools } from "@/agent/chat/messages";
import { formatDay } from "../../_lib/format";

type Found = ChatTools["search_knowledge"]["output"]["results"][number];

/** Where each text that an answer cites can be read: the person it is about, or the uploaded documents. */
export function Sources({ results }: { results: Found[] }) {
  const read = results.flatMap((each) => {
    const path = each.contact_id
      ? `/contacts/${each.contact_id}`
      : each.kind === "upload"
        ? "/settings/knowledge"
        : null;
    return path ? [{ ...each, path }] : [];
  });
  if (read.length === 0) return null;
  return (
    <nav aria-label="Sources" className="text-[13px]">
      <ul className="flex flex-wrap gap-1.5">
        {read.map(({ kind, source_id, contact_name, title, written_at, path }) => (
          <li key={`${kind} ${source_id}`}>
            <Link
              href={path}
              className="block max-w-64 truncate rounded-md border border-line bg-surface px-2 py-0.5 hover:bg-sunken"
            >
              {kind}: {contact_name ?? title ?? "document"}
              {written_at && <span className="text-muted">, {formatDay(written_at.slice(0, 10))}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
