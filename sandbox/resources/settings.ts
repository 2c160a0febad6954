import { type Call, ok } from "../http/call";
import { badRequest } from "../http/errors";
import { get, type Route } from "../http/router";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import type { WebformRecord } from "../records";

const modules = [
  "AFFILIATE",
  "APPOINTMENT",
  "CONTACT",
  "ECOMMERCE",
  "EMAIL",
  "FORMS",
  "FULFILLMENT",
  "INVOICE",
  "NOTE",
  "OPPORTUNITY",
  "TASK",
  "TEMPLATE",
];

/** Lists come as one text. */
const joined = (values: readonly string[]) => values.join(",");

function moduleOf(call: Call, name: string): unknown {
  const { settings, businessProfile } = call.account;
  const types = {
    appointment_types: joined(settings.note_types),
    share_opportunity_with_related_user: false,
  };
  switch (name) {
    case "AFFILIATE":
      return {
        commission: { levels: 2, calculation_type: "percent", participant_types: "Affiliate" },
        choose_affiliate: false,
        display_affiliate_ip_address: false,
      };
    case "CONTACT":
      return {
        title_types: joined(settings.title_types),
        suffix_types: joined(settings.suffix_types),
        contact_types: joined(settings.contact_types),
        phone_types: joined(settings.phone_types),
        fax_types: joined(settings.fax_types),
      };
    case "ECOMMERCE":
      return {
        currency: businessProfile.currency_code,
        default_country: settings.default_country,
        default_merchant: settings.default_merchant_id,
        credit_card_types: "Visa,MasterCard,American Express,Discover",
        payment_types: joined(settings.payment_types),
        default_to_auto_charge: settings.default_to_auto_charge,
        default_charge_max_retry_attempts: settings.default_charge_max_retry_attempts,
        default_number_of_days_between_charge_attempts: settings.default_days_between_charge_attempts,
        promo_codes: joined(settings.promo_codes.map((one) => one.code)),
        track_cost_per_unit: true,
        track_inventory: false,
      };
    case "EMAIL":
      return { append_contact_key_to_links: false };
    case "FORMS":
      return { spam_filters_enabled: true };
    case "FULFILLMENT":
      return {};
    case "INVOICE":
      return { tax_label: "Tax" };
    case "OPPORTUNITY":
      return {
        states: {
          active: { stages: joined(settings.active_stage_ids) },
          win: { reasons: joined(settings.win_reasons), stage: settings.win_stage_id },
          loss: { reasons: joined(settings.loss_reasons), stage: settings.loss_stage_id },
        },
        default_stage: settings.default_stage_id,
      };
    case "TEMPLATE":
      return { default_country_code: 1, default_user_id: "1" };
    default:
      return types;
  }
}

function configuration(call: Call) {
  const { businessProfile } = call.account;
  // Known to need the repeated form: a comma list is one unknown word.
  const asked = call.url.searchParams.getAll("fields");
  const unknown = asked.find((name) => !modules.includes(name));
  if (unknown !== undefined) throw badRequest(`Unknown field: ${unknown}`, "fields");
  return ok({
    application: {
      company: {
        name: businessProfile.name,
        email: businessProfile.email,
        phone: businessProfile.phone,
        website: businessProfile.website,
      },
      time_zone: businessProfile.time_zone,
      default_view_locale: businessProfile.language_tag,
      features_enabled: { marketing: true },
    },
    ...Object.fromEntries(asked.map((name) => [name.toLowerCase(), moduleOf(call, name)])),
  });
}

const webforms: ListSpec<WebformRecord> = {
  answerKey: "webforms",
  rows: (call) => call.account.webforms.values(),
  tables: ["webforms"],
  filters: {
    name: f.text((one) => one.name),
    webform_type: f.text((one) => one.webform_type),
    since_create_time: f.since((one) => one.create_time),
    until_create_time: f.until((one) => one.create_time),
    since_update_time: f.since((one) => one.update_time),
    until_update_time: f.until((one) => one.update_time),
  },
  orders: {
    name: (one) => one.name.toLowerCase(),
    webform_type: (one) => one.webform_type,
    create_time: (one) => one.create_time,
    update_time: (one) => one.update_time,
  },
  wire: (one) => one,
};

export const settingsRoutes: Route[] = [
  get("/v2/settings/applications:getConfiguration", configuration),
  get("/v2/settings/applications:isEnabled", () => ok({ isEnabled: true })),
  get("/v2/settings/contactOptionTypes", (call) => ok({ option_types: call.account.settings.contact_types })),
  get("/v2/webforms", (call) => listPage(call, webforms)),
];
