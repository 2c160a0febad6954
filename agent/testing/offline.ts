import { DateTime } from "luxon";
import { type Memory, type PastCall, remember } from "../chat/offline/memory";
import { countryNames, regionNames } from "../chat/offline/places";
import { type PlanContext, plan, type Reply } from "../chat/offline/plan";
import { indexVocabulary, type Name } from "../chat/offline/vocabulary";
import { toolList } from "../tools/catalog";

/** Monday 23 November 2026, ten in the morning in New York: the clock of all parser tests. */
export const testNow = DateTime.fromISO("2026-11-23T10:00:00", { zone: "America/New_York" });

export const testNames: Name[] = [
  ...[
    "VIP",
    "Newsletter",
    "newsletter",
    "Webinar March 2025",
    "At risk",
    "Customers",
    "Course Buyers",
    "Nurture: Cold Leads",
    "Été Spécial",
  ].map((value) => ({ kind: "tag" as const, value })),
  ...[
    "Mindset Mastery Course",
    "Starter Kit",
    "Coaching Call",
    "Mastery Membership",
    "Summit 2025 Ticket",
  ].map((value) => ({ kind: "product" as const, value })),
  ...["Facebook Ads", "Google Organic", "Referral", "Newsletter"].map((value) => ({
    kind: "lead_source" as const,
    value,
  })),
  ...["USA", "CAN", "GBR", "DEU"].map((value) => ({
    kind: "country" as const,
    value,
    aliases: countryNames(value),
  })),
  ...["US-CA", "US-TX", "US-NY", "CA-ON"].map((value) => ({
    kind: "region" as const,
    value,
    aliases: regionNames(value),
  })),
];

// One object, so that what is kept for a vocabulary is kept for all tests of a file.
const testVocabulary = { names: testNames };

export function testContext(overrides: Partial<PlanContext> = {}): PlanContext {
  return {
    index: indexVocabulary(testVocabulary),
    today: { now: testNow, weekStart: 1 },
    available: new Set(toolList.map(({ name }) => name)),
    accountName: "Test Company",
    ...overrides,
  };
}

/** Plans a conversation turn by turn, as the chat would, and returns the last reply. */
export function converse(questions: string[], context = testContext()): Reply {
  let memory: Memory = {};
  const calls: PastCall[] = [];
  let reply: Reply | undefined;
  for (const [turn, question] of questions.entries()) {
    reply = plan(question, memory, context);
    if (reply.kind === "call") calls.push(...reply.calls.map((call) => ({ ...call, turn })));
    memory = remember(calls, reply.kind === "say" ? question : undefined);
  }
  if (!reply) throw new Error("A conversation needs at least one question.");
  return reply;
}
