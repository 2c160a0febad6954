import type { CampaignGoalRecord, CampaignRecord, CampaignSequenceRecord } from "../records";
import { dayMs, timeText } from "./calendar";
import { createRandom, type Random } from "./random";
import { type Person, put, type World } from "./world";

interface CampaignSeed {
  name: string;
  published: boolean;
  sequences: readonly (readonly [name: string, steps: readonly string[]])[];
  goals: readonly (readonly [name: string, type: string, callName?: string])[];
  /** Who may be in it now, and of those which share. */
  members?: { tag: string; share: number };
  error?: string;
}

const campaignSeeds: readonly CampaignSeed[] = [
  {
    name: "Welcome",
    published: true,
    sequences: [["Starter guide", ["Email", "DelayTimer", "Email", "DelayTimer", "Email", "Tag"]]],
    goals: [
      ["Guide requested", "WebForm"],
      ["Bought something", "Purchase"],
    ],
    members: { tag: "lead", share: 0.03 },
  },
  {
    name: "Win back",
    published: true,
    sequences: [
      ["We miss you", ["Email", "DelayTimer", "Email", "Tag"]],
      ["Last letter", ["Email"]],
    ],
    goals: [
      ["Ask to come back", "API", "win_back"],
      ["Tag: Former member", "Tag"],
    ],
    members: { tag: "former_member", share: 0.2 },
  },
  {
    name: "Membership onboarding",
    published: true,
    sequences: [["Three lessons", ["Email", "DelayTimer", "Email", "DelayTimer", "Email", "Task"]]],
    goals: [
      ["Joined", "Purchase"],
      ["Onboarding done", "API", "onboarding_done"],
    ],
    members: { tag: "member", share: 0.15 },
  },
  {
    name: "Failed card",
    published: true,
    sequences: [["Card update", ["Email", "DelayTimer", "Email", "Task"]]],
    goals: [
      ["Card failed", "FailedPurchase"],
      ["Card updated", "API", "card_updated"],
    ],
    members: { tag: "card_failed", share: 0.2 },
  },
  {
    name: "Webinar: Draw Your Day",
    published: true,
    sequences: [
      ["Reminders", ["Email", "DateTimer", "Email"]],
      ["Follow up", ["Email", "DelayTimer", "Email", "Opportunity"]],
    ],
    goals: [
      ["Registered", "LandingPage"],
      ["Attended", "Tag"],
    ],
    members: { tag: "webinar_registered", share: 0.1 },
  },
  {
    name: "Retreat 2024 (old)",
    published: false,
    sequences: [["Invitation", ["Email"]]],
    goals: [["Asked for details", "WebForm"]],
    error: "Step “Invitation” has no subject",
  },
];

const webforms = [
  ["Starter guide", "LANDING_PAGE"],
  ["Newsletter", "STANDALONE"],
  ["Webinar registration", "FUNNEL"],
  ["Studio visit", "INTERNAL"],
  ["Which medium suits you?", "SURVEY"],
] as const;

/** Ids of sequences, goals, paths and steps come from one counter, as they do in Keap. */
interface Counter {
  next(): string;
}

function drawSequence(
  random: Random,
  counter: Counter,
  [name, steps]: CampaignSeed["sequences"][number],
  inside: readonly Person[],
): CampaignSequenceRecord {
  const ids = ["Start", ...steps].map(() => counter.next());
  return {
    id: counter.next(),
    name,
    paths: [
      {
        id: counter.next(),
        items: ["Start", ...steps].map((type, index) => ({
          id: ids[index] as string,
          name: type === "Email" ? `Mail ${index}` : type,
          type,
          ...(ids[index + 1] && { next_item_id: ids[index + 1] }),
          ...(ids[index - 1] && { previous_item_id: ids[index - 1] }),
        })),
      },
    ],
    active_contact_ids: inside.map((person) => person.record.id),
    completed_count: inside.length * random.int(3, 12) + random.int(0, 40),
    last_24_hours: random.int(0, 4),
    last_30_days: random.int(3, 60),
  };
}

function drawCampaign(
  world: World,
  random: Random,
  seed: CampaignSeed,
  id: string,
  counter: Counter,
): CampaignRecord {
  const { members } = seed;
  const inside = members
    ? world.people.filter((person) => person.tags.has(members.tag) && random.chance(members.share))
    : [];
  const sequences = seed.sequences.map((sequence, index) =>
    drawSequence(random, counter, sequence, index === 0 ? inside : []),
  );
  const goals: CampaignGoalRecord[] = seed.goals.map(([name, type, callName], index) => ({
    id: counter.next(),
    name,
    type,
    ...(callName && { integration: "keapsake", call_name: callName }),
    next_sequence_ids: index === 0 ? sequences.map((sequence) => sequence.id) : [],
    previous_sequence_ids: index === 0 ? [] : sequences.map((sequence) => sequence.id),
    last_24_hours: random.int(0, 5),
    last_30_days: random.int(2, 90),
  }));
  const created = world.start - random.int(2, 20) * dayMs;
  return {
    id,
    name: seed.name,
    locked: false,
    date_created: timeText(created),
    ...(seed.published && { published_date: timeText(created + 5 * dayMs) }),
    published: seed.published,
    ...(seed.error && { error_message: seed.error }),
    time_zone: "America/New_York",
    created_by_global_id: "9000100",
    categories: [seed.name.startsWith("Webinar") ? "Events" : "Lifecycle"],
    last_updated: timeText(created + 30 * dayMs),
    sequences,
    goals,
    completed_contact_count: sequences.reduce((sum, sequence) => sum + sequence.completed_count, 0),
  };
}

export function buildCampaigns(world: World): void {
  const random = createRandom(world.seed, "campaigns");
  let last = 30;
  const counter: Counter = { next: () => String(++last) };
  campaignSeeds.forEach((seed, index) => {
    put(world, "campaigns", drawCampaign(world, random, seed, String(index * 2 + 3), counter));
  });
  const created = timeText(world.start - 8 * dayMs);
  webforms.forEach(([name, webform_type], index) => {
    put(world, "webforms", {
      id: String(index + 1),
      xid: `form-${index + 1}`,
      name,
      webform_type,
      duplicate_check_option: "EMAIL",
      webform_url: `https://northlight.example/forms/${index + 1}`,
      thank_you_page_url: "https://northlight.example/thanks",
      create_time: created,
      update_time: created,
    });
  });
}
