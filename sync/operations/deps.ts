import type { SupabaseClient } from "@/supabase/client";
import type { SyncDeps } from "../context";
import { StoreError } from "../stores/supabase";

/** Calls one `sync_…` function of the database as the service. */
export type Rpc = <T>(name: string, args: Record<string, unknown>) => Promise<T>;

/** What an operation needs: the sync's own dependencies, the database's functions, and who asks. */
export interface OperationDeps extends SyncDeps {
  rpc: Rpc;
  /** Who decides, as it is written in the audit log: `user:<uuid>` (an admin of the account) or a name such as `cli`. */
  actor: string;
}

export function createRpc(service: SupabaseClient): Rpc {
  return async <T>(name: string, args: Record<string, unknown>) => {
    const { data, error } = await service.rpc(name, args);
    if (error) {
      if (/^(22023|P0002|42501)$/.test(error.code ?? "")) throw new Refusal(error.message);
      throw new StoreError(name, error.message, error.code ?? null);
    }
    return data as T;
  };
}

/** What was asked for cannot be done, for a reason the person who asked can act on. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** In parts of at most `size`, so that no call grows long. */
export function inParts<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < items.length; at += size) parts.push(items.slice(at, at + size));
  return parts;
}
