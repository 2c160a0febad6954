import { tagPerson } from "./build-contacts";
import { dayMs, localDate, minuteMs, timeText } from "./calendar";
import { unknownSource } from "./catalog-sources";
import type { Ledger } from "./ledger";
import { createRandom, type Random } from "./random";
import { scheduleMembership, simulateMembership } from "./simulate-members";
import { buyCoaching, draftQuote, shopRules, simulateShop, takeFreeGuide } from "./simulate-shop";
import { drawTimeOn } from "./traffic";
import { hits, type Person, type World } from "./world";

/** Of the people who buy: what they buy first. */
const paths = [
  ["shop", 58],
  ["member", 27],
  ["both", 9],
  ["coaching", 6],
] as const;

/** Days until the first purchase of somebody who buys: at once, after a few mails, or much later; within a year. */
function drawDelay(random: Random): number {
  const kind = random.next();
  if (kind < 0.3) return random.int(2, 50) * minuteMs;
  const days = kind < 0.62 ? random.exponential(6) : random.exponential(80);
  return Math.max(1, Math.min(360, days)) * dayMs;
}

/** Conversion by lead source is planted here: `conversion` of its leads buy within a year. */
function drawFirstPurchase(world: World, person: Person, random: Random): number | undefined {
  const share = person.source?.conversion ?? unknownSource.conversion;
  if (!hits(world, `conversion:${person.source?.key}`, share)) return undefined;
  const delay = drawDelay(random);
  const at = person.created + delay;
  return delay < dayMs ? at : Math.max(drawTimeOn(random, localDate(at)), person.created + 60 * minuteMs);
}

function tagInterests(world: World, person: Person, random: Random): void {
  const at = person.created;
  tagPerson(world, person, "lead", at);
  if (person.email) tagPerson(world, person, "newsletter", at + minuteMs);
  if (random.chance(0.35)) tagPerson(world, person, "news_weekly", at + random.int(1, 9) * dayMs);
  for (const [key, share] of [
    ["likes_drawing", 0.3],
    ["likes_watercolor", 0.34],
    ["likes_ceramics", 0.16],
    ["likes_portrait", 0.12],
    ["beginner", 0.4],
    ["advanced", 0.1],
    ["teacher", 0.04],
    ["quiz", 0.14],
    ["minicourse", 0.1],
    ["vip_lower", 0.006],
    ["check_address", 0.01],
  ] as const) {
    if (random.chance(share)) tagPerson(world, person, key, at + random.int(0, 20) * dayMs);
  }
  if (person.record.source_type === "IMPORT") tagPerson(world, person, "import_2023", at);
  if (person.record.addresses?.[0]?.region_code === "US-ME")
    tagPerson(world, person, "news_local", at + dayMs);
  if (person.source?.key === "openstudio") tagPerson(world, person, "open_studio", at);
  if (person.source?.key === "webinar") {
    tagPerson(world, person, "webinar_registered", at);
    tagPerson(
      world,
      person,
      random.chance(0.55) ? "webinar_attended" : "webinar_noshow",
      at + random.int(1, 6) * dayMs,
    );
  }
}

/** Runs every person's life with the business: interests, purchases, memberships. */
export function simulateCustomers(world: World, ledger: Ledger): void {
  for (const person of world.people) {
    const random = createRandom(world.seed, "customer", person.index);
    tagInterests(world, person, random);
    const first = drawFirstPurchase(world, person, random);
    // Who buys is warmer than who does not: opens and clicks tell them apart, though not well.
    person.warmth **= first === undefined ? 1.35 : 0.7;
    const path = random.weighted(paths);
    const guideAt = person.created + random.int(1, 30) * minuteMs;
    if (
      person.record.source_type !== "IMPORT" &&
      random.chance(shopRules.freeGuideShare) &&
      guideAt < world.end
    ) {
      takeFreeGuide(world, ledger, person, guideAt);
    }
    const quoteAt = person.created + random.int(5, 60) * dayMs;
    if (random.chance(shopRules.draftShare) && quoteAt < world.end)
      draftQuote(world, ledger, person, random, quoteAt);
    if (first === undefined || first >= world.end) continue;
    if (path === "shop" || path === "both") simulateShop(world, ledger, person, first);
    if (path === "member") simulateMembership(world, ledger, person, first);
    if (path === "both") {
      const joined = drawTimeOn(random, localDate(first + random.int(3, 120) * dayMs));
      if (joined < world.end) simulateMembership(world, ledger, person, joined);
    }
    if (path === "coaching") {
      buyCoaching(world, ledger, person, random, first);
      if (random.chance(0.4)) {
        const joined = first + random.int(80, 150) * dayMs;
        if (joined < world.end) simulateMembership(world, ledger, person, joined);
      }
    }
    if (person.subscriptions.length === 0 && random.chance(0.006))
      scheduleMembership(world, ledger, person, random);
    finishCustomer(world, person);
  }
}

/** What the account notes about people who bought. */
function finishCustomer(world: World, person: Person): void {
  person.order_times.sort((a, b) => a - b);
  const last = person.order_times[person.order_times.length - 1];
  if (last === undefined) return;
  person.record.contact_type = "Customer";
  person.record.update_time = timeText(Math.min(last + 3 * minuteMs, world.end - minuteMs));
  if (person.spent_minor > 100_000) tagPerson(world, person, "vip", last);
}
