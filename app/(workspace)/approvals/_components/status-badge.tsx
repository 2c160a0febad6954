import type { ProposalStatus } from "@/supabase/contract/proposals";
import { Badge } from "../../../_components/surface";

type Tone = "neutral" | "accent" | "positive" | "negative" | "warning" | "info";

const looks: Record<ProposalStatus, { tone: Tone; text: string; moving?: boolean }> = {
  proposed: { tone: "accent", text: "Waiting for a decision" },
  approved: { tone: "info", text: "Approved, about to start", moving: true },
  executing: { tone: "info", text: "Being carried out", moving: true },
  done: { tone: "positive", text: "Done" },
  partly: { tone: "warning", text: "Partly done" },
  failed: { tone: "negative", text: "Failed" },
  rejected: { tone: "neutral", text: "Rejected" },
  expired: { tone: "neutral", text: "Expired" },
  undone: { tone: "neutral", text: "Undone" },
};

export function StatusBadge({ status }: { status: ProposalStatus }) {
  const { tone, text, moving = false } = looks[status];
  return (
    <Badge tone={tone} pulse={moving}>
      {text}
    </Badge>
  );
}
