"use client";

import { Command } from "cmdk";
import { CornerDownLeft, MessageCircleQuestion, Monitor, Moon, Sun, UserRound } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTheme } from "next-themes";
import { type ReactNode, useEffect, useRef, useState } from "react";
import useSWR from "swr";
import type { NavigationItem } from "./navigation";

type Found = { kind: "contact" | "board" | "chat"; id: string; label: string; hint: string };

const paths = { contact: "/contacts", board: "/boards", chat: "/chat" } as const;

/** Go anywhere, find a person, board or chat, or ask what was typed. */
export function CommandPalette({ items, onClose }: { items: NavigationItem[]; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const router = useRouter();
  const { setTheme } = useTheme();
  const [text, setText] = useState("");
  const { data, isLoading } = useSearch(text.trim());
  useEffect(() => {
    dialog.current?.showModal();
    dialog.current?.querySelector("input")?.focus();
  }, []);

  const go = (href: string) => {
    dialog.current?.close();
    router.push(href);
  };
  return (
    <dialog
      ref={dialog}
      onClose={onClose}
      onMouseDown={(event) => event.target === dialog.current && dialog.current.close()}
      aria-label="Search and commands"
      className="mt-[12vh] w-[min(36rem,calc(100vw-2rem))] overflow-hidden rounded-xl border border-line bg-raised p-0 shadow-pop open:animate-rise"
    >
      <Command label="Search and commands" loop>
        <Command.Input
          value={text}
          onValueChange={setText}
          placeholder="Go to, find a person, or ask a question…"
          className="h-12 w-full border-b border-line bg-transparent px-4 text-[15px] outline-none placeholder:text-muted"
        />
        <Command.List className="max-h-[52vh] overflow-y-auto p-1.5 [&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted">
          {text.trim().length > 2 && (
            <Command.Group heading="Ask" forceMount>
              <Item
                value={`ask ${text}`}
                forceMount
                icon={<MessageCircleQuestion aria-hidden className="size-4" />}
                onSelect={() => go(`/?ask=${encodeURIComponent(text.trim())}`)}
              >
                <span className="truncate">{text.trim()}</span>
              </Item>
            </Command.Group>
          )}
          <Command.Group heading="Go to">
            {items.map(({ href, label, icon: Icon, key }) => (
              <Item
                key={href}
                value={`go ${label}`}
                icon={<Icon aria-hidden className="size-4" />}
                onSelect={() => go(href)}
                hint={`G ${key.toUpperCase()}`}
              >
                {label}
              </Item>
            ))}
          </Command.Group>
          {data && data.length > 0 && (
            <Command.Group heading="Found" forceMount>
              {data.map(({ kind, id, label, hint }) => (
                <Item
                  key={`${kind}${id}`}
                  value={`${kind} ${id}`}
                  forceMount
                  icon={<UserRound aria-hidden className="size-4" />}
                  onSelect={() => go(`${paths[kind]}/${id}`)}
                  hint={hint}
                >
                  {label}
                </Item>
              ))}
            </Command.Group>
          )}
          <Command.Group heading="Theme">
            <Item
              value="theme light"
              icon={<Sun aria-hidden className="size-4" />}
              onSelect={() => setTheme("light")}
            >
              Light theme
            </Item>
            <Item
              value="theme dark"
              icon={<Moon aria-hidden className="size-4" />}
              onSelect={() => setTheme("dark")}
            >
              Dark theme
            </Item>
            <Item
              value="theme system"
              icon={<Monitor aria-hidden className="size-4" />}
              onSelect={() => setTheme("system")}
            >
              Theme as the system
            </Item>
          </Command.Group>
          {!data?.length && (
            <Command.Empty className="px-3 py-6 text-center text-sm text-muted">
              {isLoading
                ? "Looking for people, boards and chats…"
                : "Nothing by that name. Type a question and press Enter to ask it."}
            </Command.Empty>
          )}
        </Command.List>
      </Command>
    </dialog>
  );
}

function Item(props: {
  value: string;
  icon: ReactNode;
  children: ReactNode;
  onSelect: () => void;
  hint?: string;
  forceMount?: boolean;
}) {
  return (
    <Command.Item
      value={props.value}
      forceMount={props.forceMount ?? false}
      onSelect={props.onSelect}
      className="group flex cursor-default items-center gap-2.5 rounded-md px-2.5 py-2 text-sm text-muted data-[selected=true]:bg-sunken data-[selected=true]:text-ink dark:data-[selected=true]:bg-line"
    >
      {props.icon}
      <span className="min-w-0 flex-1 truncate">{props.children}</span>
      {props.hint && <span className="max-w-48 truncate text-xs text-muted">{props.hint}</span>}
      <CornerDownLeft aria-hidden className="size-3.5 opacity-0 group-data-[selected=true]:opacity-100" />
    </Command.Item>
  );
}

function useSearch(text: string) {
  return useSWR<Found[]>(text.length > 1 ? `/api/search?q=${encodeURIComponent(text)}` : null, fetchFound, {
    keepPreviousData: true,
    dedupingInterval: 250,
  });
}

async function fetchFound(url: string): Promise<Found[]> {
  const response = await fetch(url);
  if (!response.ok) throw new Error("The search does not answer. Try again in a moment.");
  return (await response.json()) as Found[];
}
