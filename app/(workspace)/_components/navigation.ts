import {
  Bell,
  Bookmark,
  CircleCheckBig,
  LayoutDashboard,
  type LucideIcon,
  MessagesSquare,
  RefreshCw,
  Settings,
  Target,
  Users,
  UsersRound,
} from "lucide-react";

type Role = "admin" | "analyst" | "viewer";

export interface NavigationItem {
  href: string;
  label: string;
  icon: LucideIcon;
  /** Key after "g" that opens it. */
  key: string;
  roles: readonly Role[];
}

const everyone = ["admin", "analyst", "viewer"] as const;

/** The sections of the product; side bar, phone bar, command palette and keys are all made from it. */
export const navigation: NavigationItem[] = [
  { href: "/", label: "Ask", icon: MessagesSquare, key: "a", roles: ["admin", "analyst"] },
  { href: "/boards", label: "Boards", icon: LayoutDashboard, key: "b", roles: everyone },
  { href: "/saved", label: "Saved", icon: Bookmark, key: "v", roles: ["admin", "analyst"] },
  { href: "/contacts", label: "Contacts", icon: Users, key: "c", roles: ["admin", "analyst"] },
  { href: "/segments", label: "Segments", icon: UsersRound, key: "m", roles: ["admin", "analyst"] },
  { href: "/goals", label: "Goals", icon: Target, key: "o", roles: everyone },
  { href: "/alerts", label: "Alerts", icon: Bell, key: "l", roles: ["admin", "analyst"] },
  { href: "/approvals", label: "Approvals", icon: CircleCheckBig, key: "p", roles: ["admin", "analyst"] },
  { href: "/sync", label: "Sync", icon: RefreshCw, key: "s", roles: everyone },
  { href: "/settings", label: "Settings", icon: Settings, key: "e", roles: everyone },
];

/** True when `path` lies in the section; "Ask" owns the front page and every chat. */
export function isCurrent(href: string, path: string): boolean {
  if (href === "/") return path === "/" || path.startsWith("/chat");
  return path === href || path.startsWith(`${href}/`);
}

const phoneSections = ["/", "/boards", "/contacts", "/approvals"];

/** Five fit into a phone's bar: all of them, or the most used and a menu with the others. */
export function onPhone(items: NavigationItem[]): { bar: NavigationItem[]; more: NavigationItem[] } {
  if (items.length <= 5) return { bar: items, more: [] };
  return {
    bar: items.filter(({ href }) => phoneSections.includes(href)),
    more: items.filter(({ href }) => !phoneSections.includes(href)),
  };
}
