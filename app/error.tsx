"use client";

import { CircleAlert, RotateCw } from "lucide-react";
import { Button } from "./_components/button";
import { EmptyState } from "./_components/surface";

/** What stands in place of a page that failed. The server keeps the cause under the reference shown. */
export default function ErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  const digest = (error as { digest?: string } | null)?.digest;
  return (
    <div className="mx-auto max-w-xl px-4 py-16">
      <EmptyState
        icon={CircleAlert}
        tone="error"
        title="This page could not be loaded"
        action={
          <Button onClick={() => retry()}>
            <RotateCw aria-hidden className="size-4" /> Try again
          </Button>
        }
      >
        <p>
          Most often the database is starting or out of reach. Nothing was changed. If it goes on, run{" "}
          <code className="font-mono text-ink">npm run doctor</code>.
        </p>
        {digest && <p className="mt-2 font-mono text-xs">Reference {digest}</p>}
      </EmptyState>
    </div>
  );
}
