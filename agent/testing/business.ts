import { type Paid, pay, type Sale, sell } from "@/analytics/testing/sell";
import type { World } from "@/analytics/testing/world";
import { testNames } from "./offline";

/** Numbers from a seed (mulberry32), so that every run sees the same business. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const places = [
  { country_code: "USA", region_code: "US-CA" },
  { country_code: "USA", region_code: "US-TX" },
  { country_code: "USA", region_code: "US-NY" },
  { country_code: "CAN", region_code: "CA-ON" },
  { country_code: "GBR", region_code: "GB-ENG" },
  { country_code: "DEU", region_code: "DE-BE" },
];
const prices = [49_700, 4_900, 25_000, 9_900, 79_900];
const firstDay = Date.UTC(2023, 10, 1);
const days = 1_117;

/** A small business over three years up to 22 November 2026, with the names the parser tests know. */
export async function makeBusiness(world: World, { people = 120, orders = 400 } = {}): Promise<void> {
  const next = random(7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const named = (kind: string) => testNames.filter((name) => name.kind === kind).map(({ value }) => value);
  const at = (day: number) =>
    new Date(firstDay + day * 86_400_000 + Math.floor(next() * 86_400_000)).toISOString();

  await world.insert(
    "lead_sources",
    named("lead_source").map((name, index) => ({ keap_id: 1 + index, name })),
  );
  await world.insert(
    "products",
    named("product").map((name, index) => ({ keap_id: 1 + index, name })),
  );
  const tags = await world.insert(
    "tags",
    named("tag").map((name, index) => ({ keap_id: 1 + index, name })),
  );
  const contacts = await world.insert(
    "contacts",
    Array.from({ length: people }, (_, index) => ({
      keap_id: 1 + index,
      given_name: index === 0 ? "Ann" : `Person ${index}`,
      family_name: index === 0 ? "Smith" : "Example",
      email: `person${index}@example.test`,
      keap_created_at: at(Math.floor(next() * days)),
      addresses: { BILLING: pick(places) },
      lead_source_keap_id: 1 + Math.floor(next() * 4),
      first_lead_source_keap_id: 1 + Math.floor(next() * 4),
    })),
  );
  await world.insert(
    "contact_tags",
    contacts.flatMap((_, index) =>
      tags.flatMap((__, tag) =>
        next() < 0.2 ? [{ contact_keap_id: 1 + index, tag_keap_id: 1 + tag, applied_at: at(800) }] : [],
      ),
    ),
  );
  const sales: Sale[] = [];
  const payments: Paid[] = [];
  for (let id = 1; id <= orders; id++) {
    const product = 1 + Math.floor(next() * prices.length);
    const quantity = next() < 0.2 ? 2 : 1;
    const price = prices[product - 1] ?? 1_000;
    const day = at(Math.floor(next() * days));
    const contact = 1 + Math.floor(next() * people);
    const total = price * quantity;
    sales.push({ keap_id: id, contact, at: day, total, items: [{ product, price, quantity }] });
    payments.push({ keap_id: id, contact, orders: [id], at: day, amount: total });
    if (next() < 0.05)
      payments.push({
        keap_id: 10_000 + id,
        contact,
        orders: [id],
        at: day,
        amount: total,
        kind: "refund",
        refund_of: id,
      });
  }
  await world.insert("campaigns", [
    {
      keap_id: 70,
      name: "Win Back",
      is_published: true,
      goals: [{ id: "701", name: "Ask to come back", type: "API" }],
      sequences: [{ id: "702", name: "Reminder Emails" }],
    },
  ]);
  const { error } = await world.database.service.rpc("create_board", {
    p_account: world.account.id,
    p_name: "Sales overview",
  });
  if (error) throw new Error(error.message);
  await sell(world, sales);
  await pay(world, payments);
}
