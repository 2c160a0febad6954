"use client";

import { Undo2 } from "lucide-react";
import { useTransition } from "react";
import { Button } from "../../../../_components/button";
import { Card } from "../../../../_components/surface";
import { useToast } from "../../../../_components/toast";
import { undoProposal } from "../../actions";

/** Takes a carried-out proposal back, for an admin. */
export function Undo({ id, partly }: { id: string; partly: boolean }) {
  const [pending, start] = useTransition();
  const notify = useToast();
  return (
    <Card className="space-y-2 p-4">
      <Button
        className="w-full"
        busy={pending}
        onClick={() =>
          start(async () => {
            const { ok, message } = await undoProposal(id);
            notify(message, ok ? "success" : "error");
          })
        }
      >
        <Undo2 aria-hidden className="size-4" /> Undo
      </Button>
      <p className="text-xs text-muted">
        {partly
          ? "Tasks it made are marked as completed; they are not deleted."
          : "Puts people back as they were before. What somebody changed since stays."}
      </p>
    </Card>
  );
}
