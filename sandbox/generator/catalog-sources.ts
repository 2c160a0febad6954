import type { SourceType } from "../records";

/** A lead source of the demo business and what is planted in it. */
export interface LeadSourceSeed {
  key: string;
  name: string;
  /** Share of all contacts, relative. */
  share: number;
  /** Share of its leads that buy within a year. */
  conversion: number;
  category: "Advertising" | "Organic" | "People" | "Events";
  vendor?: string;
  medium?: string;
  /** Booked every month, in cents, times the business's growth. */
  monthly_cost?: number;
  /** Booked a few times a year, in cents. */
  single_cost?: number;
  utm?: { source: string; medium: string; campaigns: readonly string[]; terms?: readonly string[] };
  source_type: SourceType;
  inactive?: boolean;
}

/** Share of the leads of `source` that buy within a year. The podcast's is planted. */
export const leadSourceSeeds: readonly LeadSourceSeed[] = [
  {
    key: "facebook",
    name: "Facebook Ads",
    share: 24,
    conversion: 0.22,
    category: "Advertising",
    vendor: "Meta",
    medium: "cpc",
    monthly_cost: 240000,
    source_type: "LANDING_PAGE",
    utm: {
      source: "facebook",
      medium: "cpc",
      campaigns: ["spring-watercolor", "free-guide", "ceramics-launch", "retargeting"],
      terms: ["lookalike", "art-hobby", "crafts-35-65"],
    },
  },
  {
    key: "google",
    name: "Google Search",
    share: 17,
    conversion: 0.34,
    category: "Advertising",
    vendor: "Google",
    medium: "cpc",
    monthly_cost: 130000,
    source_type: "LANDING_PAGE",
    utm: {
      source: "google",
      medium: "cpc",
      campaigns: ["brand", "learn-to-draw", "watercolor-course"],
      terms: ["drawing course online", "learn watercolor", "ceramics at home", "northlight studio"],
    },
  },
  {
    key: "instagram",
    name: "Instagram",
    share: 13,
    conversion: 0.27,
    category: "Organic",
    vendor: "Meta",
    medium: "social",
    single_cost: 85000,
    source_type: "WEBFORM",
    utm: { source: "instagram", medium: "social", campaigns: ["bio-link", "reels", "story-poll"] },
  },
  {
    key: "podcast",
    name: "Podcast “Slow Mornings”",
    share: 7,
    conversion: 0.62,
    category: "Advertising",
    vendor: "Slow Mornings",
    medium: "audio",
    monthly_cost: 90000,
    source_type: "LANDING_PAGE",
    utm: { source: "slow-mornings", medium: "podcast", campaigns: ["host-read", "episode-100"] },
  },
  {
    key: "friend",
    name: "Referral from a friend",
    share: 9,
    conversion: 0.46,
    category: "People",
    source_type: "WEBFORM",
  },
  {
    key: "webinar",
    name: "Webinar: Draw Your Day",
    share: 11,
    conversion: 0.38,
    category: "Events",
    medium: "webinar",
    monthly_cost: 15000,
    source_type: "FORM_API_HOSTED",
    utm: { source: "webinar", medium: "event", campaigns: ["draw-your-day"] },
  },
  {
    key: "openstudio",
    name: "Open Studio Day",
    share: 5,
    conversion: 0.36,
    category: "Events",
    single_cost: 120000,
    source_type: "MANUAL",
  },
  {
    key: "youtube",
    name: "YouTube",
    share: 6,
    conversion: 0.3,
    category: "Organic",
    vendor: "Google",
    medium: "video",
    source_type: "WEBFORM",
    utm: { source: "youtube", medium: "video", campaigns: ["tutorials", "shorts"] },
  },
  {
    key: "newsletter",
    name: "Partner newsletter",
    share: 4,
    conversion: 0.3,
    category: "Advertising",
    medium: "email",
    single_cost: 60000,
    source_type: "LANDING_PAGE",
    utm: { source: "paperjoy", medium: "email", campaigns: ["swap-spring", "swap-autumn"] },
  },
  {
    key: "fair",
    name: "Craft Fair 2022",
    share: 0,
    conversion: 0,
    category: "Events",
    source_type: "MANUAL",
    inactive: true,
  },
];

/** Contacts without any lead source, and how many of them buy within a year. */
export const unknownSource = { share: 6, conversion: 0.3 };
/** The planted source: its leads buy about twice as often as the average lead. */
export const plantedSourceKey = "podcast";
