"use client";

import { Plus } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import useSWR from "swr";
import { cn } from "../../_lib/cn";

type ChatSummary = { id: string; title: string | null; updated_at: string };

/** A person's last chats, under the sections of the side bar. */
export function RecentChats() {
  const path = usePathname();
  const { data } = useSWR<ChatSummary[]>("/api/chats", fetchChats);
  return (
    <nav aria-label="Recent chats" className="mt-5 min-h-0 flex-1 overflow-y-auto px-3">
      <div className="mb-1 flex items-center justify-between pl-2.5">
        <h2 className="text-xs font-medium text-muted">Recent</h2>
        <Link
          href="/"
          aria-label="New chat"
          title="New chat"
          className="rounded-md p-1 text-muted hover:bg-line/60 hover:text-ink"
        >
          <Plus aria-hidden className="size-3.5" />
        </Link>
      </div>
      {data?.length === 0 && <p className="px-2.5 text-xs text-muted">Your questions appear here.</p>}
      <ul className="space-y-0.5">
        {data?.map(({ id, title }) => {
          const current = path === `/chat/${id}`;
          return (
            <li key={id}>
              <Link
                href={`/chat/${id}`}
                aria-current={current ? "page" : undefined}
                className={cn(
                  "block truncate rounded-md px-2.5 py-1.5 text-[13px]",
                  current ? "bg-line/70 text-ink" : "text-muted hover:bg-line/60 hover:text-ink",
                )}
              >
                {title ?? "Chat"}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

async function fetchChats(url: string): Promise<ChatSummary[]> {
  const response = await fetch(url);
  if (!response.ok) throw new Error("The chats could not be read.");
  return (await response.json()) as ChatSummary[];
}
