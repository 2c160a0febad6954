import { cn } from "../_lib/cn";

/** The mark alone. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={cn("size-7 shrink-0", className)}>
      <rect width="32" height="32" rx="9" className="fill-[#17614f]" />
      <path
        d="M10 8v16M10 17.5 19.5 8M14 14l8 10"
        fill="none"
        stroke="#f4efe4"
        strokeWidth="3"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

/** Mark and name. */
export function Wordmark({ className }: { className?: string }) {
  return (
    <span className={cn("flex items-center gap-2.5", className)}>
      <Mark />
      <span className="text-[17px] font-semibold tracking-tight">Keapsake</span>
    </span>
  );
}
