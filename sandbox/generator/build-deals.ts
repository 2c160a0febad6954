import type { OpportunityRecord, StageMoveRecord } from "../records";
import { fieldsOf } from "./build-fields";
import { addMonths, atLocal, dayMs, hourMs, localDate, timeText } from "./calendar";
import type { Ledger } from "./ledger";
import { createRandom, type Random } from "./random";
import { productItem } from "./simulate-shop";
import { drawTimeOn } from "./traffic";
import { hits, idOf, type Person, put, type World } from "./world";

interface StageSeed {
  key: string;
  name: string;
  probability: number;
  target_days: number;
}

const stageSeeds: readonly StageSeed[] = [
  { key: "new", name: "New enquiry", probability: 10, target_days: 3 },
  { key: "call", name: "Discovery call", probability: 25, target_days: 10 },
  { key: "proposal", name: "Proposal sent", probability: 50, target_days: 14 },
  { key: "negotiation", name: "Negotiation", probability: 75, target_days: 14 },
  { key: "won", name: "Won", probability: 100, target_days: 0 },
  { key: "lost", name: "Lost", probability: 0, target_days: 0 },
];

/** Planted: Nadia wins nearly twice as many of her closed deals as Ben does. */
export const winShares = { nadia: 0.46, ben: 0.25, former: 0.3 } as const;
type Seller = keyof typeof winShares;

/** Deals per contact, and the days a stage takes on average. */
export const dealRules = {
  perContact: 0.06,
  stageDays: 11,
  scale: { full: 1, lean: 0.5, sparse: 0.1 },
} as const;

const lossReasons = ["Price", "No answer", "Chose another studio", "Postponed"] as const;
const winReasons = ["Price", "Recommendation", "Free trial lesson"] as const;

export function buildStages(world: World): void {
  const created = timeText(world.start - 10 * dayMs);
  stageSeeds.forEach((seed, index) => {
    const id = String(index + 21);
    world.ids.set(`stage:${seed.key}`, id);
    put(world, "stages", {
      id,
      name: seed.name,
      order: index + 1,
      target_number_days: seed.target_days,
      probability: seed.probability,
      created_time: created,
      updated_time: created,
      ...(seed.key === "call" && {
        checklist_items: [
          { id: "1", description: "Ask for the number of participants", required: true, order: 1 },
          { id: "2", description: "Agree on a date", required: false, order: 2 },
        ],
      }),
    });
  });
  Object.assign(world.account.settings, {
    active_stage_ids: ["new", "call", "proposal", "negotiation"].map((key) => idOf(world, `stage:${key}`)),
    default_stage_id: idOf(world, "stage:new"),
    win_stage_id: idOf(world, "stage:won"),
    win_reasons: [...winReasons],
    loss_stage_id: idOf(world, "stage:lost"),
    loss_reasons: [...lossReasons],
  });
  world.account.lastIds.set("checklistItem", 2);
}

interface Deal {
  person: Person;
  seller: Seller;
  created: number;
  /** Stage keys in the order they were entered, each with its instant. */
  path: { stage: string; at: number }[];
  value: number;
}

/** The way to the outcome: most go stage by stage, some skip one, a few go back first, some are reopened. */
function drawPath(random: Random, won: boolean, created: number): Deal["path"] {
  const stages = ["new", "call", "proposal", "negotiation"].filter(
    (_, index) => index === 0 || !random.chance(0.12),
  );
  const reached = won ? stages : stages.slice(0, random.int(1, stages.length));
  if (random.chance(0.05) && reached.length > 2) reached.splice(2, 0, reached[0] ?? "new");
  const path: Deal["path"] = [];
  let at = created;
  for (const stage of [...reached, won ? "won" : "lost"]) {
    path.push({ stage, at });
    const mean = dealRules.stageDays * (stage === "proposal" ? 1.5 : 1);
    at += Math.max(0.15, random.exponential(mean)) * dayMs;
  }
  if (!won && random.chance(0.03)) path.push({ stage: "negotiation", at: at + 5 * dayMs });
  return path;
}

function drawDeal(world: World, random: Random, buyers: readonly Person[], index: number): Deal | undefined {
  const left = world.end - 330 * dayMs;
  const created =
    world.start +
    ((index + random.next()) / Math.max(1, dealCount(world))) ** 0.8 * (world.end - world.start);
  const seller: Seller = random.weighted([
    ["nadia", 5],
    ["ben", 5],
    [created < left ? "former" : "ben", 2],
  ] as const);
  const won = hits(world, `won:${seller}`, winShares[seller]);
  const pool = won ? buyers : world.people;
  const known = (person: Person) =>
    (won ? (person.order_times[0] ?? Number.POSITIVE_INFINITY) : person.created) < created;
  for (let attempt = 0; attempt < 25; attempt++) {
    const person = pool[Math.floor(random.next() * pool.length)];
    if (!person || !known(person)) continue;
    const at = drawTimeOn(random, localDate(created));
    if (at >= world.end) return undefined;
    return { person, seller, created: at, path: drawPath(random, won, at), value: random.int(6, 60) * 100 };
  }
  return undefined;
}

function dealCount(world: World): number {
  return Math.round(world.size * dealRules.perContact * dealRules.scale[world.detail]);
}

function storeDeal(world: World, random: Random, ledger: Ledger, deal: Deal, id: string): StageMoveRecord[] {
  const seen = deal.path.filter((step) => step.at < world.end);
  const last = seen[seen.length - 1] ?? { stage: "new", at: deal.created };
  const user_id = idOf(world, `user:${deal.seller}`);
  const open = last.stage !== "won" && last.stage !== "lost";
  const close = addMonths(localDate(deal.created), 2);
  const record: OpportunityRecord = {
    id,
    contact_id: deal.person.record.id,
    stage_id: idOf(world, `stage:${last.stage}`),
    user_id,
    opportunity_title: `${random.pick(["Team workshop", "School programme", "Private course", "Mural project"])} – ${deal.person.record.family_name ?? deal.person.record.given_name ?? "unknown"}`,
    include_in_forecast: random.chance(0.9),
    projected_revenue_low: deal.value,
    projected_revenue_high: Math.round(deal.value * 1.4),
    estimated_close_time: timeText(
      atLocal(open ? Math.max(close, localDate(world.end) + 5 * dayMs) : localDate(last.at), 12),
    ),
    ...(open && {
      next_action_time: timeText(world.end + random.int(1, 12) * dayMs),
      next_action_notes: "Call back",
    }),
    ...(random.chance(0.4) && { opportunity_notes: "Wants a date in spring; asked about parking." }),
    ...(deal.person.source && { lead_source: deal.person.source.name }),
    ...(deal.person.affiliate_id && { affiliate_id: deal.person.affiliate_id }),
    stage_entrance_time: timeText(last.at),
    ...(last.stage === "lost" && objection(deal)),
    ...fieldsOf(world, random, "OPPORTUNITY"),
    created_time: timeText(deal.created),
    last_updated_time: timeText(last.at),
    created_by: user_id,
    last_updated_by: user_id,
  };
  put(world, "opportunities", record);
  if (last.stage === "won") invoiceWorkshop(world, ledger, deal, last.at);
  return seen.map((step, index) => {
    const before = seen[index - 1];
    return {
      id: "",
      opportunity_id: id,
      move_time: timeText(step.at),
      move_from_stage_id: before ? idOf(world, `stage:${before.stage}`) : "0",
      move_to_stage_id: idOf(world, `stage:${step.stage}`),
      ...(before && { prev_stage_move_time: timeText(before.at) }),
      user_id,
      created_by: user_id,
      create_time: timeText(step.at),
    };
  });
}

/** Most sellers write down why a deal was lost; the big ones fail for their price. */
function objection({ value, path }: Deal): Pick<OpportunityRecord, "objection"> {
  const draw = Math.floor(value / 100) + path.length * 3;
  if (draw % 5 === 0) return {};
  return { objection: lossReasons[value > 4_000 ? 0 : draw % lossReasons.length] };
}

/** A won deal is invoiced the next day and paid by check within two months, or still open. */
function invoiceWorkshop(world: World, ledger: Ledger, deal: Deal, wonAt: number): void {
  const at = wonAt + 20 * hourMs;
  if (at >= world.end) return;
  const total = deal.value * 100;
  const order = ledger.order(deal.person, at, {
    title: "Team workshop",
    status: "SENT",
    order_type: "OFFLINE",
    source_type: "INVOICE",
    items: [productItem(world, "workshop", { item_type: "SERVICE", price_per_unit_minor: total })],
    sent_time: timeText(at),
    due_time: timeText(at + 30 * dayMs),
    terms: "Net 30",
  });
  const paidAt = at + (12 + (deal.value % 40)) * dayMs;
  if (paidAt < world.end) ledger.pay({ orders: [order], amounts: [total], at: paidAt, tender: "check" });
}

/** Deals in the order they were opened, their moves in the order they were made. */
export function buildDeals(world: World, ledger: Ledger): void {
  const random = createRandom(world.seed, "deals");
  const buyers = world.people.filter((person) => person.order_times.length > 0);
  const deals: Deal[] = [];
  for (let index = 0; index < dealCount(world); index++) {
    const deal = drawDeal(world, random, buyers, index);
    if (deal) deals.push(deal);
  }
  deals.sort((a, b) => a.created - b.created);
  const moves = deals.flatMap((deal, index) =>
    storeDeal(world, random, ledger, deal, String(index * 2 + 11)),
  );
  moves.sort((a, b) =>
    a.move_time < b.move_time
      ? -1
      : a.move_time > b.move_time
        ? 1
        : Number(a.opportunity_id) - Number(b.opportunity_id),
  );
  moves.forEach((move, index) => {
    move.id = String(index + 1);
    put(world, "stageMoves", move);
  });
}
