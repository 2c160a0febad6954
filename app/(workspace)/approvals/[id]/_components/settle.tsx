"use client";

import { useTransition } from "react";
import { Button } from "../../../../_components/button";
import { useToast } from "../../../../_components/toast";
import { settleHeld } from "../../actions";

/** Two answers to "did it happen?", for a call whose outcome nobody knows. */
export function Settle({ proposal, contact }: { proposal: string; contact: string }) {
  const [pending, start] = useTransition();
  const notify = useToast();
  const say = (happened: boolean) =>
    start(async () => {
      const { ok, message } = await settleHeld(proposal, contact, happened);
      notify(message, ok ? "success" : "error");
    });
  return (
    <span className="mt-1.5 flex flex-wrap items-center gap-1.5">
      <span className="text-xs text-muted">Looked in Keap?</span>
      <Button size="small" disabled={pending} onClick={() => say(true)}>
        It happened
      </Button>
      <Button size="small" disabled={pending} onClick={() => say(false)}>
        It did not
      </Button>
    </span>
  );
}
