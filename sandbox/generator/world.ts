import { createEmptyAccount, type KeapAccount, type KeapTables, type TableName } from "../account";
import type { ContactRecord, SubscriptionRecord } from "../records";
import { addMonths, atLocal, dayMs, startOfMonth } from "./calendar";
import type { LeadSourceSeed } from "./catalog-sources";
import type { City, Country } from "./places";
import { createRandom } from "./random";

export type Detail = "full" | "lean" | "sparse";

/** What the generated account is made of. */
export interface GenerateOptions {
  /** Same seed, same account, byte for byte. */
  seed: number | string;
  /** How many contacts to draw: 100 to 1,000,000. Merged and deleted ones leave gaps in the ids, not in the count. */
  contacts: number;
  /** The day the history ends before (`2026-11-23`, or an instant on that day). Nothing happens at or after its 00:00 UTC. */
  endDate: string | Date;
  /**
   * How much hangs on each contact. `full`: all of it. `lean`: a quarter of the mail, a fifth of the notes and tasks,
   * half the deals. `sparse`: no mail and hardly any notes. Default: full up to 20,000 contacts, lean up to 200,000.
   */
  detail?: Detail;
  /** Business currency; amounts keep their numbers. */
  currency?: string;
}

/** Years of history before the end date. */
export const historyYears = 3;

/** A person while the account is being made: the record and what the simulation knows beyond it. */
export interface Person {
  index: number;
  record: ContactRecord;
  created: number;
  email: string | undefined;
  country: Country;
  city: City;
  source: LeadSourceSeed | undefined;
  /** 0 to 1: how much this person likes the business. Drives opens, clicks, repeats and staying. */
  warmth: number;
  tags: Map<string, number>;
  /** Contact id of an affiliate's referral, when one brought this person. */
  affiliate_id?: string;
  /** Payment method of the person's card. */
  card_id?: string;
  spent_minor: number;
  /** Instants of the person's paid orders, ascending. */
  order_times: number[];
  subscriptions: SubscriptionRecord[];
}

/** The account being filled and the dates everything refers to. */
export interface World {
  account: KeapAccount;
  seed: string;
  size: number;
  detail: Detail;
  /** First local date of the history, as midnight UTC. */
  startDate: number;
  /** First instant of the history. */
  start: number;
  /** Nothing happens at or after this instant. */
  end: number;
  /** Planted: from this local date new memberships cost more. */
  priceChange: number;
  /** Planted: running memberships cost more from their first bill on or after this local date. */
  priceChangeExisting: number;
  people: Person[];
  /** Contacts that are gone because they were merged into another one. */
  merges: { merged_id: string; survivor: Person; at: number }[];
  /** Record ids by catalog key: products, plans, tags, lead sources … */
  ids: Map<string, string>;
  /** Running totals of `hits`. */
  quotas: Map<string, number>;
}

/** The months between the price change for new members and the end of the history. */
export const priceChangeMonthsAgo = 14;
/** Members who were there already keep their price for this many months. */
export const grandfatheredMonths = 3;

export function createWorld({ seed, contacts, endDate, detail, currency }: GenerateOptions): World {
  const given = typeof endDate === "string" ? new Date(endDate) : endDate;
  if (Number.isNaN(given.getTime())) {
    throw new RangeError(`The end date "${String(endDate)}" is not a date. Give one such as 2026-11-23.`);
  }
  if (!Number.isInteger(contacts) || contacts < 0 || contacts > 1_000_000) {
    throw new RangeError(`Cannot generate ${contacts} contacts. Give a whole number up to 1,000,000.`);
  }
  const end = Math.floor(given.getTime() / dayMs) * dayMs;
  const startDate = addMonths(end, -12 * historyYears);
  const priceChange = addMonths(startOfMonth(end), -priceChangeMonthsAgo);
  return {
    account: createEmptyAccount({
      name: "Northlight Studio",
      email: "hello@northlight.example",
      website: "https://northlight.example",
      phone: "(207) 555-0100",
      address: {
        line1: "12 Wharf Street",
        locality: "Portland",
        region: "Maine",
        country_code: "USA",
        postal_code: "04101",
      },
      ...(currency && { currency_code: currency }),
    }),
    seed: String(seed),
    size: contacts,
    detail: detail ?? (contacts > 200_000 ? "sparse" : contacts > 20_000 ? "lean" : "full"),
    startDate,
    start: atLocal(startDate, 0),
    end,
    priceChange,
    priceChangeExisting: addMonths(priceChange, grandfatheredMonths),
    people: [],
    merges: [],
    ids: new Map(),
    quotas: new Map(),
  };
}

/** Puts a finished record into its table. Ids must ascend: lists by id rely on the order of the map. */
export function put<K extends TableName>(world: World, table: K, record: KeapTables[K]): void {
  const map = world.account[table] as Map<number, KeapTables[K]>;
  const id = Number(record.id);
  map.set(id, record);
  world.account.lastIds.set(table, id);
}

/** The id of something of the catalog, such as `product:kiln`. */
export function idOf(world: World, key: string): string {
  const id = world.ids.get(key);
  if (id === undefined) throw new Error(`Nothing in the catalog is called "${key}".`);
  return id;
}

/**
 * True for exactly `share` of the calls with a label, spread evenly: what is planted must be found in a small
 * account too, where independent draws would blur it.
 */
export function hits(world: World, label: string, share: number): boolean {
  const before = world.quotas.get(label) ?? createRandom(world.seed, "quota", label).next();
  const after = before + share;
  world.quotas.set(label, after);
  return Math.floor(after) > Math.floor(before);
}
