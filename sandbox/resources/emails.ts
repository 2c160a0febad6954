import { accepted, type Call, created, noContent, ok } from "../http/call";
import { badRequest, conflict } from "../http/errors";
import { del, get, post, type Route } from "../http/router";
import { findBy } from "../indexes";
import * as b from "../query/body";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import { fresh } from "../query/mask";
import type { EmailRecord } from "../records";
import { emailAddressOf, putEmailAddress, putRecord, removeRecord, takeId } from "../state";
import * as s from "./shared";

/** The created time the list filters and orders by is in no answer; bodies come with the single get alone. */
function emailWire(email: EmailRecord, withContent: boolean) {
  const { created_time, plain_content, html_content, ...rest } = email;
  return withContent ? { ...rest, plain_content, html_content } : rest;
}

const list: ListSpec<EmailRecord> = {
  answerKey: "emails",
  rows: (call) => call.account.emails.values(),
  tables: ["emails"],
  filters: {
    contact_id: f.id((e) => e.contact_id, {
      candidates: (value, call) => findBy(call.account, "emails.contact_id", value),
    }),
    email: f.text((e) => e.sent_to_address),
    start_created_time: f.since((e) => e.created_time),
    end_created_time: f.until((e) => e.created_time),
  },
  orders: { created_time: (e) => e.created_time },
  wire: (email) => emailWire(email, false),
};

const base64: b.Check = (value, path) => {
  const read = b.text()(value, path) as string;
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(read)) throw badRequest(`${path} must be Base64`, path);
  return read;
};

const recordShape = {
  subject: b.text(),
  headers: b.text(),
  contact_id: b.id,
  sent_to_address: b.filled(),
  sent_to_cc_address_list: b.list(b.text()),
  sent_to_bcc_address_list: b.list(b.text()),
  sent_from_address: b.text(),
  sent_from_reply_address: b.text(),
  sent_time: b.time,
  received_time: b.time,
  opened_time: b.time,
  clicked_time: b.time,
  plain_content: base64,
  html_content: base64,
  original_provider: b.oneOf(["UNKNOWN", "INFUSIONSOFT", "MICROSOFT", "GOOGLE"]),
  original_provider_id: b.text(),
  provider_source_id: b.text(),
};

/** Provider and provider id must be unique together; how a repeat is answered is a switch. */
function store(call: Call, body: Record<string, unknown>): EmailRecord {
  const original_provider = (body.original_provider as EmailRecord["original_provider"]) ?? "UNKNOWN";
  const original_provider_id =
    (body.original_provider_id as string | undefined) ?? crypto.randomUUID().replaceAll("-", "");
  const held = body.original_provider_id
    ? [...call.account.emails.values()].find(
        (one) =>
          one.original_provider === original_provider && one.original_provider_id === original_provider_id,
      )
    : undefined;
  if (held && call.switches.repeated_email_record === "existing") return held;
  if (held)
    throw conflict(
      `An email of ${original_provider} with id ${original_provider_id} exists`,
      "original_provider_id",
    );
  const owner = findBy(call.account, "contacts.email", String(body.sent_to_address).toLowerCase())[0];
  const record = fresh<EmailRecord>({
    ...body,
    original_provider,
    original_provider_id,
    contact_id: body.contact_id ?? owner?.id,
    id: takeId(call.account, "emails"),
    created_time: call.now,
  });
  noteEngagement(call, record);
  return putRecord(call.account, "emails", record);
}

/** Opens and clicks also show on the address. */
function noteEngagement(call: Call, email: EmailRecord): void {
  const held = emailAddressOf(call.account, email.sent_to_address);
  if (!held) return;
  const later = (a: string | undefined, z: string | undefined) =>
    a === undefined || (z !== undefined && z > a) ? z : a;
  putEmailAddress(
    call.account,
    fresh({
      ...held,
      last_sent_time: later(held.last_sent_time, email.sent_time),
      last_open_time: later(held.last_open_time, email.opened_time),
      last_click_time: later(held.last_click_time, email.clicked_time),
    }),
  );
}

function send(call: Call): void {
  const attachment = b.object({ file_name: b.filled(), file_data: base64 }, ["file_name", "file_data"]);
  const body = b.readBody(
    call,
    {
      contacts: b.list(b.id, { min: 1 }),
      subject: b.filled(),
      attachments: b.list(attachment, { max: 10 }),
      user_id: b.id,
      from_address: b.text(),
      html_content: base64,
      plain_content: base64,
      address_field: b.text(),
    },
    ["contacts", "subject"],
  );
  if (Boolean(body.user_id) === Boolean(body.from_address))
    throw badRequest("Exactly one of user_id and from_address is required", "user_id");
  for (const one of (body.attachments as { file_data: string }[] | undefined) ?? []) {
    if (one.file_data.length * 0.75 > 1_048_576)
      throw badRequest("An attachment may have at most 1 MB", "attachments");
  }
  sendTo(call, body.contacts as string[], {
    subject: body.subject as string,
    html_content: body.html_content as string | undefined,
    plain_content: body.plain_content as string | undefined,
    sent_from_address: (body.from_address ?? addressOfUser(call, body.user_id as string)) as
      | string
      | undefined,
    address_field: body.address_field as string | undefined,
  });
}

export function addressOfUser(call: Call, userId: string): string | undefined {
  return call.account.users.get(Number(userId))?.email_addresses[0]?.email;
}

interface Mail {
  subject?: string;
  html_content?: string;
  plain_content?: string;
  sent_from_address?: string;
  /** Which address of each contact: `Email`, `EmailAddress2`, `EmailAddress3` or a custom field. */
  address_field?: string;
}

/** Records the mail for each contact that has the address asked for. */
export function sendTo(call: Call, contactIds: readonly string[], mail: Mail): void {
  const { address_field: field = "Email", ...fields } = mail;
  const slot = { Email: "EMAIL1", EmailAddress2: "EMAIL2", EmailAddress3: "EMAIL3" }[field];
  if (!slot && !field.startsWith("_"))
    throw badRequest(`address_field "${field}" is not known`, "address_field");
  for (const id of contactIds) {
    const contact = call.account.contacts.get(Number(id));
    const to = contact?.email_addresses?.find((one) => one.field === slot)?.email;
    if (!to) continue;
    store(call, {
      ...fields,
      contact_id: id,
      sent_to_address: to,
      sent_time: call.now,
      original_provider: "INFUSIONSOFT",
    });
  }
}

export const emailRoutes: Route[] = [
  get("/v2/emails", (call) => listPage(call, list)),
  post("/v2/emails", (call) =>
    created(emailWire(store(call, b.readBody(call, recordShape, ["sent_to_address"])), true)),
  ),
  get("/v2/emails/{id}", (call) => ok(emailWire(s.require(call.account.emails, call, "id", "Email"), true))),
  del("/v2/emails/{id}", (call) => {
    removeRecord(call.account, "emails", Number(s.require(call.account.emails, call, "id", "Email").id));
    return noContent();
  }),
  // 201 though some may have failed: those are in `errors`.
  post("/v2/emails:batchAdd", (call) => {
    const { emails } = b.readBody(call, { emails: b.list(b.any, { max: 1000 }) }, ["emails"]);
    const stored: unknown[] = [];
    const errors: unknown[] = [];
    for (const email of emails as unknown[]) {
      try {
        stored.push(
          emailWire(
            store(call, b.readBody({ ...call, body: email }, recordShape, ["sent_to_address"])),
            true,
          ),
        );
      } catch (error) {
        errors.push({
          error_message: (error as { body?: { message?: string } }).body?.message ?? String(error),
          email,
        });
      }
    }
    return created({ emails: stored, errors });
  }),
  post("/v2/emails:batchRemove", (call) => {
    const { email_ids } = b.readBody(call, { email_ids: b.list(b.id, { max: 1000 }) }, ["email_ids"]);
    const results = Object.fromEntries(
      (email_ids as string[]).map((id) => [
        id,
        removeRecord(call.account, "emails", Number(id)) ? "SUCCESS" : "EMAIL_ID_NOT_FOUND",
      ]),
    );
    return ok({ results });
  }),
  post("/v2/emails:send", (call) => {
    send(call);
    return accepted();
  }),
];
