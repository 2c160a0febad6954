import type { EmailAddressRecord, EmailRecord, OptStatus } from "../records";
import { tagPerson } from "./build-contacts";
import { addMonths, atLocal, dayMs, hourMs, minuteMs, startOfMonth, timeText } from "./calendar";
import { createRandom, type Random } from "./random";
import { type Person, put, type World } from "./world";

/** How people treat the mail they get. Warm people open and click more, and warm people buy more. */
export const mailRules = {
  openBase: 0.12,
  openPerWarmth: 0.5,
  clickBase: 0.05,
  clickPerWarmth: 0.22,
  unsubscribePerMail: 0.004,
  spamPerMail: 0.0003,
  hardBounceShare: 0.018,
  softBounceShare: 0.006,
  notMarketableShare: 0.03,
  doubleOptInShare: 0.12,
  /** After this many mails in a row without an open nothing more is sent. */
  sunset: 6,
} as const;

const subjects = [
  "🎨 What is on your table this month?",
  "Draw your coffee cup (again)",
  "Three minutes, one line",
  "New in the studio: clay, paper, people",
  "Your questions, answered",
  "¿Y si pintamos juntos? A letter from Oaxaca",
  "The colour we could not name",
  "Open studio: come and see",
  "Why your sketchbook stays empty",
  "A small sale, and a big mistake",
  "水彩 – notes from Kyoto",
  "Last call for the retreat",
] as const;

const welcome = [
  { days: 0, subject: "Welcome to Northlight: your starter guide" },
  { days: 2, subject: "Lesson one: look before you draw" },
  { days: 5, subject: "What would you like to make, {name}?" },
] as const;

interface Mailing {
  subject: string;
  at: number;
  original_provider_id: string;
}

/** Newsletters go out on the second Tuesday at ten; large accounts get every third. */
function newsletters(world: World): Mailing[] {
  const list: Mailing[] = [];
  const step = world.detail === "lean" ? 3 : 1;
  for (let index = 0; ; index += step) {
    const month = addMonths(startOfMonth(world.startDate), index + 1);
    const weekday = new Date(month).getUTCDay();
    const at = atLocal(month + (((9 - weekday) % 7) + 7) * dayMs, 10);
    if (at >= world.end) return list;
    list.push({
      subject: subjects[index % subjects.length] ?? "News",
      at,
      original_provider_id: `news-${index}`,
    });
  }
}

/** What an address starts as. Only some statuses get mail at all. */
function firstStatus(person: Person, random: Random): OptStatus {
  if (random.chance(mailRules.hardBounceShare)) return "HARD_BOUNCE";
  if (random.chance(mailRules.softBounceShare)) return "BOUNCE";
  if (random.chance(0.002)) return "INVALID";
  if (person.record.source_type === "IMPORT" && random.chance(0.25)) return "NON_MARKETABLE";
  if (random.chance(mailRules.notMarketableShare)) return "UNENGAGED_NON_MARKETABLE";
  if (random.chance(mailRules.doubleOptInShare)) return random.chance(0.7) ? "DOUBLE_OPT_IN" : "CONFIRMED";
  return "SINGLE_OPT_IN";
}

const mailable: ReadonlySet<OptStatus> = new Set([
  "SINGLE_OPT_IN",
  "DOUBLE_OPT_IN",
  "CONFIRMED",
  "UNENGAGED_MARKETABLE",
]);

interface Inbox {
  address: EmailAddressRecord;
  unopened: number;
  stopped: boolean;
}

interface Sending {
  world: World;
  random: Random;
  person: Person;
  inbox: Inbox;
  sent: { at: number; record: EmailRecord }[];
}

function deliver({ world, random, person, inbox, sent }: Sending, mailing: Mailing): void {
  const email = person.email as string;
  const warmth = person.warmth;
  const opens = random.chance(mailRules.openBase + mailRules.openPerWarmth * warmth);
  const openedAt = opens
    ? mailing.at + Math.round(random.exponential(9 * hourMs)) + minuteMs
    : Number.POSITIVE_INFINITY;
  const clicks = opens && random.chance(mailRules.clickBase + mailRules.clickPerWarmth * warmth);
  const clickedAt = clicks ? openedAt + random.int(5, 240) * 1000 : Number.POSITIVE_INFINITY;
  const { address } = inbox;
  const time = timeText(mailing.at);
  const record: EmailRecord = {
    id: "",
    contact_id: person.record.id,
    subject: mailing.subject,
    sent_to_address: email,
    sent_from_address: "maren@northlight.example",
    sent_time: time,
    received_time: time,
    original_provider: "INFUSIONSOFT",
    original_provider_id: `${mailing.original_provider_id}-${person.record.id}`,
    created_time: time,
  };
  address.last_sent_time = time;
  if (openedAt < world.end) {
    record.opened_time = timeText(openedAt);
    address.last_open_time = record.opened_time;
    inbox.unopened = 0;
  } else inbox.unopened++;
  if (clickedAt < world.end) {
    record.clicked_time = timeText(clickedAt);
    address.last_click_time = record.clicked_time;
  }
  sent.push({ at: mailing.at, record });
  const leaves = random.chance(mailRules.unsubscribePerMail * (1.6 - warmth));
  const complains = random.chance(mailRules.spamPerMail);
  if (leaves || complains) {
    inbox.stopped = true;
    address.status = complains
      ? "SPAM"
      : random.weighted<OptStatus>([
          ["LIST_UNSUBSCRIBE", 55],
          ["SYSTEM", 15],
          ["MANUAL", 12],
          ["ADMIN", 8],
          ["FEEDBACK", 6],
          ["LOCKDOWN", 2],
          ["DEACTIVATED", 2],
        ]);
  }
}

/** E-mails and the state of each address. An address that two contacts share has one state. */
export function buildEngagement(world: World): void {
  const mailings = newsletters(world);
  const sent: Sending["sent"] = [];
  for (const person of world.people) {
    const email = person.email;
    if (!email) continue;
    const random = createRandom(world.seed, "mail", person.index);
    for (const other of person.record.email_addresses?.slice(1) ?? []) {
      const key = other.email.toLowerCase();
      if (!world.account.emailAddresses.has(key)) {
        world.account.emailAddresses.set(key, {
          email: key,
          status: "UNENGAGED_NON_MARKETABLE",
          create_time: person.record.create_time,
        });
      }
    }
    const key = email.toLowerCase();
    // The second record of a shared address gets no mail of its own: Keap sends once to an address.
    if (world.account.emailAddresses.has(key)) continue;
    const address: EmailAddressRecord = {
      email: key,
      status: firstStatus(person, random),
      create_time: person.record.create_time,
    };
    world.account.emailAddresses.set(key, address);
    if (world.detail !== "sparse" && mailable.has(address.status))
      mailPerson({ world, random, person, inbox: { address, unopened: 0, stopped: false }, sent }, mailings);
  }
  sent.sort((a, b) => a.at - b.at || Number(a.record.contact_id) - Number(b.record.contact_id));
  sent.forEach(({ record }, index) => {
    record.id = String(index + 2001);
    put(world, "emails", record);
  });
}

function mailPerson(sending: Sending, mailings: readonly Mailing[]): void {
  const { world, person, inbox } = sending;
  if (person.record.source_type !== "IMPORT") {
    for (const step of world.detail === "lean" ? welcome.slice(0, 1) : welcome) {
      const at = person.created + step.days * dayMs + 10 * minuteMs;
      if (inbox.stopped || at >= world.end) break;
      const subject = step.subject.replace("{name}", person.record.given_name ?? "friend");
      deliver(sending, { subject, at, original_provider_id: `welcome-${step.days}` });
    }
  }
  for (const mailing of mailings) {
    if (mailing.at <= person.created + dayMs) continue;
    if (inbox.stopped) return;
    if (inbox.unopened >= mailRules.sunset) {
      tagPerson(world, person, "unengaged", mailing.at);
      inbox.address.status = "UNENGAGED_MARKETABLE";
      return;
    }
    deliver(sending, mailing);
  }
}
