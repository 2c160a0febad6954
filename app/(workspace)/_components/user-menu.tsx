"use client";

import { Check, ChevronsUpDown, LogOut } from "lucide-react";
import { Menu, MenuItem, MenuLabel, MenuSeparator } from "../../_components/menu";
import { signOut } from "../../sign-in/actions";
import { switchAccount } from "../actions";
import type { ShellProps } from "./shell";
import { ThemeToggle } from "./theme-toggle";

/** Who is signed in, to which account; switch account, sign out. On a phone it also holds the theme. */
export function UserMenu({
  account,
  accountId,
  accounts,
  email,
  role,
  compact = false,
}: ShellProps & { compact?: boolean }) {
  return (
    <Menu
      side={compact ? "bottom" : "top"}
      align={compact ? "end" : "start"}
      trigger={
        compact ? (
          <button
            type="button"
            aria-label={`Account of ${email}`}
            className="grid size-8 place-items-center rounded-full bg-accent-soft text-[13px] font-semibold text-accent"
          >
            {initial(email)}
          </button>
        ) : (
          <button
            type="button"
            className="flex w-full items-center gap-2.5 rounded-md px-1.5 py-1.5 text-left hover:bg-line/60"
          >
            <span
              aria-hidden
              className="grid size-7 shrink-0 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent"
            >
              {initial(email)}
            </span>
            <span className="min-w-0 flex-1 leading-tight">
              <span className="block truncate text-[13px] font-medium">{account}</span>
              <span className="block truncate text-xs text-muted">{email}</span>
            </span>
            <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-muted" />
          </button>
        )
      }
    >
      <MenuLabel>
        {email} · {role}
      </MenuLabel>
      {accounts.length > 1 && (
        <>
          <MenuSeparator />
          {accounts.map(({ id, name }) => (
            <MenuItem key={id} onSelect={() => void switchAccount(id)}>
              <Check aria-hidden className={`size-4 ${id === accountId ? "" : "invisible"}`} />
              {name}
            </MenuItem>
          ))}
        </>
      )}
      {compact && (
        <div className="px-1.5 py-1">
          <ThemeToggle />
        </div>
      )}
      <MenuSeparator />
      <MenuItem onSelect={() => void signOut()}>
        <LogOut aria-hidden className="size-4" /> Sign out
      </MenuItem>
    </Menu>
  );
}

const initial = (email: string) => (email[0] ?? "?").toUpperCase();
