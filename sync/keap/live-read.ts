import type { KeapClient } from "./client";
import { KeapError } from "./errors";

type Kind = "contact" | "company" | "order" | "subscription" | "tag" | "product" | "opportunity" | "task";

type LiveRead =
  | { state: "found"; record: Record<string, unknown> }
  | { state: "absent" }
  | { state: "unavailable"; reason: string };

/** One record as Keap holds it this moment, on a quota lane of its own that stands back behind people and hooks. */
export function createLiveReader(keap: KeapClient) {
  const lookup = keap.inLane("lookup");
  const readers: Record<Kind, (id: string) => Promise<Record<string, unknown>>> = {
    contact: (id) => lookup.contacts.get(id),
    company: (id) => lookup.companies.get(id),
    order: (id) => lookup.orders.get(id),
    subscription: (id) => lookup.subscriptions.get(id),
    tag: (id) => lookup.tags.get(id),
    product: (id) => lookup.products.get(id),
    opportunity: (id) => lookup.opportunities.get(id),
    task: (id) => lookup.tasks.get(id),
  };
  return {
    async find(kind: Kind, keapId: number): Promise<LiveRead> {
      try {
        return { state: "found", record: await readers[kind](String(keapId)) };
      } catch (error) {
        if (error instanceof KeapError && error.kind === "not_found") return { state: "absent" };
        return {
          state: "unavailable",
          reason: error instanceof KeapError ? error.message : "Keap did not answer.",
        };
      }
    },
  };
}
