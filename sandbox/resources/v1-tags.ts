import { type Call, noContent, ok } from "../http/call";
import { v1Error } from "../http/errors";
import { del, get, post, type Route } from "../http/router";
import * as b from "../query/body";
import { applyTag, contactsOfTag, removeTag } from "../state";
import { pageV1 } from "./appointments";
import { primaryEmail, require } from "./shared";
import { touchContact } from "./tags";

function idsOf(call: Call): number[] {
  const text = call.url.searchParams.get("ids") ?? "";
  const ids = text.split(",").map((one) => one.trim());
  if (ids.some((one) => !/^\d+$/.test(one)))
    throw v1Error(400, "ids must be a comma separated list of numbers");
  return ids.map(Number);
}

/** Many tags at once on one contact: v1's alone. */
export const v1TagRoutes: Route[] = [
  get("/v1/contacts/{contactId}/tags", (call) => {
    const contact = require(call.account.contacts, call, "contactId", "Contact");
    const rows = [...(call.account.contactTags.get(Number(contact.id)) ?? [])].map(([id, date_applied]) => {
      const tag = call.account.tags.get(id);
      const category = tag?.category_id
        ? call.account.tagCategories.get(Number(tag.category_id))?.name
        : undefined;
      return { tag: { id, name: tag?.name, ...(category ? { category } : {}) }, date_applied };
    });
    const page = pageV1(call, rows);
    return ok({ tags: page.rows, ...page.rest });
  }),
  post("/v1/contacts/{contactId}/tags", (call) => {
    const contact = require(call.account.contacts, call, "contactId", "Contact");
    const { tagIds } = b.readBody(call, { tagIds: b.list(b.int) }, ["tagIds"]);
    const results = (tagIds as number[]).map((id) => {
      let word = "TAG_ID_NOT_FOUND";
      if (call.account.tags.has(id))
        word = applyTag(call.account, Number(contact.id), id, call.now) ? "SUCCESS" : "DUPLICATE";
      if (word === "SUCCESS") touchContact(call, Number(contact.id));
      return call.switches.v1_tag_results === "key" ? { key: word } : { [String(id)]: word };
    });
    return ok(results);
  }),
  del("/v1/contacts/{contactId}/tags", (call) => {
    const contact = require(call.account.contacts, call, "contactId", "Contact");
    for (const id of idsOf(call))
      if (removeTag(call.account, Number(contact.id), id)) touchContact(call, Number(contact.id));
    return noContent();
  }),
  del("/v1/contacts/{contactId}/tags/{tagId}", (call) => {
    const contact = require(call.account.contacts, call, "contactId", "Contact");
    if (removeTag(call.account, Number(contact.id), Number(call.params.tagId)))
      touchContact(call, Number(contact.id));
    return noContent();
  }),
  get("/v1/tags/{tagId}/contacts", (call) => {
    const tag = require(call.account.tags, call, "tagId", "Tag");
    const rows = [...contactsOfTag(call.account, Number(tag.id))].flatMap((id) => {
      const contact = call.account.contacts.get(id);
      if (!contact) return [];
      return [
        {
          contact: {
            id,
            email: primaryEmail(contact),
            first_name: contact.given_name,
            last_name: contact.family_name,
          },
          date_applied: call.account.contactTags.get(id)?.get(Number(tag.id)),
        },
      ];
    });
    const page = pageV1(call, rows);
    return ok({ contacts: page.rows, ...page.rest });
  }),
];
