"use client";

import { CheckCircle2, CircleAlert, X } from "lucide-react";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from "react";

type Tone = "success" | "error";
type Toast = { id: number; tone: Tone; text: string };
type Notify = (text: string, tone?: Tone) => void;

const ToastContext = createContext<Notify>(() => undefined);

/** Says something short after an action: `const notify = useToast(); notify("Pinned to Sales")`. */
export const useToast = (): Notify => useContext(ToastContext);

/** Holds the messages; a success leaves after five seconds, an error stays until it is closed. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const next = useRef(1);
  const close = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const notify = useCallback<Notify>(
    (text, tone = "success") => {
      const id = next.current++;
      setToasts((all) => [...all.slice(-2), { id, tone, text }]);
      if (tone === "success") setTimeout(() => close(id), 5_000);
    },
    [close],
  );
  const value = useMemo(() => notify, [notify]);
  return (
    <ToastContext value={value}>
      {children}
      <section
        aria-label="Messages"
        aria-live="polite"
        className="pointer-events-none fixed inset-x-4 bottom-4 z-50 flex flex-col items-center gap-2 sm:left-auto sm:items-end"
      >
        {toasts.map((toast) => (
          <div
            key={toast.id}
            className="pointer-events-auto flex max-w-sm items-start gap-2.5 rounded-lg border border-line bg-raised px-3.5 py-2.5 text-sm shadow-pop animate-rise"
          >
            {toast.tone === "success" ? (
              <CheckCircle2 aria-hidden className="mt-0.5 size-4 shrink-0 text-positive" />
            ) : (
              <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-negative" />
            )}
            <span>{toast.text}</span>
            <button
              type="button"
              onClick={() => close(toast.id)}
              className="-mr-1 ml-1 rounded p-0.5 text-muted hover:text-ink"
              aria-label="Close message"
            >
              <X aria-hidden className="size-4" />
            </button>
          </div>
        ))}
      </section>
    </ToastContext>
  );
}
