"use client";

import { Trash2 } from "lucide-react";
import { useTransition } from "react";
import { Button } from "../../../_components/button";
import { useToast } from "../../../_components/toast";
import { type ActionResult, deleteAlert, deleteSegment, markRead, setAlert } from "../actions";
import { PreviewAlert } from "./preview-alert";

function useAct() {
  const [pending, start] = useTransition();
  const notify = useToast();
  const act = (run: () => Promise<ActionResult>) =>
    start(async () => {
      const { ok, message } = await run();
      notify(message, ok ? "success" : "error");
    });
  return { pending, act };
}

/** On or off, and away. */
export function AlertActions({ id, name, enabled }: { id: string; name: string; enabled: boolean }) {
  const { pending, act } = useAct();
  return (
    <div className="flex items-center gap-1.5">
      <PreviewAlert id={id} name={name} />
      <Button size="small" disabled={pending} onClick={() => act(() => setAlert(id, !enabled))}>
        {enabled ? "Switch off" : "Switch on"}
      </Button>
      <Button
        size="icon"
        variant="ghost"
        aria-label={`Delete the alert ${name}`}
        disabled={pending}
        onClick={() => act(() => deleteAlert(id))}
      >
        <Trash2 aria-hidden className="size-4" />
      </Button>
    </div>
  );
}

export function DeleteSegment({ id, name }: { id: string; name: string }) {
  const { pending, act } = useAct();
  return (
    <Button
      size="icon"
      variant="ghost"
      aria-label={`Delete the segment ${name}`}
      disabled={pending}
      onClick={() => act(() => deleteSegment(id))}
    >
      <Trash2 aria-hidden className="size-4" />
    </Button>
  );
}

export function MarkRead() {
  const [pending, start] = useTransition();
  return (
    <Button size="small" variant="ghost" busy={pending} onClick={() => start(() => markRead())}>
      Mark all as read
    </Button>
  );
}
