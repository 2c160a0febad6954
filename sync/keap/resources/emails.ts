import { z } from "zod";
import type { EmailRecordBody, EmailSendBody, EmailTemplateSendBody } from "../bodies";
import { type Calls, type ListOptions, slow } from "../calls";
import { invalidRequest } from "../errors";
import { lists } from "../lists";
import { readRecords } from "../pages";
import { emailAddressStatusSchema, emailSentSchema, resultMapSchema } from "../schemas";
import type { CallOptions } from "../transport";
import { resultsFor } from "./tags";

const emailPath = "/v2/emails/{id}";
const batchAnswer = z.looseObject({
  emails: z.array(z.unknown()).nullish(),
  errors: z.array(z.looseObject({ error_message: z.string().nullish() })).nullish(),
});
const removeAnswer = z.looseObject({ results: resultMapSchema });
const maxRecords = 1000;

export function emailsResource(calls: Calls) {
  return {
    /** Opens and clicks come later and have no update filter: read a trailing window again. */
    list: (options?: ListOptions<typeof lists.emails>) => calls.page(lists.emails, options),
    /** With Base64 bodies. */
    get: (emailId: string, options?: CallOptions) =>
      calls.record(emailSentSchema, { method: "GET", path: emailPath, params: { id: emailId } }, options),
    templates: (options?: ListOptions<typeof lists.emailTemplates>) =>
      calls.page(lists.emailTemplates, options),

    /** Sends to contacts. Keap answers no id, so a sending whose outcome is unknown cannot be looked up. */
    send({ html_content, plain_content, ...body }: EmailSendBody, options?: CallOptions): Promise<void> {
      const path = "/v2/emails:send";
      if ((body.user_id === undefined) === (body.from_address === undefined)) {
        throw invalidRequest(`POST ${path}`, "Give exactly one of user_id and from_address");
      }
      const coded = {
        ...body,
        ...(html_content === undefined ? {} : { html_content: toBase64(html_content) }),
        ...(plain_content === undefined ? {} : { plain_content: toBase64(plain_content) }),
      };
      return calls.nothing({ method: "POST", path, body: coded }, options);
    },

    sendTemplate: (body: EmailTemplateSendBody, options?: CallOptions) =>
      calls.nothing({ method: "POST", path: "/v2/emails/templates:send", body }, options),

    /** Adds a record of mail sent elsewhere. */
    createRecord: (body: EmailRecordBody, options?: CallOptions) =>
      calls.record(emailSentSchema, { method: "POST", path: "/v2/emails", body: coded(body) }, options),

    /** Adds up to 1,000 records. A 201 may hold errors beside the records made. */
    async createRecords(bodies: readonly EmailRecordBody[], options?: CallOptions) {
      const path = "/v2/emails:batchAdd";
      if (bodies.length === 0 || bodies.length > maxRecords) {
        throw invalidRequest(`POST ${path}`, `A call takes 1 to ${maxRecords} records, not ${bodies.length}`);
      }
      const request = { method: "POST", path, body: { emails: bodies.map(coded) }, ...slow } as const;
      const { emails, errors } = await calls.record(batchAnswer, request, options);
      return { ...readRecords(emails ?? [], emailSentSchema), errors: errors ?? [] };
    },

    async deleteRecords(emailIds: readonly string[], options?: CallOptions) {
      const request = {
        method: "POST",
        path: "/v2/emails:batchRemove",
        body: { email_ids: emailIds },
      } as const;
      const { results } = await calls.record(removeAnswer, request, options);
      return resultsFor(emailIds, results);
    },

    deleteRecord: (emailId: string, options?: CallOptions) =>
      calls.nothing({ method: "DELETE", path: emailPath, params: { id: emailId } }, options),
  };
}

const statusPath = "/v2/emailAddresses/{email}/status";

/** Status and engagement per address, shared by all contacts that have it. */
export function emailAddressesResource(calls: Calls) {
  return {
    list: (options?: ListOptions<typeof lists.emailAddresses>) => calls.page(lists.emailAddresses, options),
    getStatus: (email: string, options?: CallOptions) =>
      calls.record(
        emailAddressStatusSchema,
        { method: "GET", path: statusPath, params: { email }, ...slow },
        options,
      ),
    /** Bounces, complaints and the person's own unsubscribing stay, whatever is sent here. */
    setStatus: (email: string, body: { opted_in: boolean; reason: string }, options?: CallOptions) =>
      calls.record(
        emailAddressStatusSchema,
        { method: "PATCH", path: statusPath, params: { email }, body, ...slow },
        options,
      ),
  };
}

function coded(body: EmailRecordBody): EmailRecordBody {
  const { html_content, plain_content, ...rest } = body;
  return {
    ...rest,
    ...(html_content === undefined ? {} : { html_content: toBase64(html_content) }),
    ...(plain_content === undefined ? {} : { plain_content: toBase64(plain_content) }),
  };
}

function toBase64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
