import type { AddressRecord, ContactRecord, UtmRecord } from "../records";
import { dateText, dayMs, hourMs, minuteMs, timeText } from "./calendar";
import { type LeadSourceSeed, leadSourceSeeds, unknownSource } from "./catalog-sources";
import { drawName, type PersonName } from "./names";
import { type City, type Country, countryWeights, drawPhone } from "./places";
import { createRandom, type Random, type Weighted } from "./random";
import { drawArrivals } from "./traffic";
import { idOf, type Person, put, type World } from "./world";

/** Shares of the people: what a hygiene report should find. */
export const contactShares = {
  withoutEmail: 0.04,
  duplicate: 0.03,
  /** Ids that are gone: merged into another contact, or deleted. */
  gap: 0.022,
  import: 0.05,
  withPhone: 0.62,
  withAddress: 0.7,
  withCompany: 0.06,
} as const;

/** Mail domains nobody can own: RFC 2606. */
const mailDomains: Weighted<string> = [
  ["example.com", 40],
  ["mail.example", 22],
  ["example.net", 12],
  ["post.example", 10],
  ["inbox.example", 8],
  ["example.org", 5],
  ["schule.example", 2],
  ["kunst.example", 1],
];

const jobTitles = [
  "Teacher",
  "Nurse",
  "Architect",
  "Retired",
  "Graphic Designer",
  "Software Engineer",
  "Accountant",
  "Librarian",
  "Professeure d’arts plastiques",
  "Illustratorin",
  "Physician",
  "Product Manager",
  "Homemaker",
  "Student",
  "Studio Owner",
  "Occupational Therapist",
] as const;

const sourceWeights: Weighted<LeadSourceSeed | undefined> = [
  ...leadSourceSeeds.map((seed) => [seed, seed.share] as const),
  [undefined, unknownSource.share],
];

interface Identity {
  name: PersonName;
  country: Country;
  city: City;
  email?: string;
  phone?: { number: string; number_e164: string };
}

/** An address that looks like its owner's; a number is added when somebody has it already. */
function drawEmail(random: Random, name: PersonName, used: Set<string>): string {
  const { given_latin: given, family_latin: family } = name;
  const local = random.weighted<string>([
    [`${given}.${family}`, 38],
    [`${given}${family}`, 16],
    [`${given.slice(0, 1)}${family}`, 16],
    [`${given}_${family.slice(0, 1)}`, 6],
    [`${given}${random.int(50, 99)}`, 12],
    [`${family}.${given}`, 6],
    [`studio.${family}`, 3],
    [`${given}+art`, 3],
  ]);
  const domain = random.weighted(mailDomains);
  let email = `${local}@${domain}`;
  for (let number = random.int(2, 30); used.has(email.toLowerCase()); number += random.int(1, 40)) {
    email = `${local}${number}@${domain}`;
  }
  if (random.chance(0.04)) email = email.replace(/^./, (letter) => letter.toUpperCase());
  used.add(email.toLowerCase());
  return email;
}

function drawAddress(
  random: Random,
  country: Country,
  city: City,
  field: AddressRecord["field"],
): AddressRecord {
  const number = String(random.int(1, 940));
  const street = random.pick(country.streets);
  return {
    ...(field && { field }),
    line1: country.number_first ? `${number} ${street}` : `${street} ${number}`,
    ...(random.chance(0.14) && {
      line2: random.pick(["Apt 2B", "Unit 4", "Suite 300", "c/o Gallery", "3rd floor"]),
    }),
    locality: city.locality,
    ...(city.region && { region: city.region }),
    ...(city.region_code && { region_code: city.region_code }),
    country: country.name,
    country_code: country.code,
    postal_code: city.postal,
    zip_code: city.postal,
    ...(country.code === "USA" && random.chance(0.15) && { zip_four: String(random.int(1000, 9999)) }),
  };
}

function drawUtm(random: Random, seed: LeadSourceSeed, created: number, nextId: () => number): UtmRecord[] {
  const utm = seed.utm;
  if (!utm) return [];
  const touch = (source: LeadSourceSeed, at: number, first: boolean, last: boolean): UtmRecord => ({
    id: nextId(),
    keapSourceId: String(leadSourceSeeds.indexOf(source) + 1),
    utmSource: source.utm?.source ?? source.key,
    utmMedium: source.utm?.medium ?? "none",
    utmCampaign: random.pick(source.utm?.campaigns ?? ["none"]),
    ...(source.utm?.terms && { utmTerm: random.pick(source.utm.terms) }),
    ...(random.chance(0.5) && {
      utmContent: random.pick(["video-a", "video-b", "carousel", "text", "hero"]),
    }),
    firstTouch: first,
    lastTouch: last,
    dateCreated: timeText(at),
  });
  if (random.chance(0.7)) return [touch(seed, created, true, true)];
  const others = leadSourceSeeds.filter((other) => other.utm && other !== seed);
  const first = random.pick(others);
  return [touch(first, created - random.int(2, 40) * dayMs, true, false), touch(seed, created, false, true)];
}

/** One person drawn anew. */
function drawIdentity(random: Random, used: Set<string>): Identity {
  const country = random.weighted(countryWeights);
  const city = random.pick(country.cities);
  const name = drawName(random, country.styles);
  const email = random.chance(contactShares.withoutEmail) ? undefined : drawEmail(random, name, used);
  const withPhone = email === undefined || random.chance(contactShares.withPhone);
  return {
    name,
    country,
    city,
    ...(email && { email }),
    ...(withPhone && { phone: drawPhone(random, country, city) }),
  };
}

/** The same person entered again: same address, same but for case, same phone, or a slip in the name. */
function drawDuplicate(random: Random, original: Identity, used: Set<string>): Identity {
  const kind = random.weighted<"email" | "case" | "phone" | "slip">([
    ["email", 40],
    ["case", 25],
    ["phone", 20],
    ["slip", 15],
  ]);
  if (kind === "email" || !original.email) return original;
  if (kind === "case") return { ...original, email: original.email.toUpperCase() };
  const email = drawEmail(random, original.name, used);
  if (kind === "phone") return { ...original, email };
  const slip = original.name.given_name.slice(0, -1) || original.name.given_name;
  return { ...original, email, name: { ...original.name, given_name: slip } };
}

function nicknameOf(random: Random, name: PersonName): string | undefined {
  return random.chance(0.05) ? name.given_name.slice(0, 3) : undefined;
}

/** Dates of birth and the like are rare: Keap users hardly fill them. */
function drawExtras(random: Random, identity: Identity, name: PersonName): Partial<ContactRecord> {
  const { country, city } = identity;
  const nickname = nicknameOf(random, name);
  return {
    ...(random.chance(0.05) && { middle_name: random.pick(["Ann", "Lee", "Marie", "J.", "van", "Núria"]) }),
    ...(nickname && { preferred_name: nickname }),
    ...(random.chance(0.04) && { prefix: random.pick(["Mr.", "Mrs.", "Ms.", "Dr."]) }),
    ...(random.chance(0.01) && { suffix: random.pick(["Jr", "Sr", "III"]) }),
    ...(random.chance(0.3) && { job_title: random.pick(jobTitles) }),
    ...(random.chance(0.14) && {
      birth_date: dateText(Date.UTC(random.int(1948, 2004), random.int(0, 11), random.int(1, 28))),
    }),
    ...(random.chance(0.03) && {
      anniversary_date: dateText(Date.UTC(random.int(1985, 2022), random.int(0, 11), random.int(1, 28))),
    }),
    ...(random.chance(0.03) && { spouse_name: random.pick(["Alex", "Sam", "José", "Юлия", "Robin"]) }),
    ...(random.chance(0.5) && city.time_zone && { time_zone: city.time_zone }),
    ...(random.chance(0.6) && { preferred_locale: country.locale }),
    ...(random.chance(0.05) && { website: `https://${name.family_latin}.example` }),
    ...(random.chance(0.12) && {
      social_accounts: [
        {
          type: random.pick(["INSTAGRAM", "FACEBOOK", "LINKED_IN", "PINTEREST"] as const),
          name: `${name.given_latin}.${name.family_latin}`,
        },
      ],
    }),
    ...(random.chance(0.03) && {
      notes: random.pick([
        "Prefers e-mail.",
        "Met at the craft fair 🎪",
        "Linkshänderin",
        "Allergic to turpentine.",
      ]),
    }),
    ...(random.chance(0.01) && { assistant_name: "Jordan", assistant_phone: "(207) 555-0177" }),
    ...(random.chance(0.02) && {
      fax_numbers: [{ field: "FAX1" as const, number: `(207) 555-01${random.int(10, 99)}`, type: "Work" }],
    }),
  };
}

function drawAddresses(random: Random, { country, city }: Identity): AddressRecord[] {
  if (!random.chance(contactShares.withAddress)) return [];
  const billing = drawAddress(random, country, city, "BILLING");
  const list = [billing];
  if (random.chance(0.12)) list.push(drawAddress(random, country, random.pick(country.cities), "SHIPPING"));
  if (random.chance(0.02)) list.push(drawAddress(random, country, random.pick(country.cities), "OTHER"));
  return list;
}

/** Draws the people, oldest first, and leaves gaps in the ids where contacts were merged or deleted. */
export function buildContacts(world: World): void {
  const flow = createRandom(world.seed, "arrivals");
  const imported = Math.round(world.size * contactShares.import);
  const arrivals = drawArrivals(flow, world, world.size - imported);
  const importTime = world.start + 10 * hourMs;
  const used = new Set<string>();
  const identities: Identity[] = [];
  let id = 100;
  let utmId = 0;
  const nextUtm = () => ++utmId;

  for (let index = 0; index < world.size; index++) {
    const random = createRandom(world.seed, "contact", index);
    const gap = random.chance(contactShares.gap);
    id += gap ? 2 : 1;
    const isImport = index < imported;
    const created = isImport ? importTime + index * 20 : (arrivals[index - imported] ?? world.start);
    const isDuplicate = identities.length > 40 && random.chance(contactShares.duplicate);
    const original = isDuplicate ? random.pick(identities) : undefined;
    const identity = original ? drawDuplicate(random, original, used) : drawIdentity(random, used);
    identities.push(identity);
    const { name, email, phone } = identity;
    const source = isImport ? undefined : random.weighted(sourceWeights);
    const addresses = drawAddresses(random, identity);
    const utm = source ? drawUtm(random, source, created, nextUtm) : [];
    const warmth = random.beta(2, 2);
    const seconds = random.chance(0.03) && email ? `old.${email.toLowerCase()}` : undefined;
    const owner = random.weighted<string | undefined>([
      [undefined, 62],
      ["nadia", 14],
      ["ben", 14],
      ["zoe", 6],
      ["former", 4],
    ]);
    const record: ContactRecord = {
      id: String(id),
      given_name: name.given_name,
      ...(!random.chance(0.06) && { family_name: name.family_name }),
      ...drawExtras(random, identity, name),
      ...(email && {
        email_addresses: [
          {
            field: "EMAIL1" as const,
            email,
            opt_in_reason: isImport ? "Imported list" : "Signed up on the website",
          },
          ...(seconds ? [{ field: "EMAIL2" as const, email: seconds }] : []),
        ],
      }),
      ...(phone && {
        phone_numbers: [
          { field: "PHONE1" as const, ...phone, type: random.pick(["Mobile", "Home", "Work"]) },
          ...(random.chance(0.05)
            ? [
                {
                  field: "PHONE2" as const,
                  ...drawPhone(random, identity.country, identity.city),
                  type: "Work",
                  extension: "12",
                },
              ]
            : []),
        ],
      }),
      ...(addresses.length > 0 && { addresses }),
      contact_type: "Lead",
      ...(owner && { owner_id: idOf(world, `user:${owner}`) }),
      ...(source && { leadsource_id: idOf(world, `leadSource:${source.key}`) }),
      source_type: isImport
        ? "IMPORT"
        : (source?.source_type ?? random.pick(["MANUAL", "API", "UNKNOWN"] as const)),
      ...(source &&
        source.source_type !== "MANUAL" && {
          origin: { date: timeText(created), ip_address: `203.0.113.${random.int(1, 254)}` },
        }),
      ...(utm.length > 0 && { utm_parameters: utm }),
      create_time: timeText(created),
      update_time: timeText(Math.min(created + random.int(0, 90) * minuteMs, world.end - minuteMs)),
      ...(random.chance(0.4) && { score_value: String(Math.min(5, Math.floor(warmth * 6))) }),
      created_by: isImport ? "1" : idOf(world, "user:office"),
      last_updated_by: idOf(world, "user:office"),
    };
    const person: Person = {
      index,
      record,
      created,
      email,
      country: identity.country,
      city: identity.city,
      source,
      warmth,
      tags: new Map(),
      spent_minor: 0,
      order_times: [],
      subscriptions: [],
    };
    world.people.push(person);
    // Of the ids that are missing two in three were merged into the contact after them; the rest were deleted.
    const mergedAt = created + random.int(2, 40) * dayMs;
    if (gap && mergedAt < world.end && random.chance(0.67)) {
      world.merges.push({ merged_id: String(id - 1), survivor: person, at: mergedAt });
    }
  }
  world.account.lastIds.set("utm", utmId);
}

/** Moves the finished people into the account: called when everything that changes them has happened. */
export function storeContacts(world: World): void {
  for (const person of world.people) {
    put(world, "contacts", person.record);
    if (person.tags.size === 0) continue;
    const applied = [...person.tags].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1));
    world.account.contactTags.set(
      Number(person.record.id),
      new Map(applied.map(([key, at]) => [Number(idOf(world, `tag:${key}`)), timeText(at)])),
    );
  }
}

/** Tags a person once; later applications of the same tag change nothing, as in Keap. */
export function tagPerson(world: World, person: Person, key: string, at: number): void {
  if (at >= world.end) return;
  const known = person.tags.get(key);
  if (known === undefined || at < known) person.tags.set(key, Math.max(at, person.created));
}
