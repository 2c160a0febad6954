import { countryNames, regionNames } from "../chat/offline/places";
import type { PlanContext } from "../chat/offline/plan";
import { indexVocabulary, type Name } from "../chat/offline/vocabulary";
import { testContext } from "./offline";

/**
 * The names of a business with memberships, deals and advertising: plans that bill by the month and by the year,
 * categories, users, stages, and UTM records that repeat the names of lead sources.
 */
const named: Partial<Record<Name["kind"], string[]>> = {
  tag: [
    "VIP",
    "Onboarding completed",
    "Started a trial",
    "Annual plan",
    "Bought a kit",
    "Webinar: registered",
    "Webinar: attended",
    "Newsletter",
    "Beginner",
    "Advanced",
  ],
  product: [
    "Pottery Club",
    "Pottery Club Pro",
    "Glaze Kit",
    "Team workshop",
    "Wheel in 30 Days",
    "Home Kiln",
  ],
  plan: ["Club Monthly", "Club Pro Monthly", "Club Quarterly", "Club Annual"],
  category: ["Courses", "Kits & tools", "Coaching"],
  lead_source: ["Facebook Ads", "Google Search", "Podcast “Clay Talk”", "Instagram", "Partner newsletter"],
  utm_source: ["facebook", "google", "instagram", "paperjoy"],
  utm_medium: ["cpc", "podcast", "social"],
  utm_campaign: ["spring-glaze", "brand"],
  owner: ["Mara Quint", "Joel Adeyemi"],
  stage: ["New enquiry", "Discovery call", "Proposal sent", "Negotiation", "Won", "Lost"],
  customer_status: ["lead", "active", "lapsed", "subscriber"],
};

export const studioNames: Name[] = [
  ...Object.entries(named).flatMap(([kind, values]) =>
    values.map((value) => ({ kind: kind as Name["kind"], value })),
  ),
  ...["USA", "CAN", "GBR"].map((value) => ({
    kind: "country" as const,
    value,
    aliases: countryNames(value),
  })),
  ...["US-CA", "US-TX"].map((value) => ({ kind: "region" as const, value, aliases: regionNames(value) })),
];

export const studioContext = (): PlanContext =>
  testContext({ index: indexVocabulary({ names: studioNames }) });
