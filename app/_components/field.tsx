import type { ComponentProps, ReactNode } from "react";
import { cn } from "../_lib/cn";

export const controlStyles =
  "w-full rounded-md border border-line-strong/60 bg-surface px-3 text-sm text-ink shadow-card placeholder:text-muted hover:border-line-strong focus-visible:border-ring disabled:opacity-60";

/** A labelled control with an optional hint and error; the error is announced with the control. */
export function Field({
  label,
  hint,
  error,
  htmlFor,
  children,
  className,
}: {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  htmlFor: string;
  children: ReactNode;
  className?: string;
}) {
  return (
    <div className={cn("flex flex-col gap-1.5", className)}>
      <label htmlFor={htmlFor} className="text-[13px] font-medium">
        {label}
      </label>
      {children}
      {hint && !error && <p className="text-xs text-muted">{hint}</p>}
      {error && (
        <p id={`${htmlFor}-error`} className="text-xs text-negative">
          {error}
        </p>
      )}
    </div>
  );
}

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input {...rest} className={cn(controlStyles, "h-9", className)} />;
}

export function Select({ className, children, ...rest }: ComponentProps<"select">) {
  return (
    <select {...rest} className={cn(controlStyles, "h-9 pr-8", className)}>
      {children}
    </select>
  );
}
