import { z } from "zod";
import type { CompanyBody, ContactBody } from "../bodies";
import { type Calls, fieldsQuery, type ListOptions, maskQuery, slow } from "../calls";
import { type ContactField, companyDetailFields, contactFields, lists } from "../lists";
import type { MaskOf } from "../masks";
import { readRecords } from "../pages";
import { companySchema, contactLinkSchema, contactSchema, leadScoreSchema } from "../schemas";
import type { CallOptions } from "../transport";

export type DuplicateOption = "Email" | "EmailAndName" | "EmailAndNameAndCompany";
type WithFields = CallOptions & { fields?: readonly ContactField[] };

const onePath = "/v2/contacts/{contact_id}";
const linksSchema = z.looseObject({ links: z.array(z.unknown()).nullish() });

export function contactsResource(calls: Calls) {
  const fields = (operation: string, options?: WithFields) =>
    fieldsQuery(operation, options?.fields, contactFields);
  return {
    list: (options?: ListOptions<typeof lists.contacts>) => calls.page(lists.contacts, options),

    get: (contactId: string, options?: WithFields) =>
      calls.record(
        contactSchema,
        {
          method: "GET",
          path: onePath,
          params: { contact_id: contactId },
          query: fields(`GET ${onePath}`, options),
          ...slow,
        },
        options,
      ),

    /**
     * Without `duplicateOption` always inserts; with it, `created` is false when an existing contact was changed.
     * What a match does to lists that are not sent is not documented. Needs an email, phone or address.
     */
    async create(body: ContactBody, options?: WithFields & { duplicateOption?: DuplicateOption }) {
      const query = fields("POST /v2/contacts", options);
      if (options?.duplicateOption) query.push(`duplicate_option=${options.duplicateOption}`);
      const { record, status } = await calls.recordWithStatus(
        contactSchema,
        { method: "POST", path: "/v2/contacts", query, body },
        options,
      );
      return { contact: record, created: status === 201 };
    },

    /** Changes what the mask names, by default the body's keys. Lists are replaced whole. */
    update: (contactId: string, body: ContactBody, mask?: MaskOf<"contact">, options?: WithFields) =>
      calls.record(
        contactSchema,
        {
          method: "PATCH",
          path: onePath,
          params: { contact_id: contactId },
          query: [
            ...maskQuery(`PATCH ${onePath}`, "contact", body, mask),
            ...fields(`PATCH ${onePath}`, options),
          ],
          body,
        },
        options,
      ),

    delete: (contactId: string, options?: CallOptions) =>
      calls.nothing({ method: "DELETE", path: onePath, params: { contact_id: contactId } }, options),

    /** Returns the survivor; the duplicate's id vanishes. */
    merge: (contactId: string, duplicateContactId: string, options?: WithFields) =>
      calls.record(
        contactSchema,
        {
          method: "POST",
          path: "/v2/contacts:merge",
          query: fields("POST /v2/contacts:merge", options),
          body: { contact_id: contactId, duplicate_contact_id: duplicateContactId },
        },
        options,
      ),

    /** The contact's tags with the time each was applied. */
    tags: (contactId: string, options?: ListOptions<typeof lists.contactTags>) =>
      calls.page(lists.contactTags, options, { contact_id: contactId }),

    leadScore: (contactId: string, options?: CallOptions) =>
      calls.record(
        leadScoreSchema,
        { method: "GET", path: `${onePath}/leadScore`, params: { contact_id: contactId } },
        options,
      ),

    async links(contactId: string, options?: CallOptions) {
      const answer = await calls.record(
        linksSchema,
        { method: "GET", path: `${onePath}/links`, params: { contact_id: contactId } },
        options,
      );
      return readRecords(answer.links ?? [], contactLinkSchema);
    },

    link: (contact1Id: string, contact2Id: string, linkTypeId: string, options?: CallOptions) =>
      calls.record(
        contactLinkSchema,
        {
          method: "POST",
          path: "/v2/contacts:link",
          body: { contact1_id: contact1Id, contact2_id: contact2Id, link_type_id: linkTypeId },
        },
        options,
      ),

    unlink: (contact1Id: string, contact2Id: string, linkTypeId: string, options?: CallOptions) =>
      calls.nothing(
        {
          method: "POST",
          path: "/v2/contacts:unlink",
          body: { contact1_id: contact1Id, contact2_id: contact2Id, link_type_id: linkTypeId },
        },
        options,
      ),

    paymentMethods: (contactId: string, options?: ListOptions<typeof lists.contactPaymentMethods>) =>
      calls.page(lists.contactPaymentMethods, options, { contact_id: contactId }),
  };
}

const companyPath = "/v2/companies/{company_id}";

export function companiesResource(calls: Calls) {
  return {
    list: (options?: ListOptions<typeof lists.companies>) => calls.page(lists.companies, options),

    get: (
      companyId: string,
      options?: CallOptions & { fields?: readonly (typeof companyDetailFields)[number][] },
    ) =>
      calls.record(
        companySchema,
        {
          method: "GET",
          path: companyPath,
          params: { company_id: companyId },
          query: fieldsQuery(`GET ${companyPath}`, options?.fields, companyDetailFields),
          ...slow,
        },
        options,
      ),

    /** Takes no `fields`: read the company again for what the answer leaves out. */
    create: (body: CompanyBody, options?: CallOptions) =>
      calls.record(companySchema, { method: "POST", path: "/v2/companies", body }, options),

    update: (companyId: string, body: CompanyBody, mask?: MaskOf<"company">, options?: CallOptions) =>
      calls.record(
        companySchema,
        {
          method: "PATCH",
          path: companyPath,
          params: { company_id: companyId },
          query: maskQuery(`PATCH ${companyPath}`, "company", body, mask),
          body,
        },
        options,
      ),

    delete: (companyId: string, options?: CallOptions) =>
      calls.nothing({ method: "DELETE", path: companyPath, params: { company_id: companyId } }, options),

    tags: (companyId: string, options?: ListOptions<typeof lists.companyTags>) =>
      calls.page(lists.companyTags, options, { company_id: companyId }),

    applyTag: (companyId: string, tagId: string, options?: CallOptions) =>
      calls.nothing(
        {
          method: "POST",
          path: `${companyPath}/tags/{tag_id}`,
          params: { company_id: companyId, tag_id: tagId },
        },
        options,
      ),

    removeTag: (companyId: string, tagId: string, options?: CallOptions) =>
      calls.nothing(
        {
          method: "DELETE",
          path: `${companyPath}/tags/{tag_id}`,
          params: { company_id: companyId, tag_id: tagId },
        },
        options,
      ),
  };
}
