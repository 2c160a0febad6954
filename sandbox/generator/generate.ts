import type { KeapAccount } from "../account";
import { buildCatalog } from "./build-catalog";
import { buildContacts, storeContacts } from "./build-contacts";
import { createLedger } from "./ledger";
import { simulateCustomers } from "./simulate-customers";
import { createWorld, type GenerateOptions } from "./world";

export type { GenerateOptions } from "./world";

/**
 * Makes the demo business, Northlight Studio, as a whole Keap account: three years of history that end the day
 * before `endDate`. Deterministic: the same options give the same account, byte for byte, on any machine.
 * What is planted in it for analysis to find is in `sandbox/README.md`.
 */
export function generateAccount(options: GenerateOptions): KeapAccount {
  const world = createWorld(options);
  buildCatalog(world);
  buildContacts(world);
  const ledger = createLedger(world);
  simulateCustomers(world, ledger);
  ledger.settle();
  storeContacts(world);
  return world.account;
}
