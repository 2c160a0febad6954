import { createTokenAuth } from "./auth";
import { createCalls } from "./calls";
import type { Clock } from "./clock";
import { createMemoryQuota, type Lane, type Pace, type QuotaGate } from "./quota";
import {
  businessProfileResource,
  settingsResource,
  userInfoCall,
  usersResource,
  webformsResource,
} from "./resources/account";
import { appointmentsResource, notesResource, tasksResource } from "./resources/activities";
import {
  affiliatesResource,
  leadSourceCategoriesResource,
  leadSourceExpensesResource,
  leadSourceRecurringExpensesResource,
  leadSourcesResource,
  referralsResource,
} from "./resources/attribution";
import { automationsResource, campaignsResource } from "./resources/automations";
import { companiesResource, contactsResource } from "./resources/contacts";
import { customFieldsResource } from "./resources/custom-fields";
import { emailAddressesResource, emailsResource } from "./resources/emails";
import { contactTagsV1, hooksResource } from "./resources/hooks";
import {
  opportunitiesResource,
  opportunityStagesResource,
  stageMovesResource,
} from "./resources/opportunities";
import { plansResource, productCategoriesResource, productsResource } from "./resources/products";
import {
  merchantsResource,
  ordersResource,
  paymentMethodsResource,
  paymentsResource,
  subscriptionsResource,
  transactionsResource,
} from "./resources/sales";
import { tagCategoriesResource, tagsResource } from "./resources/tags";
import { type AccessTokens, type CallReport, createTransport, type Transport } from "./transport";

export const defaultBaseUrl = "https://api.infusionsoft.com";

export interface KeapClientOptions {
  /** The host, `https://api.infusionsoft.com` unless told. */
  baseUrl?: string;
  /** A personal access token or service account key, or OAuth tokens as `createOAuthTokens` gives them. */
  auth: { kind: "token"; token: string } | { kind: "oauth"; tokens: AccessTokens };
  /** Shared by everything that uses the same credential. A polite in-memory gate unless told. */
  quota?: QuotaGate;
  pace?: Pace;
  lane?: Lane;
  fetch?: typeof fetch;
  clock?: Clock;
  random?: () => number;
  maxAttempts?: number;
  onCall?: (report: CallReport) => void;
}

/**
 * A client for one connected Keap account. Every call passes the quota gate; reads are tried again by class of
 * error; a write whose outcome is unknown is thrown as such (`KeapError.outcome`) and never repeated here.
 * Times and money are as on the wire: `normalise.ts` converts them.
 */
export function createKeapClient(options: KeapClientOptions): KeapClient {
  const { auth, clock, random, pace } = options;
  const quota = options.quota ?? createMemoryQuota({ clock, random, pace });
  const tokens = auth.kind === "token" ? createTokenAuth(auth.token) : auth.tokens;
  const transport = createTransport({
    ...options,
    baseUrl: options.baseUrl ?? defaultBaseUrl,
    tokens,
    quota,
  });
  return bindLane(transport, quota, options.lane ?? "interactive");
}

/** Everything the product asks of Keap, by resource. */
export type KeapResources = ReturnType<typeof createResources>;

export interface KeapClient extends KeapResources {
  readonly quota: QuotaGate;
  readonly lane: Lane;
  /** The same client with another urgency. A call's own `lane` option wins over it. */
  inLane(lane: Lane): KeapClient;
}

function bindLane(transport: Transport, quota: QuotaGate, lane: Lane): KeapClient {
  const inThisLane: Transport = {
    send: (request) => transport.send({ ...request, lane: request.lane ?? lane }),
  };
  return {
    ...createResources(inThisLane),
    quota,
    lane,
    inLane: (other) => bindLane(transport, quota, other),
  };
}

function createResources(transport: Transport) {
  const calls = createCalls(transport);
  return {
    contacts: contactsResource(calls),
    companies: companiesResource(calls),
    tags: tagsResource(calls),
    tagCategories: tagCategoriesResource(calls),
    products: productsResource(calls),
    plans: plansResource(calls),
    productCategories: productCategoriesResource(calls),
    orders: ordersResource(calls),
    payments: paymentsResource(calls),
    transactions: transactionsResource(calls),
    paymentMethods: paymentMethodsResource(calls),
    merchants: merchantsResource(calls),
    subscriptions: subscriptionsResource(calls),
    opportunities: opportunitiesResource(calls),
    opportunityStages: opportunityStagesResource(calls),
    stageMoves: stageMovesResource(calls),
    notes: notesResource(calls),
    tasks: tasksResource(calls),
    appointments: appointmentsResource(calls),
    emails: emailsResource(calls),
    emailAddresses: emailAddressesResource(calls),
    campaigns: campaignsResource(calls),
    automations: automationsResource(calls),
    leadSources: leadSourcesResource(calls),
    leadSourceCategories: leadSourceCategoriesResource(calls),
    leadSourceExpenses: leadSourceExpensesResource(calls),
    leadSourceRecurringExpenses: leadSourceRecurringExpensesResource(calls),
    affiliates: affiliatesResource(calls),
    referrals: referralsResource(calls),
    customFields: customFieldsResource(calls),
    hooks: hooksResource(calls),
    contactTagsV1: contactTagsV1(calls),
    users: usersResource(calls),
    businessProfile: businessProfileResource(calls),
    settings: settingsResource(calls),
    webforms: webformsResource(calls),
    userInfo: userInfoCall(calls),
  };
}
