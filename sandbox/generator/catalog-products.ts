import type { CycleType } from "../records";

/** How a product behaves in the demo business. Prices in cents; `share` is how often it is in a basket. */
export interface ProductPlan {
  key: string;
  cycle_type: CycleType;
  frequency: number;
  total_cycles: number;
  price: number;
  name: string;
  /** Only sold before the price change. */
  until_price_change?: boolean;
}

export interface ProductSeed {
  key: string;
  name: string;
  sku?: string;
  price: number;
  cost?: number;
  category: "Courses" | "Kits & tools" | "Coaching" | "Membership" | "Events" | "Free";
  share: number;
  shippable?: boolean;
  taxable?: boolean;
  weight?: number;
  inactive?: boolean;
  /** Share of its sales that are refunded within four weeks. */
  refund_share: number;
  /** Month numbers (1 to 12) in which it sells three times as often. */
  season?: readonly number[];
  /** Years before the end of the history in which it came out. */
  launched_years_ago?: number;
  description: string;
  plans?: readonly ProductPlan[];
}

/** Refund share of every product that is not planted as refund-prone. */
export const usualRefundShare = 0.03;
/** Planted: the kiln is refunded six times as often as anything else. */
export const refundProneShare = 0.18;

const usual = usualRefundShare;

export const productSeeds: readonly ProductSeed[] = [
  {
    key: "drawing",
    name: "Foundations of Drawing",
    sku: "NL-C-101",
    price: 14900,
    category: "Courses",
    share: 14,
    refund_share: usual,
    description: "Twelve lessons, from line to light. Lifetime access.",
    season: [1],
  },
  {
    key: "watercolor",
    name: "Watercolor in 30 Days",
    sku: "NL-C-110",
    price: 9700,
    category: "Courses",
    share: 16,
    refund_share: usual,
    description: "One short exercise a day for a month.",
  },
  {
    key: "ceramics",
    name: "Ceramics at Home",
    sku: "NL-C-120",
    price: 24900,
    category: "Courses",
    share: 8,
    refund_share: usual,
    description: "Hand-building without a wheel.",
  },
  {
    key: "portrait",
    name: "Portrait Intensive",
    sku: "NL-C-130",
    price: 39700,
    category: "Courses",
    share: 5,
    refund_share: usual,
    launched_years_ago: 2,
    description: "Six weeks of live portrait sessions.",
  },
  {
    key: "sketchbook",
    name: "Sketchbook Habit",
    sku: "NL-C-090",
    price: 4900,
    category: "Courses",
    share: 18,
    refund_share: usual,
    description: "A mini-course for people who never finish a sketchbook.",
  },
  {
    key: "gesture2022",
    name: "Gesture Drawing (2022 edition)",
    sku: "NL-C-095",
    price: 5900,
    category: "Courses",
    share: 0,
    inactive: true,
    refund_share: usual,
    description: "Replaced by Foundations of Drawing.",
  },
  {
    key: "drawing_kit",
    name: "Drawing Kit",
    sku: "NL-K-201",
    price: 6800,
    cost: 3100,
    category: "Kits & tools",
    share: 11,
    shippable: true,
    taxable: true,
    weight: 1.4,
    refund_share: usual,
    season: [11, 12],
    description: "Graphite, charcoal, ink and paper in a tin.",
  },
  {
    key: "watercolor_set",
    name: "Watercolor Set “Émaux”",
    sku: "NL-K-210",
    price: 5400,
    cost: 2350,
    category: "Kits & tools",
    share: 10,
    shippable: true,
    taxable: true,
    weight: 0.8,
    refund_share: usual,
    season: [11, 12],
    description: "24 half pans, mixed for Northlight in Limoges.",
  },
  {
    key: "clay_box",
    name: "Clay Starter Box",
    sku: "NL-K-220",
    price: 8900,
    cost: 4700,
    category: "Kits & tools",
    share: 6,
    shippable: true,
    taxable: true,
    weight: 6.5,
    refund_share: usual,
    season: [12],
    description: "Air-dry clay, tools and glazes.",
  },
  {
    key: "travel_book",
    name: "Travel Sketchbook",
    sku: "NL-K-230",
    price: 2400,
    cost: 820,
    category: "Kits & tools",
    share: 15,
    shippable: true,
    taxable: true,
    weight: 0.4,
    refund_share: usual,
    season: [5, 6, 12],
    description: "A6, 200 g paper, lies flat.",
  },
  {
    key: "kiln",
    name: "Tabletop Kiln",
    sku: "NL-K-290",
    price: 42900,
    cost: 27900,
    category: "Kits & tools",
    share: 6,
    shippable: true,
    taxable: true,
    weight: 17,
    refund_share: refundProneShare,
    launched_years_ago: 2.5,
    description: "Fires to 1,000 °C on a household socket.",
  },
  {
    key: "brushes",
    name: "Brush Trio",
    price: 3200,
    cost: 1250,
    category: "Kits & tools",
    share: 8,
    shippable: true,
    taxable: true,
    weight: 0.2,
    refund_share: usual,
    description: "Round 4, round 8, flat 12.",
  },
  {
    key: "workbook",
    name: "Printable Workbook",
    sku: "NL-U-301",
    price: 1900,
    category: "Courses",
    share: 0,
    refund_share: usual,
    description: "Offered at the checkout of a course.",
  },
  {
    key: "review",
    name: "Portfolio Review (60 min)",
    sku: "NL-S-401",
    price: 18000,
    category: "Coaching",
    share: 3,
    refund_share: usual,
    description: "One hour with a working artist.",
  },
  {
    key: "coaching",
    name: "Coaching Package, 3 months",
    sku: "NL-S-410",
    price: 120000,
    category: "Coaching",
    share: 0,
    refund_share: usual,
    description: "Six sessions; can be paid in four parts.",
  },
  {
    key: "retreat",
    name: "Summer Retreat deposit",
    sku: "NL-E-501",
    price: 30000,
    category: "Events",
    share: 0,
    refund_share: usual,
    description: "Monhegan Island, the last week of July.",
  },
  {
    key: "workshop",
    name: "Team workshop",
    sku: "NL-S-420",
    price: 145000,
    category: "Coaching",
    share: 0,
    refund_share: usual,
    description: "A day for a team; priced by the deal.",
  },
  {
    key: "guide",
    name: "Free Starter Guide",
    sku: "NL-F-001",
    price: 0,
    category: "Free",
    share: 0,
    refund_share: 0,
    description: "Eleven pages, by mail.",
  },
  {
    key: "circle",
    name: "Studio Circle",
    sku: "NL-M-601",
    price: 4900,
    category: "Membership",
    share: 0,
    refund_share: usual,
    description: "Weekly live class, library and community.",
    plans: [
      {
        key: "circle_month_old",
        name: "Studio Circle Monthly (39)",
        cycle_type: "MONTHLY",
        frequency: 1,
        total_cycles: 0,
        price: 3900,
        until_price_change: true,
      },
      {
        key: "circle_month",
        name: "Studio Circle Monthly",
        cycle_type: "MONTHLY",
        frequency: 1,
        total_cycles: 0,
        price: 4900,
      },
      {
        key: "circle_quarter",
        name: "Studio Circle Quarterly",
        cycle_type: "MONTHLY",
        frequency: 3,
        total_cycles: 0,
        price: 12900,
      },
      {
        key: "circle_year_old",
        name: "Studio Circle Annual (390)",
        cycle_type: "YEARLY",
        frequency: 1,
        total_cycles: 0,
        price: 39000,
        until_price_change: true,
      },
      {
        key: "circle_year",
        name: "Studio Circle Annual",
        cycle_type: "YEARLY",
        frequency: 1,
        total_cycles: 0,
        price: 49000,
      },
    ],
  },
  {
    key: "pro",
    name: "Studio Circle Pro",
    sku: "NL-M-610",
    price: 9900,
    category: "Membership",
    share: 0,
    refund_share: usual,
    description: "The Circle with a monthly critique of your own work.",
    plans: [
      {
        key: "pro_month",
        name: "Studio Circle Pro Monthly",
        cycle_type: "MONTHLY",
        frequency: 1,
        total_cycles: 0,
        price: 9900,
      },
      {
        key: "pro_year",
        name: "Studio Circle Pro Annual",
        cycle_type: "YEARLY",
        frequency: 1,
        total_cycles: 0,
        price: 99000,
      },
    ],
  },
  {
    key: "box",
    name: "Seasonal Supply Box",
    sku: "NL-M-620",
    price: 7500,
    cost: 4100,
    category: "Membership",
    share: 0,
    shippable: true,
    refund_share: usual,
    launched_years_ago: 2,
    description: "Four boxes a year of paper, pigment and prompts.",
    plans: [
      {
        key: "box_quarter",
        name: "Supply Box Quarterly",
        cycle_type: "MONTHLY",
        frequency: 3,
        total_cycles: 0,
        price: 7500,
      },
    ],
  },
  {
    key: "mentoring",
    name: "Mentoring Group",
    sku: "NL-M-630",
    price: 22000,
    category: "Membership",
    share: 0,
    refund_share: usual,
    description: "Six months in a group of eight.",
    plans: [
      {
        key: "mentoring_month",
        name: "Mentoring Group, 6 months",
        cycle_type: "MONTHLY",
        frequency: 1,
        total_cycles: 6,
        price: 22000,
      },
    ],
  },
];

/** What a regular parcel costs to send, in cents, by country. */
export const shippingPrices: Record<string, number> = { USA: 900, CAN: 1800 };
export const shippingElsewhere = 2600;

/** Sales tax on taxable goods, by region code, else by country. A share of the price. */
export const taxRates: Record<string, number> = {
  "US-ME": 0.055,
  "US-MA": 0.0625,
  "US-NY": 0.08,
  "US-CA": 0.0725,
  "US-TX": 0.0625,
  "US-FL": 0.06,
  CAN: 0.05,
};
