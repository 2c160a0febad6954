import type {
  AffiliateBody,
  AffiliatePatch,
  LeadSourceBody,
  LeadSourceExpenseBody,
  LeadSourceRecurringExpenseBody,
  ReferralBody,
} from "../bodies";
import { type Calls, type ListOptions, maskQuery } from "../calls";
import { lists } from "../lists";
import type { MaskOf } from "../masks";
import {
  affiliateSchema,
  leadSourceCategorySchema,
  leadSourceExpenseSchema,
  leadSourceRecurringExpenseSchema,
  leadSourceSchema,
  referralSchema,
} from "../schemas";
import type { CallOptions } from "../transport";
import { bodyOf, crud } from "./crud";

export function leadSourcesResource(calls: Calls) {
  return {
    list: (options?: ListOptions<typeof lists.leadSources>) => calls.page(lists.leadSources, options),
    ...crud(calls, {
      path: "/v2/leadSources",
      item: leadSourceSchema,
      mask: "leadSource",
      _create: bodyOf<LeadSourceBody>(),
      _patch: bodyOf<LeadSourceBody>(),
    }),
  };
}

export function leadSourceCategoriesResource(calls: Calls) {
  type Body = { name?: string; description?: string | null };
  return {
    list: (options?: ListOptions<typeof lists.leadSourceCategories>) =>
      calls.page(lists.leadSourceCategories, options),
    ...crud(calls, {
      path: "/v2/leadSourceCategories",
      item: leadSourceCategorySchema,
      mask: "leadSourceCategory",
      _create: bodyOf<Body>(),
      _patch: bodyOf<Body>(),
    }),
  };
}

const expensesPath = "/v2/leadSources/{lead_source_id}/expenses";
const expensePath = `${expensesPath}/{lead_source_expense_id}`;
const recurringPath = "/v2/leadSources/{lead_source_id}/recurringExpenses";
const oneRecurringPath = `${recurringPath}/{lead_source_recurring_expense_id}`;

/** What a lead source cost. A recurring expense books ordinary ones: count ordinary ones only. */
export function leadSourceExpensesResource(calls: Calls) {
  const one = (source: string, expense: string) => ({
    lead_source_id: source,
    lead_source_expense_id: expense,
  });
  return {
    /** Of one lead source, or of all of them with `-`. */
    list: (leadSourceId: string | "-", options?: ListOptions<typeof lists.leadSourceExpenses>) =>
      calls.page(lists.leadSourceExpenses, options, { lead_source_id: leadSourceId }),
    get: (leadSourceId: string, expenseId: string, options?: CallOptions) =>
      calls.record(
        leadSourceExpenseSchema,
        { method: "GET", path: expensePath, params: one(leadSourceId, expenseId) },
        options,
      ),
    create: (leadSourceId: string, body: LeadSourceExpenseBody, options?: CallOptions) =>
      calls.record(
        leadSourceExpenseSchema,
        { method: "POST", path: expensesPath, params: { lead_source_id: leadSourceId }, body },
        options,
      ),
    update: (
      leadSourceId: string,
      expenseId: string,
      body: Partial<LeadSourceExpenseBody>,
      mask?: MaskOf<"leadSourceExpense">,
      options?: CallOptions,
    ) =>
      calls.record(
        leadSourceExpenseSchema,
        {
          method: "PATCH",
          path: expensePath,
          params: one(leadSourceId, expenseId),
          query: maskQuery(`PATCH ${expensePath}`, "leadSourceExpense", body, mask),
          body,
        },
        options,
      ),
    delete: (leadSourceId: string, expenseId: string, options?: CallOptions) =>
      calls.nothing({ method: "DELETE", path: expensePath, params: one(leadSourceId, expenseId) }, options),
  };
}

export function leadSourceRecurringExpensesResource(calls: Calls) {
  const one = (source: string, expense: string) => ({
    lead_source_id: source,
    lead_source_recurring_expense_id: expense,
  });
  return {
    list: (leadSourceId: string | "-", options?: ListOptions<typeof lists.leadSourceRecurringExpenses>) =>
      calls.page(lists.leadSourceRecurringExpenses, options, { lead_source_id: leadSourceId }),
    get: (leadSourceId: string, expenseId: string, options?: CallOptions) =>
      calls.record(
        leadSourceRecurringExpenseSchema,
        { method: "GET", path: oneRecurringPath, params: one(leadSourceId, expenseId) },
        options,
      ),
    create: (leadSourceId: string, body: LeadSourceRecurringExpenseBody, options?: CallOptions) =>
      calls.record(
        leadSourceRecurringExpenseSchema,
        { method: "POST", path: recurringPath, params: { lead_source_id: leadSourceId }, body },
        options,
      ),
    update: (
      leadSourceId: string,
      expenseId: string,
      body: Partial<LeadSourceRecurringExpenseBody>,
      mask?: MaskOf<"leadSourceRecurringExpense">,
      options?: CallOptions,
    ) =>
      calls.record(
        leadSourceRecurringExpenseSchema,
        {
          method: "PATCH",
          path: oneRecurringPath,
          params: one(leadSourceId, expenseId),
          query: maskQuery(`PATCH ${oneRecurringPath}`, "leadSourceRecurringExpense", body, mask),
          body,
        },
        options,
      ),
    delete: (leadSourceId: string, expenseId: string, options?: CallOptions) =>
      calls.nothing(
        { method: "DELETE", path: oneRecurringPath, params: one(leadSourceId, expenseId) },
        options,
      ),
  };
}

export function affiliatesResource(calls: Calls) {
  return {
    list: (options?: ListOptions<typeof lists.affiliates>) => calls.page(lists.affiliates, options),
    ...crud(calls, {
      path: "/v2/affiliates",
      item: affiliateSchema,
      mask: "affiliate",
      _create: bodyOf<AffiliateBody>(),
      _patch: bodyOf<AffiliatePatch>(),
    }),
  };
}

/** Can be listed and made, neither read one by one nor changed. */
export function referralsResource(calls: Calls) {
  return {
    list: (options?: ListOptions<typeof lists.referrals>) => calls.page(lists.referrals, options),
    create: (body: ReferralBody, options?: CallOptions) =>
      calls.record(referralSchema, { method: "POST", path: "/v2/referrals", body }, options),
  };
}
