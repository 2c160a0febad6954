import type { KeapAccount } from "../account";
import { type Call, created, noContent, ok, pathId } from "../http/call";
import { badRequest, conflict, notFound } from "../http/errors";
import { del, get, patch, post, type Route } from "../http/router";
import * as b from "../query/body";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import { fresh, readChanges, withChanges } from "../query/mask";
import type { CompanyRecord, ContactRecord, TagCategoryRecord, TagRecord } from "../records";
import {
  applyTag,
  contactsOfTag,
  putRecord,
  removeCompanyTag,
  removeRecord,
  removeTag,
  takeId,
} from "../state";
import { companyWire } from "./company-wire";
import * as s from "./shared";

/** Names are cut, not refused: "up to 255 characters will be saved". */
const cut = (name: unknown) => (typeof name === "string" ? name.slice(0, 255) : name);

export function tagWire(tag: TagRecord) {
  const { category_id, ...rest } = tag;
  return { ...rest, ...(category_id ? { category: { id: category_id } } : {}) };
}

function checkName(
  rows: Map<number, { id: string; name: string }>,
  name: unknown,
  own: string | undefined,
): void {
  if (typeof name !== "string" || name.trim() === "") throw badRequest("name is required", "name");
  for (const row of rows.values()) {
    if (row.id !== own && row.name.toLowerCase() === name.toLowerCase())
      throw conflict(`"${name}" already exists`, "name");
  }
}

const tagShape = { name: b.text(), description: b.text(), category: b.object({ id: b.id }, ["id"]) };
const categoryShape = { name: b.text(), description: b.text() };

const tagFilters = <R>(of: (row: R) => TagRecord) => ({
  name: f.text<R>((row) => of(row).name),
  description: f.text<R>((row) => of(row).description, { none: "NONE" }),
  category_id: f.id<R>((row) => of(row).category_id, { none: "NONE" }),
  since_create_time: f.since<R>((row) => of(row).create_time),
  until_create_time: f.until<R>((row) => of(row).create_time),
  since_update_time: f.since<R>((row) => of(row).update_time),
  until_update_time: f.until<R>((row) => of(row).update_time),
});

const tagList: ListSpec<TagRecord> = {
  answerKey: "tags",
  rows: (call) => call.account.tags.values(),
  tables: ["tags"],
  filters: { ...tagFilters<TagRecord>((tag) => tag), tag_ids: f.ids((tag) => tag.id) },
  orders: {
    name: (t) => t.name.toLowerCase(),
    create_time: (t) => t.create_time,
    update_time: (t) => t.update_time,
  },
  wire: tagWire,
};

const categoryList: ListSpec<TagCategoryRecord> = {
  answerKey: "tag_categories",
  rows: (call) => call.account.tagCategories.values(),
  tables: ["tagCategories"],
  filters: {
    name: f.text((c) => c.name, { none: "NONE" }),
    description: f.text((c) => c.description, { none: "NONE" }),
    since_create_time: f.since((c) => c.create_time),
    until_create_time: f.until((c) => c.create_time),
    since_update_time: f.since((c) => c.update_time),
    until_update_time: f.until((c) => c.update_time),
  },
  orders: {
    name: (c) => c.name.toLowerCase(),
    create_time: (c) => c.create_time,
    update_time: (c) => c.update_time,
  },
  wire: (category) => category,
};

interface Applied {
  tag: TagRecord;
  applied_time: string;
}

function* appliedTags(account: KeapAccount, held: Map<number, string> | undefined): Iterable<Applied> {
  for (const [id, applied_time] of held ?? []) {
    const tag = account.tags.get(id);
    if (tag) yield { tag, applied_time };
  }
}

/** The tags of a contact or of a company. */
export function appliedTagList(of: (call: Call) => Map<number, string> | undefined): ListSpec<Applied> {
  return {
    answerKey: "tags",
    rows: (call) => appliedTags(call.account, of(call)),
    tables: ["tags", "contactTags", "companyTags"],
    filters: {
      ...tagFilters<Applied>((row) => row.tag),
      since_applied_time: f.since((row) => row.applied_time),
      until_applied_time: f.until((row) => row.applied_time),
    },
    orders: {
      name: (row) => row.tag.name.toLowerCase(),
      create_time: (row) => row.tag.create_time,
      update_time: (row) => row.tag.update_time,
      applied_time: (row) => row.applied_time,
      category_id: (row) => (row.tag.category_id ? Number(row.tag.category_id) : undefined),
    },
    wire: (row) => ({ tag: tagWire(row.tag), applied_time: row.applied_time }),
  };
}

interface Tagged {
  contact: ContactRecord;
  applied_time: string;
}

const taggedContacts: ListSpec<Tagged> = {
  answerKey: "contacts",
  rows: function* (call) {
    const tagId = pathId(call, "tag_id");
    for (const id of contactsOfTag(call.account, tagId)) {
      const contact = call.account.contacts.get(id);
      const applied_time = call.account.contactTags.get(id)?.get(tagId);
      if (contact && applied_time) yield { contact, applied_time };
    }
  },
  tables: ["contacts", "contactTags"],
  filters: {
    given_name: f.text((row) => row.contact.given_name, { none: "NONE" }),
    family_name: f.text((row) => row.contact.family_name, { none: "NONE" }),
    email: f.text((row) => s.primaryEmail(row.contact), { none: "NONE" }),
    since_applied_time: f.since((row) => row.applied_time),
    until_applied_time: f.until((row) => row.applied_time),
  },
  orders: {
    given_name: (row) => row.contact.given_name?.toLowerCase(),
    family_name: (row) => row.contact.family_name?.toLowerCase(),
    email: (row) => s.primaryEmail(row.contact)?.toLowerCase(),
    applied_time: (row) => row.applied_time,
  },
  wire: ({ contact, applied_time }) => ({
    id: contact.id,
    email: s.primaryEmail(contact),
    given_name: contact.given_name,
    family_name: contact.family_name,
    applied_time,
  }),
  tokenAsUrl: (call) => call.switches.tagged_contacts_token === "url",
};

interface TaggedCompany {
  company: CompanyRecord;
  applied_time: string;
}

const taggedCompanies: ListSpec<TaggedCompany> = {
  answerKey: "tagged_companies",
  rows: function* (call) {
    const tagId = pathId(call, "tag_id");
    for (const [id, tags] of call.account.companyTags) {
      const company = call.account.companies.get(id);
      const applied_time = tags.get(tagId);
      if (company && applied_time) yield { company, applied_time };
    }
  },
  tables: ["companies", "companyTags"],
  filters: {
    company_name: f.text((row) => row.company.company_name),
    email: f.text((row) => row.company.email_address?.email, { none: "NONE" }),
    since_applied_time: f.since((row) => row.applied_time),
    until_applied_time: f.until((row) => row.applied_time),
  },
  orders: {
    company_name: (row) => row.company.company_name?.toLowerCase(),
    email: (row) => row.company.email_address?.email.toLowerCase(),
    applied_time: (row) => row.applied_time,
  },
  wire: ({ company, applied_time }, call) => ({ company: companyWire(company, call), applied_time }),
};

/** The account-wide list that stood in Keap's spec for five days in August 2026. */
const withdrawnList: ListSpec<{ contact_id: string; tag_id: string; applied_at: string }> = {
  answerKey: "contacts",
  rows: function* (call) {
    if (!/(since|until)_applied_time==/.test(call.url.searchParams.get("filter") ?? "")) {
      throw badRequest("since_applied_time or until_applied_time is required", "filter");
    }
    for (const [contact, tags] of call.account.contactTags) {
      for (const [tag, applied_at] of tags)
        yield { contact_id: String(contact), tag_id: String(tag), applied_at };
    }
  },
  tables: ["contactTags"],
  filters: {
    tag_ids: f.ids((row) => row.tag_id),
    since_applied_time: f.since((row) => row.applied_at),
    until_applied_time: f.until((row) => row.applied_at),
  },
  orders: { applied_time: (row) => row.applied_at },
  wire: (row) => row,
};

const sentences: Record<string, string> = {
  SUCCESS: "Tag applied successfully",
  DUPLICATE: "Contact already has the tag",
  CONTACT_NOT_FOUND: "Contact not found",
};

/** When the switch says so, a membership change also moves the contact's update time. */
export function touchContact(call: Call, contactId: number): void {
  const contact = call.account.contacts.get(contactId);
  if (contact && call.switches.tag_moves_update_time) {
    putRecord(call.account, "contacts", { ...contact, update_time: call.now }, { quiet: true });
  }
}

const contactIds = { contact_ids: b.list(b.id) };

export const tagRoutes: Route[] = [
  get("/v2/tags", (call) => listPage(call, tagList)),
  post("/v2/tags", (call) => {
    const body = b.readBody(call, tagShape);
    const name = cut(body.name);
    checkName(call.account.tags, name, undefined);
    const category = body.category as { id: string } | undefined;
    if (category) s.requireRef(call.account.tagCategories, category.id, "category");
    const tag = fresh<TagRecord>({
      id: takeId(call.account, "tags"),
      name,
      description: body.description,
      category_id: category?.id,
      create_time: call.now,
      update_time: call.now,
    });
    return created(tagWire(putRecord(call.account, "tags", tag)));
  }),
  get("/v2/tags/categories", (call) => listPage(call, categoryList)),
  post("/v2/tags/categories", (call) => {
    const body = b.readBody(call, categoryShape);
    const name = cut(body.name);
    checkName(call.account.tagCategories, name, undefined);
    const category = fresh<TagCategoryRecord>({
      id: takeId(call.account, "tagCategories"),
      name,
      description: body.description,
      create_time: call.now,
      update_time: call.now,
    });
    return created(putRecord(call.account, "tagCategories", category));
  }),
  get("/v2/tags/categories/{tag_category_id}", (call) =>
    ok(s.require(call.account.tagCategories, call, "tag_category_id", "Tag category")),
  ),
  patch("/v2/tags/categories/{tag_category_id}", (call) => {
    const category = s.require(call.account.tagCategories, call, "tag_category_id", "Tag category");
    const names = Object.keys(categoryShape);
    const changes = readChanges(call, b.readBody(call, categoryShape), {
      mask: names,
      writable: names,
      promised: true,
    });
    if (changes.has("name")) {
      changes.set("name", cut(changes.get("name")));
      checkName(call.account.tagCategories, changes.get("name"), category.id);
    }
    return ok(
      putRecord(call.account, "tagCategories", { ...withChanges(category, changes), update_time: call.now }),
    );
  }),
  del("/v2/tags/categories/{tag_category_id}", (call) => {
    const category = s.require(call.account.tagCategories, call, "tag_category_id", "Tag category");
    for (const tag of call.account.tags.values()) {
      if (tag.category_id === category.id)
        putRecord(call.account, "tags", {
          ...withChanges(tag, [["category_id", undefined]]),
          update_time: call.now,
        });
    }
    removeRecord(call.account, "tagCategories", Number(category.id));
    return noContent();
  }),
  get("/v2/tags/{tag_id}", (call) => ok(tagWire(s.require(call.account.tags, call, "tag_id", "Tag")))),
  patch("/v2/tags/{tag_id}", (call) => {
    const tag = s.require(call.account.tags, call, "tag_id", "Tag");
    const names = Object.keys(tagShape);
    const changes = readChanges(call, b.readBody(call, tagShape), {
      mask: names,
      writable: names,
      promised: true,
    });
    if (changes.has("name")) {
      changes.set("name", cut(changes.get("name")));
      checkName(call.account.tags, changes.get("name"), tag.id);
    }
    if (changes.has("category")) {
      const category = changes.get("category") as { id: string } | undefined;
      if (category) s.requireRef(call.account.tagCategories, category.id, "category");
      changes.delete("category");
      changes.set("category_id", category?.id);
    }
    return ok(
      tagWire(putRecord(call.account, "tags", { ...withChanges(tag, changes), update_time: call.now })),
    );
  }),
  del("/v2/tags/{tag_id}", (call) => {
    const tag = s.require(call.account.tags, call, "tag_id", "Tag");
    for (const id of [...contactsOfTag(call.account, Number(tag.id))])
      removeTag(call.account, id, Number(tag.id), { quiet: true });
    for (const id of call.account.companyTags.keys()) removeCompanyTag(call.account, id, Number(tag.id));
    removeRecord(call.account, "tags", Number(tag.id));
    return noContent();
  }),
  get("/v2/tags/-/contacts", (call) => {
    if (!call.switches.withdrawn_tag_list) throw notFound("Tag", "-");
    return listPage(call, withdrawnList);
  }),
  get("/v2/tags/{tag_id}/contacts", (call) => {
    s.require(call.account.tags, call, "tag_id", "Tag");
    return listPage(call, taggedContacts);
  }),
  get("/v2/tags/{tag_id}/companies", (call) => {
    s.require(call.account.tags, call, "tag_id", "Tag");
    return listPage(call, taggedCompanies);
  }),
  // 200 even when some failed: the words per contact tell.
  post("/v2/tags/{tag_id}/contacts:applyTags", (call) => {
    const tag = s.require(call.account.tags, call, "tag_id", "Tag");
    const body = b.readBody(call, contactIds, ["contact_ids"]);
    const results: Record<string, string> = {};
    for (const id of body.contact_ids as string[]) {
      let word = "CONTACT_NOT_FOUND";
      if (call.account.contacts.has(Number(id))) {
        word = applyTag(call.account, Number(id), Number(tag.id), call.now) ? "SUCCESS" : "DUPLICATE";
        if (word === "SUCCESS") touchContact(call, Number(id));
      }
      results[id] = call.switches.tag_results === "id_to_word" ? word : (sentences[word] ?? word);
    }
    return ok({ results });
  }),
  // 204 without a body, whatever happened: re-read to know.
  post("/v2/tags/{tag_id}/contacts:removeTags", (call) => {
    const tag = s.require(call.account.tags, call, "tag_id", "Tag");
    const body = b.readBody(call, contactIds, ["contact_ids"]);
    for (const id of body.contact_ids as string[]) {
      if (removeTag(call.account, Number(id), Number(tag.id))) touchContact(call, Number(id));
    }
    return noContent();
  }),
  get("/v2/contacts/{contact_id}/tags", (call) => {
    s.require(call.account.contacts, call, "contact_id", "Contact");
    return listPage(
      call,
      appliedTagList((one) => one.account.contactTags.get(pathId(one, "contact_id"))),
    );
  }),
];
