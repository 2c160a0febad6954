import type { CustomFieldContent, CustomFieldRecordType } from "../records";
import { dateText, dayMs, timeText } from "./calendar";
import { type FieldSeed, fieldSeeds } from "./catalog-fields";
import { createRandom, type Random } from "./random";
import { idOf, put, type World } from "./world";

const stories = [
  "Started painting after the children left home. Wants to show two pictures at the library in spring. 🖼️",
  "Malt seit der Schulzeit, sucht jetzt wieder einen Anfang – am liebsten in kleinen Schritten.",
  "子どもの頃から絵を描くのが好きでした。週末に少しずつ練習したいです。",
  "Dibuja con su hija los domingos; quiere un curso que puedan hacer juntas.",
] as const;
const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
const months = ["January", "March", "May", "August", "October", "December"] as const;

/** The definitions, one tab and one group for each kind of record. */
export function buildFields(world: World): void {
  const kinds = [...new Set(fieldSeeds.map((seed) => seed.record_type))];
  kinds.forEach((record_type, index) => {
    const id = String(index + 1);
    put(world, "customFieldTabs", { id, record_type, name: "Custom Fields", order: 1 });
    put(world, "customFieldGroups", { id, record_type, name: "Studio", order: 1, tab_id: id });
  });
  let optionId = 0;
  fieldSeeds.forEach((seed, index) => {
    const id = String(2 * index + 7);
    world.ids.set(`field:${seed.key}`, id);
    put(world, "customFields", {
      id,
      record_type: seed.record_type,
      label: seed.label,
      field_name: seed.field_name,
      field_type: seed.field_type,
      group_id: String(kinds.indexOf(seed.record_type) + 1),
      ...(seed.options && { options: seed.options.map((label) => ({ id: String(++optionId), label })) }),
    });
  });
  world.account.lastIds.set("option", optionId);
}

/** A value as Keap shows it: text, a number, a truth value, or a list for the fields that hold several. */
function drawContent(world: World, random: Random, seed: FieldSeed): unknown {
  const options = seed.options ?? [];
  switch (seed.field_type) {
    case "CURRENCY":
      return random.int(2, 30) * 50;
    case "DATE":
      return dateText(world.startDate - random.int(0, 3000) * dayMs);
    case "DATE_TIME":
      return timeText(world.end - random.int(1, 400) * dayMs - random.int(0, 8) * 3_600_000);
    case "DAY_OF_WEEK":
      return random.pick(days);
    case "DECIMAL_NUMBER":
      return random.int(20, 50) / 10;
    case "DROPDOWN":
    case "RADIO":
    case "DRILLDOWN":
      return random.pick(options);
    case "EMAIL":
      return `invoices${random.int(1, 900)}@office.example`;
    case "LIST_BOX":
      return options.filter(() => random.chance(0.45));
    case "MONTH":
      return random.pick(months);
    case "NAME":
      return random.pick(["Dr. E. Winslow", "Łukasz W.", "A. de la Cruz", "山本さくら"]);
    case "PERCENT":
      return random.pick([5, 10, 15]);
    case "PHONE_NUMBER":
      return `(207) 555-01${random.int(10, 99)}`;
    case "SOCIAL_SECURITY_NUMBER":
      // Numbers that begin with 9 are never given out.
      return `9${random.int(10, 99)}-00-${random.int(1000, 9999)}`;
    case "STATE":
      return random.pick(["Maine", "Vermont", "Massachusetts"]);
    case "TEXT":
      return random.pick(["Linseed oil", "Latex", "none", "„Für Oma“", "Happy birthday! 🎂"]);
    case "TEXT_AREA":
      return random.pick(stories);
    case "USER":
      return idOf(world, random.pick(["user:zoe", "user:owner"]));
    case "USER_LIST_BOX":
      return [idOf(world, "user:zoe"), idOf(world, "user:office")];
    case "WEBSITE":
      return `https://portfolio${random.int(1, 900)}.example`;
    case "WHOLE_NUMBER":
      return random.int(1, 40);
    case "YEAR":
      return random.int(1988, 2024);
    case "YES_NO":
      return random.chance(0.8);
  }
}

const seedsByKind = new Map<CustomFieldRecordType, FieldSeed[]>();
for (const seed of fieldSeeds) {
  const list = seedsByKind.get(seed.record_type);
  if (list) list.push(seed);
  else seedsByKind.set(seed.record_type, [seed]);
}

/** The values of one record; most fields are empty on most records. */
export function drawFields(world: World, random: Random, kind: CustomFieldRecordType): CustomFieldContent[] {
  return (seedsByKind.get(kind) ?? [])
    .filter((seed) => random.chance(seed.share))
    .map((seed) => ({ id: idOf(world, `field:${seed.key}`), content: drawContent(world, random, seed) }));
}

/** `{custom_fields}` to spread into a record, or nothing. */
export function fieldsOf(
  world: World,
  random: Random,
  kind: CustomFieldRecordType,
): { custom_fields?: CustomFieldContent[] } {
  const custom_fields = drawFields(world, random, kind);
  return custom_fields.length > 0 ? { custom_fields } : {};
}

/** Values of contacts, companies and affiliates; members say whether they completed the onboarding. */
export function fillContactFields(world: World): void {
  for (const person of world.people) {
    const values = drawFields(world, createRandom(world.seed, "fields", person.index), "CONTACT");
    if (person.tags.has("member")) {
      values.push({ id: idOf(world, "field:onboarding_call"), content: person.tags.has("onboarded") });
    }
    if (values.length > 0) person.record.custom_fields = values;
  }
  const random = createRandom(world.seed, "fields");
  for (const company of world.account.companies.values())
    Object.assign(company, fieldsOf(world, random, "COMPANY"));
  for (const affiliate of world.account.affiliates.values()) {
    Object.assign(affiliate, fieldsOf(world, random, "REFERRAL_PARTNER"));
  }
}
