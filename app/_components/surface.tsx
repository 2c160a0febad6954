import type { LucideIcon } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "../_lib/cn";

/** A bordered panel. */
export function Card({ className, ...rest }: ComponentProps<"div">) {
  return <div {...rest} className={cn("rounded-xl border border-line bg-surface shadow-card", className)} />;
}

/** The head of a page: what it is, one line about it, and what can be done. */
export function PageHeader({
  title,
  description,
  actions,
}: {
  title: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <header className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        <h1 className="text-xl font-semibold tracking-tight text-balance">{title}</h1>
        {description && <p className="mt-1 max-w-2xl text-sm text-muted">{description}</p>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}

/** The frame of every page except chat. */
export function Page({ children, wide = false }: { children: ReactNode; wide?: boolean }) {
  return (
    <div className={cn("mx-auto w-full px-4 py-6 sm:px-8 sm:py-8", wide ? "max-w-[1560px]" : "max-w-6xl")}>
      {children}
    </div>
  );
}

/** What stands where data would be: says what belongs here and what to do about it. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  action,
  tone = "plain",
  className,
}: {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  tone?: "plain" | "error";
  className?: string;
}) {
  return (
    <div
      role={tone === "error" ? "alert" : undefined}
      className={cn(
        "flex flex-col items-center justify-center rounded-xl border border-dashed border-line-strong/40 px-6 py-14 text-center",
        className,
      )}
    >
      <span
        className={cn(
          "mb-3 grid size-10 place-items-center rounded-full",
          tone === "error" ? "bg-negative-soft text-negative" : "bg-accent-soft text-accent",
        )}
      >
        <Icon aria-hidden className="size-5" />
      </span>
      <p className="font-medium">{title}</p>
      {children && <div className="mt-1 max-w-md text-sm text-pretty text-muted">{children}</div>}
      {action && <div className="mt-4">{action}</div>}
    </div>
  );
}

type BadgeTone = "neutral" | "accent" | "positive" | "negative" | "warning" | "info";

const badgeTones: Record<BadgeTone, string> = {
  neutral: "bg-sunken text-muted dark:bg-raised",
  accent: "bg-accent-soft text-accent",
  positive: "bg-positive-soft text-positive",
  negative: "bg-negative-soft text-negative",
  warning: "bg-warning-soft text-warning",
  info: "bg-info-soft text-info",
};

/** A small word of state; the word carries the meaning, the colour repeats it. */
export function Badge({
  tone = "neutral",
  pulse = false,
  className,
  children,
  ...rest
}: ComponentProps<"span"> & { tone?: BadgeTone; pulse?: boolean }) {
  return (
    <span
      {...rest}
      className={cn(
        "inline-flex items-center gap-1.5 whitespace-nowrap rounded-full px-2 py-0.5 text-xs font-medium",
        badgeTones[tone],
        className,
      )}
    >
      {pulse && <span aria-hidden className="size-1.5 rounded-full bg-current animate-breathe" />}
      {children}
    </span>
  );
}

/** A grey block in the shape of what is coming; hidden from screen readers, which get `label` once. */
export function Skeleton({ className, label }: { className?: string; label?: string }) {
  return (
    <div
      className={cn("rounded-md bg-line/70 animate-breathe", className)}
      role={label ? "status" : undefined}
    >
      {label && <span className="sr-only">{label}</span>}
    </div>
  );
}
