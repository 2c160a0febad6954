import type { CompanyRecord } from "../records";
import { tagPerson } from "./build-contacts";
import { dayMs, timeText } from "./calendar";
import { drawPhone } from "./places";
import { createRandom, type Random } from "./random";
import { idOf, type Person, put, type World } from "./world";

const companyNames = {
  first: [
    "Harbor",
    "Evergreen",
    "Blue Heron",
    "Kleine",
    "Maison",
    "Brightwater",
    "Old Mill",
    "Sunday",
    "Северный",
    "Cobalt",
    "Juniper",
    "Fjord",
    "Three Pines",
    "Alder & Co.",
    "Café",
  ],
  second: [
    "Montessori",
    "Gallery",
    "Design",
    "Dental",
    "Kunstschule",
    "Architects",
    "Books",
    "Yoga",
    "Library",
    "Hospice",
    "Community Center",
    "Papeterie",
    "Elementary School",
    "Coffee",
    "Software",
  ],
} as const;

/** Companies, each with a few of the people who gave one. */
export function buildCompanies(world: World): void {
  const random = createRandom(world.seed, "companies");
  const members = world.people.filter((person) =>
    createRandom(world.seed, "company", person.index).chance(0.06),
  );
  const used = new Set<string>();
  let id = 20;
  for (let at = 0; at < members.length; ) {
    const staff = members.slice(
      at,
      at +
        random.weighted([
          [1, 60],
          [2, 22],
          [3, 12],
          [6, 6],
        ] as const),
    );
    at += staff.length;
    const head = staff[0] as Person;
    id += random.int(1, 2);
    put(world, "companies", drawCompany(world, random, String(id), head, used));
    for (const person of staff) person.record.company_id = String(id);
    if (random.chance(0.2)) {
      const applied = timeText(Math.min(head.created + dayMs, world.end - dayMs));
      world.account.companyTags.set(id, new Map([[Number(idOf(world, "tag:teacher")), applied]]));
    }
  }
}

function drawCompany(
  world: World,
  random: Random,
  id: string,
  head: Person,
  used: Set<string>,
): CompanyRecord {
  let name = `${random.pick(companyNames.first)} ${random.pick(companyNames.second)}`;
  while (used.has(name)) name = `${name} ${head.city.locality}`;
  used.add(name);
  const domain = `company-${id}.example`;
  const created = timeText(head.created);
  return {
    id,
    company_name: name,
    website: `https://${domain}`,
    email_address: { field: "EMAIL1", email: `office@${domain}` },
    phone_number: { field: "PHONE1", ...drawPhone(random, head.country, head.city), type: "Work" },
    address: {
      line1: `${random.int(1, 300)} ${random.pick(head.country.streets)}`,
      locality: head.city.locality,
      ...(head.city.region && { region: head.city.region }),
      ...(head.city.region_code && { region_code: head.city.region_code }),
      country: head.country.name,
      country_code: head.country.code,
      postal_code: head.city.postal,
    },
    ...(random.chance(0.3) && { notes: "Orders for the whole team in September." }),
    owner_id: idOf(world, "user:nadia"),
    create_time: created,
    update_time: created,
    created_by: "1",
    last_updated_by: "1",
  };
}

/** How many people bring others for a commission. */
function affiliateCount(world: World): number {
  return Math.min(14, Math.floor(world.size / 60));
}

/** The first affiliate carries the name of a tag: "Rose Bennett" is a person and a label. */
function renameToRoseBennett(person: Person): void {
  person.record.given_name = "Rose";
  person.record.family_name = "Bennett";
  person.record.email_addresses = [
    { field: "EMAIL1", email: "rose.bennett@rosebennett.example", opt_in_reason: "Signed up on the website" },
  ];
  person.email = "rose.bennett@rosebennett.example";
}

/** Affiliates among the first customers, and the friends they referred: the first few bring most. */
export function buildAffiliates(world: World): void {
  const random = createRandom(world.seed, "affiliates");
  const start = Math.round(world.size * 0.05);
  const partners: { id: string; since: number; person: Person; weight: number }[] = [];
  for (let index = 0; index < affiliateCount(world); index++) {
    const person = world.people[start + index * 3];
    if (!person) break;
    if (index === 0) renameToRoseBennett(person);
    const since = person.created + random.int(5, 30) * dayMs;
    const id = String(index * 2 + 3);
    tagPerson(world, person, "affiliate", since);
    partners.push({ id, since, person, weight: 1 / (index + 1) });
    put(world, "affiliates", {
      id,
      code: index === 0 ? "ROSE" : `NL${100 + index * 7}`,
      name: `${person.record.given_name ?? ""} ${person.record.family_name ?? ""}`.trim(),
      status: index % 7 === 6 ? "INACTIVE" : "ACTIVE",
      contact_id: person.record.id,
      unique_site_id: `site-${id}`,
      date_created: timeText(since),
      ...(index > 3 && index % 4 === 0 && { parent_affiliate_id: "3" }),
      notify_on_sale: true,
      notify_on_lead: false,
      track_leads_days: 90,
    });
  }
  buildReferrals(world, random, partners);
}

function buildReferrals(
  world: World,
  random: Random,
  partners: { id: string; since: number; person: Person; weight: number }[],
): void {
  let id = 0;
  for (const person of world.people) {
    if (person.source?.key !== "friend" || !random.chance(0.6)) continue;
    const ready = partners.filter((partner) => partner.since < person.created && partner.person !== person);
    if (ready.length === 0) continue;
    const partner = random.weighted(ready.map((candidate) => [candidate, candidate.weight] as const));
    person.affiliate_id = partner.id;
    person.record.referral_code = world.account.affiliates.get(Number(partner.id))?.code ?? partner.id;
    if (partner.id === partners[0]?.id) tagPerson(world, person, "rose_bennett", person.created);
    put(world, "referrals", {
      id: String(++id),
      contact_id: person.record.id,
      referral_partner_id: partner.id,
      source: random.pick(["Link in a newsletter", "Instagram", "In person"]),
      referral_time: timeText(person.created),
      expiration_time: timeText(person.created + 90 * dayMs),
      ip_address: `198.51.100.${random.int(1, 254)}`,
      referral_type: random.pick(["COOKIE", "COOKIE", "MANUAL", "PERMANENT"] as const),
    });
  }
}

/** A few people are linked: spouses, business partners. */
export function buildLinks(world: World): void {
  const random = createRandom(world.seed, "links");
  const created = timeText(world.start);
  put(world, "contactLinkTypes", { id: "1", name: "Spouse", max_links: 1, create_time: created });
  put(world, "contactLinkTypes", { id: "2", name: "Business partner", max_links: 5, create_time: created });
  const count = Math.floor(world.size * 0.008);
  for (let index = 0; index < count; index++) {
    const pair = index * 2 + 60;
    const first = world.people[pair];
    const second = world.people[pair + 1];
    if (!first || !second) return;
    put(world, "contactLinks", {
      id: String(index + 1),
      contact1_id: first.record.id,
      contact2_id: second.record.id,
      link_type_id: random.chance(0.7) ? "1" : "2",
    });
  }
}
