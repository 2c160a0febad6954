import type { UserRecord } from "../records";
import { addMonths, atLocal, dayMs, timeText } from "./calendar";
import { productSeeds } from "./catalog-products";
import { leadSourceSeeds } from "./catalog-sources";
import { tagCategorySeeds, tagSeeds } from "./catalog-tags";
import { createRandom } from "./random";
import { idOf, put, type World } from "./world";

interface UserSeed {
  key: string;
  given: string;
  family: string;
  title: string;
  admin?: boolean;
  partner?: boolean;
  inactive?: boolean;
}

/** The people who work with the account. `nadia` is planted as the best closer of deals. */
export const userSeeds: readonly UserSeed[] = [
  { key: "owner", given: "Maren", family: "Holloway", title: "Founder", admin: true },
  { key: "office", given: "Theo", family: "Castellanos", title: "Studio manager", admin: true },
  { key: "nadia", given: "Nadia", family: "Okafor", title: "Enrolment adviser" },
  { key: "ben", given: "Ben", family: "Lindqvist", title: "Enrolment adviser" },
  { key: "zoe", given: "Zoé", family: "Marchand", title: "Community" },
  { key: "former", given: "Greg", family: "Paulsen", title: "Enrolment adviser (left)", inactive: true },
  { key: "agency", given: "Kim", family: "Sato", title: "Keap partner", partner: true },
];

function buildUsers(world: World): void {
  const created = timeText(world.start - 400 * dayMs);
  userSeeds.forEach((seed, index) => {
    const id = String(index === 0 ? 1 : 2 * index + 1);
    world.ids.set(`user:${seed.key}`, id);
    const user: UserRecord = {
      id,
      given_name: seed.given,
      family_name: seed.family,
      title: seed.title,
      admin: seed.admin ?? false,
      partner: seed.partner ?? false,
      status: seed.inactive ? "INACTIVE" : "ACTIVE",
      global_user_id: String(9_000_100 + index),
      keap_id: `${seed.given
        .toLowerCase()
        .normalize("NFD")
        .replace(/[^a-z]/g, "")}@northlight.example`,
      company_name: seed.partner ? "Sato Automation" : "Northlight Studio",
      email_addresses: [
        {
          field: "EMAIL1",
          email: `${seed.given
            .toLowerCase()
            .normalize("NFD")
            .replace(/[^a-z]/g, "")}@northlight.example`,
        },
      ],
      phone_numbers: [
        {
          field: "PHONE1",
          number: `(207) 555-01${10 + index}`,
          number_e164: `+120755501${10 + index}`,
          type: "Work",
        },
      ],
      time_zone: "America/New_York",
      created_by: 1,
      updated_by: 1,
      create_time: created,
      update_time: seed.inactive ? timeText(world.end - 300 * dayMs) : created,
    };
    put(world, "users", user);
  });
}

function buildLeadSources(world: World): void {
  const opened = timeText(world.start - 30 * dayMs);
  ["Advertising", "Organic", "People", "Events"].forEach((name, index) => {
    put(world, "leadSourceCategories", {
      id: String(index + 1),
      name,
      create_time: opened,
      update_time: opened,
    });
    world.ids.set(`leadSourceCategory:${name}`, String(index + 1));
  });
  leadSourceSeeds.forEach((seed, index) => {
    const id = String(11 + index * 2);
    world.ids.set(`leadSource:${seed.key}`, id);
    put(world, "leadSources", {
      id,
      name: seed.name,
      status: seed.inactive ? "INACTIVE" : "ACTIVE",
      lead_source_category_id: idOf(world, `leadSourceCategory:${seed.category}`),
      ...(seed.vendor && { vendor: seed.vendor }),
      ...(seed.medium && { medium: seed.medium }),
      start_time: opened,
      create_time: opened,
      update_time: opened,
    });
  });
}

/** Monthly costs come from a recurring expense; single ones from fairs, posts and swaps. */
function buildExpenses(world: World): void {
  const random = createRandom(world.seed, "expenses");
  let recurringId = 0;
  const booked: { at: number; source: string; recurring?: string; title: string; amount: number }[] = [];
  for (const seed of leadSourceSeeds) {
    const source = idOf(world, `leadSource:${seed.key}`);
    if (seed.monthly_cost) {
      const recurring = String(++recurringId);
      const created = timeText(world.start);
      let month = world.startDate;
      for (let index = 0; atLocal(month, 9) < world.end; index++) {
        // Budgets grew by 2 % a month and vary by a tenth.
        const amount =
          Math.round((seed.monthly_cost * 1.02 ** index * (0.9 + random.next() * 0.2)) / 100) * 100;
        booked.push({ at: atLocal(month, 9), source, recurring, title: `${seed.name}: monthly`, amount });
        month = addMonths(world.startDate, index + 1);
      }
      put(world, "leadSourceRecurringExpenses", {
        id: recurring,
        lead_source_id: source,
        title: `${seed.name}: monthly`,
        amount_minor: seed.monthly_cost,
        start_time: created,
        next_expense_time: timeText(atLocal(month, 9)),
        create_time: created,
        update_time: timeText(atLocal(addMonths(month, -1), 9)),
      });
    }
    if (seed.single_cost) {
      for (let at = world.start + 40 * dayMs; at < world.end; at += random.int(60, 130) * dayMs) {
        const amount = Math.round((seed.single_cost * (0.6 + random.next() * 0.8)) / 100) * 100;
        booked.push({ at: at + random.int(14, 20) * 3_600_000, source, title: seed.name, amount });
      }
    }
  }
  booked
    .filter((expense) => expense.at < world.end)
    .sort((a, b) => a.at - b.at || Number(a.source) - Number(b.source))
    .forEach((expense, index) => {
      const at = timeText(expense.at);
      put(world, "leadSourceExpenses", {
        id: String(index + 1),
        lead_source_id: expense.source,
        ...(expense.recurring && { lead_source_recurring_expense_id: expense.recurring }),
        title: expense.title,
        amount_minor: expense.amount,
        incurred_time: at,
        create_time: at,
        update_time: at,
      });
    });
}

function buildTags(world: World): void {
  const random = createRandom(world.seed, "tags");
  const opened = timeText(world.start - 20 * dayMs);
  tagCategorySeeds.forEach((name, index) => {
    const id = String(10 + index);
    world.ids.set(`tagCategory:${name}`, id);
    put(world, "tagCategories", { id, name, create_time: opened, update_time: opened });
  });
  tagSeeds.forEach((seed, index) => {
    const id = String(91 + index * 3);
    world.ids.set(`tag:${seed.key}`, id);
    const created = timeText(world.start - random.int(1, 19) * dayMs);
    put(world, "tags", {
      id,
      name: seed.name,
      ...(seed.description && { description: seed.description }),
      ...(seed.category && { category_id: idOf(world, `tagCategory:${seed.category}`) }),
      create_time: created,
      update_time: created,
    });
  });
}

function buildProducts(world: World): void {
  const categories = [...new Set(productSeeds.map((seed) => seed.category))];
  categories.forEach((name, index) => {
    world.ids.set(`productCategory:${name}`, String(index + 1));
    put(world, "productCategories", { id: String(index + 1), name, display_order_index: index });
  });
  let planId = 0;
  productSeeds.forEach((seed, index) => {
    const id = String(3 + index * 2);
    world.ids.set(`product:${seed.key}`, id);
    const created = launchOf(world, seed.key);
    put(world, "products", {
      id,
      name: seed.name,
      price_minor: seed.price,
      active: !seed.inactive,
      short_description: seed.description,
      description: `<p>${seed.description}</p>`,
      ...(seed.sku && { sku: seed.sku }),
      shippable: seed.shippable ?? false,
      taxable: seed.taxable ?? false,
      country_taxable: seed.taxable ?? false,
      state_taxable: seed.taxable ?? false,
      city_taxable: false,
      ...(seed.weight && { weight: seed.weight }),
      category_ids: [idOf(world, `productCategory:${seed.category}`)],
      inventory: seed.shippable
        ? {
            inventory_limit: 10,
            inventory_count: 140 - index * 3,
            out_of_stock_enabled: false,
            email_for_inventory_notifications: "hello@northlight.example",
          }
        : { out_of_stock_enabled: false },
      subscription_only: seed.plans !== undefined,
      storefront_hidden: seed.inactive ?? false,
      is_package: false,
      needs_digital_delivery: seed.category === "Courses",
      has_legacy_image: false,
      create_time: timeText(created),
      // The memberships were last edited when their price changed.
      update_time: timeText(seed.key === "circle" ? atLocal(world.priceChange, 8) : created),
    });
    for (const plan of seed.plans ?? []) {
      world.ids.set(`plan:${plan.key}`, String(++planId));
      put(world, "plans", {
        id: String(planId),
        product_id: id,
        subscription_plan_name: plan.name,
        cycle_type: plan.cycle_type,
        frequency: plan.frequency,
        total_cycles: plan.total_cycles,
        plan_price_minor: plan.price,
        active: !plan.until_price_change,
        allow_prorating: false,
        display_order_index: planId,
      });
    }
  });
}

/** The instant a product came out; before it nobody can buy it. */
export function launchOf(world: World, productKey: string): number {
  const seed = productSeeds.find((product) => product.key === productKey);
  const years = seed?.launched_years_ago;
  return years === undefined ? world.start - 25 * dayMs : world.end - Math.round(years * 365) * dayMs;
}

function buildMerchants(world: World): void {
  const merchants = [
    { key: "card", name: "Keap Pay", type: "KEAP_PAY", is_test: false },
    { key: "stripe", name: "Stripe (before Keap Pay)", type: "STRIPE", is_test: false },
    { key: "paypal", name: "PayPal", type: "PAYPAL", is_test: false },
    { key: "test", name: "Test gateway", type: "UNSUPPORTED", is_test: true },
  ] as const;
  merchants.forEach(({ key, ...merchant }, index) => {
    const id = String(index + 2);
    world.ids.set(`merchant:${key}`, id);
    put(world, "merchants", { id, ...merchant });
  });
  world.account.settings.default_merchant_id = idOf(world, "merchant:card");
  world.account.settings.promo_codes = [
    { code: "WELCOME10", percent: 10 },
    { code: "FRIDAY20", percent: 20 },
    { code: "TEACHER15", percent: 15 },
  ];
}

/** Fills everything that exists before the first customer does. */
export function buildCatalog(world: World): void {
  world.account.tenantId = "northlight.infusionsoft.com";
  buildUsers(world);
  buildLeadSources(world);
  buildExpenses(world);
  buildTags(world);
  buildProducts(world);
  buildMerchants(world);
}
