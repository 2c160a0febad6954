import type { BusinessProfilePatch, UserPatch } from "../bodies";
import { type Calls, fieldsQuery, type ListOptions, maskQuery } from "../calls";
import { lists } from "../lists";
import type { MaskOf } from "../masks";
import { businessProfileSchema, settingsSchema, userInfoSchema, userSchema } from "../schemas";
import type { CallOptions } from "../transport";

const userPath = "/v2/users/{user_id}";

export function usersResource(calls: Calls) {
  return {
    /** Pages of 100 at most. Ask for inactive users and partners so that old owners resolve. */
    list: (options?: ListOptions<typeof lists.users>) => calls.page(lists.users, options),
    get: (userId: string, options?: CallOptions) =>
      calls.record(userSchema, { method: "GET", path: userPath, params: { user_id: userId } }, options),
    update: (userId: string, body: UserPatch, mask?: MaskOf<"user">, options?: CallOptions) =>
      calls.record(
        userSchema,
        {
          method: "PATCH",
          path: userPath,
          params: { user_id: userId },
          query: maskQuery(`PATCH ${userPath}`, "user", body, mask),
          body,
        },
        options,
      ),
  };
}

const profilePath = "/v2/businessProfile";

/** Zone and currency of the account. */
export function businessProfileResource(calls: Calls) {
  return {
    get: (options?: CallOptions) =>
      calls.record(businessProfileSchema, { method: "GET", path: profilePath }, options),
    update: (body: BusinessProfilePatch, mask?: MaskOf<"businessProfile">, options?: CallOptions) =>
      calls.record(
        businessProfileSchema,
        {
          method: "PATCH",
          path: profilePath,
          query: maskQuery(`PATCH ${profilePath}`, "businessProfile", body, mask),
          body,
        },
        options,
      ),
  };
}

export const settingsModules = [
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
] as const;
export type SettingsModule = (typeof settingsModules)[number];

export function settingsResource(calls: Calls) {
  const path = "/v2/settings/applications:getConfiguration";
  return {
    /** All modules unless told. This call wants its `fields` repeated. */
    getConfiguration: (modules: readonly SettingsModule[] = settingsModules, options?: CallOptions) =>
      calls.record(
        settingsSchema,
        { method: "GET", path, query: fieldsQuery(`GET ${path}`, modules, settingsModules, "repeated") },
        options,
      ),
  };
}

export function webformsResource(calls: Calls) {
  return { list: (options?: ListOptions<typeof lists.webforms>) => calls.page(lists.webforms, options) };
}

/** Who the credential acts as, and for which tenant: the cheapest proof that it works. */
export function userInfoCall(calls: Calls) {
  return (options?: CallOptions) =>
    calls.record(userInfoSchema, { method: "GET", path: "/v2/oauth/connect/userinfo" }, options);
}
