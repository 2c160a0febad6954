import { created, noContent, ok } from "../http/call";
import { badRequest, notFound } from "../http/errors";
import { del, get, patch, post, type Route } from "../http/router";
import { findBy } from "../indexes";
import * as b from "../query/body";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import { fresh, readChanges, withChanges } from "../query/mask";
import type { ContactLinkTypeRecord } from "../records";
import { putRecord, removeRecord, takeId } from "../state";
import * as s from "./shared";

const types: ListSpec<ContactLinkTypeRecord> = {
  answerKey: "contact_link_types",
  rows: (call) => call.account.contactLinkTypes.values(),
  tables: ["contactLinkTypes"],
  filters: { name: f.text((one) => one.name) },
  orders: {
    name: (one) => one.name.toLowerCase(),
    max_links: (one) => one.max_links,
    create_time: (one) => one.create_time,
  },
  wire: (one) => one,
};

const linkShape = { contact1_id: b.id, link_type_id: b.id, contact2_id: b.id };
const linkNeeds = ["contact1_id", "link_type_id", "contact2_id"];
const typeShape = { name: b.filled(), max_links: b.int };

export const linkRoutes: Route[] = [
  get("/v2/contacts/links/types", (call) => listPage(call, types)),
  post("/v2/contacts/links/types", (call) => {
    const body = b.readBody(call, typeShape, ["name"]);
    return created(
      putRecord(
        call.account,
        "contactLinkTypes",
        fresh<ContactLinkTypeRecord>({
          ...body,
          id: takeId(call.account, "contactLinkTypes"),
          create_time: call.now,
        }),
      ),
    );
  }),
  patch("/v2/contacts/links/types/{link_type_id}", (call) => {
    const type = s.require(call.account.contactLinkTypes, call, "link_type_id", "Link type");
    const names = Object.keys(typeShape);
    const changes = readChanges(call, b.readBody(call, typeShape), {
      mask: names,
      writable: names,
      maskRequired: true,
    });
    if (changes.has("name") && !changes.get("name")) throw badRequest("name must not be blank", "name");
    return ok(putRecord(call.account, "contactLinkTypes", withChanges(type, changes)));
  }),
  del("/v2/contacts/links/types/{link_type_id}", (call) => {
    const type = s.require(call.account.contactLinkTypes, call, "link_type_id", "Link type");
    for (const link of [...call.account.contactLinks.values()])
      if (link.link_type_id === type.id) removeRecord(call.account, "contactLinks", Number(link.id));
    removeRecord(call.account, "contactLinkTypes", Number(type.id));
    return noContent();
  }),
  get("/v2/contacts/{contact_id}/links", (call) => {
    const contact = s.require(call.account.contacts, call, "contact_id", "Contact");
    const links = findBy(call.account, "contactLinks.contact_id", contact.id).map(
      ({ contact1_id, contact2_id, link_type_id }) => ({
        contact1_id,
        contact2_id,
        link_type_id,
        link_type_name: call.account.contactLinkTypes.get(Number(link_type_id))?.name,
      }),
    );
    return ok({ links, next_page_token: "" });
  }),
  post("/v2/contacts:link", (call) => {
    const body = b.readBody(call, linkShape, linkNeeds);
    s.requireRef(call.account.contacts, body.contact1_id, "contact1_id");
    s.requireRef(call.account.contacts, body.contact2_id, "contact2_id");
    const type = s.requireRef(call.account.contactLinkTypes, body.link_type_id, "link_type_id");
    const link = {
      contact1_id: String(body.contact1_id),
      contact2_id: String(body.contact2_id),
      link_type_id: type.id,
    };
    putRecord(call.account, "contactLinks", { id: takeId(call.account, "contactLinks"), ...link });
    return created({ ...link, link_type_name: type.name });
  }),
  post("/v2/contacts:unlink", (call) => {
    const body = b.readBody(call, linkShape, linkNeeds);
    const link = [...call.account.contactLinks.values()].find(
      (one) =>
        one.link_type_id === body.link_type_id &&
        ((one.contact1_id === body.contact1_id && one.contact2_id === body.contact2_id) ||
          (one.contact1_id === body.contact2_id && one.contact2_id === body.contact1_id)),
    );
    if (!link) throw notFound("Link", `${String(body.contact1_id)}-${String(body.contact2_id)}`);
    removeRecord(call.account, "contactLinks", Number(link.id));
    return noContent();
  }),
];
