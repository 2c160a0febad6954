import type { KeapAccount } from "../account";
import { buildActivity } from "./build-activity";
import { buildCampaigns } from "./build-campaigns";
import { buildCatalog } from "./build-catalog";
import { buildContacts, storeContacts } from "./build-contacts";
import { buildDeals, buildStages } from "./build-deals";
import { buildEngagement } from "./build-engagement";
import { buildFields, fillContactFields } from "./build-fields";
import { buildAffiliates, buildCompanies, buildLinks } from "./build-relations";
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
  buildFields(world);
  buildStages(world);
  buildCompanies(world);
  buildAffiliates(world);
  buildLinks(world);
  const ledger = createLedger(world);
  simulateCustomers(world, ledger);
  buildDeals(world, ledger);
  ledger.settle();
  buildEngagement(world);
  buildActivity(world);
  buildCampaigns(world);
  fillContactFields(world);
  storeContacts(world);
  return world.account;
}
