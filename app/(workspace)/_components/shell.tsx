"use client";

import { Ellipsis, Search } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { type ReactNode, useEffect, useState } from "react";
import { Menu, MenuItem } from "../../_components/menu";
import { Wordmark } from "../../_components/wordmark";
import { cn } from "../../_lib/cn";
import { isCurrent, type NavigationItem, navigation, onPhone } from "./navigation";
import { RecentChats } from "./recent-chats";
import { ThemeToggle } from "./theme-toggle";
import { UserMenu } from "./user-menu";

const CommandPalette = dynamic(() => import("./command-palette").then((m) => m.CommandPalette), {
  ssr: false,
});

type Role = "admin" | "analyst" | "viewer";

export interface ShellProps {
  account: string;
  accountId: string;
  accounts: { id: string; name: string; role: Role }[];
  email: string;
  role: Role;
  waitingApprovals: number;
  unreadAlerts: number;
  children: ReactNode;
}

/** Side bar on a wide screen, a bar at the bottom on a phone; Ctrl K opens the palette, "g" then a letter goes to a section. */
export function Shell(props: ShellProps) {
  const path = usePathname();
  const [paletteOpen, setPaletteOpen] = useState(false);
  const items = navigation.filter(({ roles }) => roles.includes(props.role));
  useShortcuts(items, () => setPaletteOpen(true));
  const { bar, more } = onPhone(items);
  return (
    <div className="flex h-dvh flex-col md:flex-row">
      <a
        href="#main"
        className="sr-only rounded-md bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50"
      >
        Skip to the content
      </a>

      <header className="flex h-13 shrink-0 items-center justify-between border-b border-line px-4 md:hidden">
        <Link href="/" aria-label="Keapsake, ask">
          <Wordmark />
        </Link>
        <div className="flex items-center gap-1">
          <button
            type="button"
            onClick={() => setPaletteOpen(true)}
            aria-label="Search and commands"
            className="rounded-md p-2 text-muted hover:text-ink"
          >
            <Search aria-hidden className="size-5" />
          </button>
          <UserMenu {...props} compact />
        </div>
      </header>

      <aside className="hidden w-56 shrink-0 flex-col border-r border-line bg-sunken/60 md:flex">
        <div className="flex h-14 items-center px-4">
          <Link href="/" aria-label="Keapsake, ask">
            <Wordmark />
          </Link>
        </div>
        <button
          type="button"
          onClick={() => setPaletteOpen(true)}
          className="mx-3 mb-3 flex h-8 items-center gap-2 rounded-md border border-line bg-surface px-2.5 text-[13px] text-muted shadow-card hover:text-ink"
        >
          <Search aria-hidden className="size-3.5" />
          <span className="flex-1 text-left">Search</span>
          <kbd className="font-mono text-[11px]">Ctrl K</kbd>
        </button>
        <nav aria-label="Sections" className="px-3">
          <ul className="space-y-0.5">
            {items.map((item) => (
              <SideLink
                key={item.href}
                item={item}
                current={isCurrent(item.href, path)}
                count={countFor(item, props)}
              />
            ))}
          </ul>
        </nav>
        {props.role === "viewer" ? <div className="flex-1" /> : <RecentChats />}
        <div className="space-y-2 p-3">
          <ThemeToggle />
          <UserMenu {...props} />
        </div>
      </aside>

      <main id="main" tabIndex={-1} className="relative min-h-0 min-w-0 flex-1 overflow-y-auto outline-none">
        {props.children}
      </main>

      <nav
        aria-label="Sections"
        className="shrink-0 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
      >
        <ul className="flex">
          {bar.map((item) => (
            <li key={item.href} className="min-w-0 flex-1">
              <BottomLink item={item} current={isCurrent(item.href, path)} count={countFor(item, props)} />
            </li>
          ))}
          {more.length > 0 && (
            <li className="min-w-0 flex-1">
              <MoreSections items={more} path={path} />
            </li>
          )}
        </ul>
      </nav>
      {paletteOpen && <CommandPalette items={items} onClose={() => setPaletteOpen(false)} />}
    </div>
  );
}

const countFor = ({ href }: NavigationItem, { waitingApprovals, unreadAlerts }: ShellProps) =>
  href === "/approvals" ? waitingApprovals : href === "/alerts" ? unreadAlerts : 0;

function SideLink({ item, current, count }: { item: NavigationItem; current: boolean; count: number }) {
  return (
    <li>
      <Link
        href={item.href}
        aria-current={current ? "page" : undefined}
        className={cn(
          "flex h-8 items-center gap-2.5 rounded-md px-2.5 text-[13.5px] transition-colors",
          current ? "bg-accent-soft font-medium text-accent" : "text-muted hover:bg-line/60 hover:text-ink",
        )}
      >
        <item.icon aria-hidden className="size-4" />
        <span className="flex-1">{item.label}</span>
        {count > 0 && <Count count={count} />}
      </Link>
    </li>
  );
}

function BottomLink({ item, current, count }: { item: NavigationItem; current: boolean; count: number }) {
  return (
    <Link href={item.href} aria-current={current ? "page" : undefined} className={bottomItem(current)}>
      <item.icon aria-hidden className="size-5" />
      <span className="max-w-full truncate px-0.5">{item.label}</span>
      {count > 0 && <Count count={count} className="absolute top-1.5 left-1/2 ml-1.5" />}
    </Link>
  );
}

/** What does not fit into the bar. The button takes the place of the section one is in. */
function MoreSections({ items, path }: { items: NavigationItem[]; path: string }) {
  const current = items.find(({ href }) => isCurrent(href, path));
  const Icon = current?.icon ?? Ellipsis;
  return (
    <Menu
      side="top"
      trigger={
        <button type="button" className={bottomItem(current !== undefined)}>
          <Icon aria-hidden className="size-5" />
          <span className="max-w-full truncate px-0.5">{current?.label ?? "More"}</span>
          {current && <span className="sr-only">, more sections</span>}
        </button>
      }
    >
      {items.map((item) => (
        <MenuItem key={item.href} asChild className="h-11 gap-3 px-3">
          <Link href={item.href} aria-current={item === current ? "page" : undefined}>
            <item.icon aria-hidden className="size-4.5 text-muted" />
            {item.label}
          </Link>
        </MenuItem>
      ))}
    </Menu>
  );
}

const bottomItem = (current: boolean) =>
  cn(
    "relative flex h-14 w-full flex-col items-center justify-center gap-1 text-[11px]",
    current ? "font-medium text-accent" : "text-muted",
  );

function Count({ count, className }: { count: number; className?: string }) {
  return (
    <span
      className={cn(
        "tabular grid h-4.5 min-w-4.5 place-items-center rounded-full bg-accent px-1 text-[11px] font-medium text-on-accent",
        className,
      )}
    >
      {count > 99 ? "99+" : count}
      <span className="sr-only"> new</span>
    </span>
  );
}

/** Ctrl/⌘ K for the palette; "g" and then a section's letter, unless someone is typing. */
function useShortcuts(items: NavigationItem[], openPalette: () => void) {
  const router = useRouter();
  useEffect(() => {
    let armedUntil = 0;
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        openPalette();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      if (event.key === "g") {
        armedUntil = Date.now() + 1_200;
        return;
      }
      const item = Date.now() < armedUntil && items.find(({ key }) => key === event.key);
      armedUntil = 0;
      if (item) {
        event.preventDefault();
        router.push(item.href);
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [items, openPalette, router]);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName));
