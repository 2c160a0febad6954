import { cva, type VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import type { ComponentProps } from "react";
import { cn } from "../_lib/cn";

export const buttonStyles = cva(
  "inline-flex select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors disabled:cursor-not-allowed disabled:opacity-55",
  {
    variants: {
      variant: {
        primary: "bg-accent text-on-accent hover:bg-accent-strong",
        secondary: "border border-line bg-surface text-ink shadow-card hover:bg-sunken",
        ghost: "text-muted hover:bg-sunken hover:text-ink dark:hover:bg-raised",
        danger: "border border-negative/35 bg-surface text-negative hover:bg-negative-soft",
      },
      size: {
        small: "h-8 px-2.5 text-[13px]",
        medium: "h-9 px-3.5 text-sm",
        large: "h-11 px-5 text-[15px]",
        icon: "size-8",
      },
    },
    defaultVariants: { variant: "secondary", size: "medium" },
  },
);

type ButtonProps = ComponentProps<"button"> & VariantProps<typeof buttonStyles> & { busy?: boolean };

/** A button; while `busy` it is disabled and shows that work is under way (keep the label saying what). */
export function Button({ variant, size, busy = false, className, children, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={cn(buttonStyles({ variant, size }), className)}
    >
      {busy && <LoaderCircle aria-hidden className="size-4 animate-spin" />}
      {children}
    </button>
  );
}
