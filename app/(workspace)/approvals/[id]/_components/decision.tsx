"use client";

import { Check, X } from "lucide-react";
import { useState, useTransition } from "react";
import { Button } from "../../../../_components/button";
import { Card } from "../../../../_components/surface";
import { useToast } from "../../../../_components/toast";
import { plural } from "../../../../_lib/format";
import { approveProposal, rejectProposal } from "../../actions";

/** Approve or reject, for an admin. */
export function Decision({ id, people }: { id: string; people: number }) {
  const [pending, start] = useTransition();
  const [which, setWhich] = useState<"approve" | "reject" | null>(null);
  const notify = useToast();
  const decide = (choice: "approve" | "reject") => {
    setWhich(choice);
    start(async () => {
      const { ok, message } = await (choice === "approve" ? approveProposal(id) : rejectProposal(id));
      notify(message, ok ? "success" : "error");
    });
  };
  return (
    <Card className="space-y-2 p-4">
      <Button
        variant="primary"
        className="w-full"
        busy={pending && which === "approve"}
        disabled={pending}
        onClick={() => decide("approve")}
      >
        <Check aria-hidden className="size-4" /> Approve for {plural(people, "person", "people")}
      </Button>
      <Button
        className="w-full"
        busy={pending && which === "reject"}
        disabled={pending}
        onClick={() => decide("reject")}
      >
        <X aria-hidden className="size-4" /> Reject
      </Button>
      <p className="text-xs text-muted">
        Approving changes exactly these people in Keap, nothing else. It is written to the audit log under
        your name.
      </p>
    </Card>
  );
}
