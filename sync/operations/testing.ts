import type { SyncWorld } from "../testing/world";
import { createRpc, type OperationDeps } from "./deps";

/** The operations of a test's world, asked for by the command line. */
export function operationsOf(world: SyncWorld, actor = "cli"): OperationDeps {
  return { ...world.deps, rpc: createRpc(world.database.service), actor };
}
