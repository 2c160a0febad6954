import { Badge } from "./surface";

type State = "synced" | "pending" | "pushing" | "conflict" | "error" | "held";

const looks: Record<
  State,
  { tone: "positive" | "info" | "warning" | "negative"; text: string; moving?: boolean }
> = {
  synced: { tone: "positive", text: "In sync" },
  pending: { tone: "info", text: "Waiting for Keap", moving: true },
  pushing: { tone: "info", text: "Sending to Keap", moving: true },
  conflict: { tone: "warning", text: "Conflict" },
  error: { tone: "negative", text: "Not sent" },
  held: { tone: "warning", text: "Held" },
};

/** Where a record stands between here and Keap. */
export function SyncBadge({ state }: { state: State }) {
  const { tone, text, moving = false } = looks[state];
  return (
    <Badge tone={tone} pulse={moving}>
      {text}
    </Badge>
  );
}

export const isOnItsWay = (state: State): boolean => state === "pending" || state === "pushing";
