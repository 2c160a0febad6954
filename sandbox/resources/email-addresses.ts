import { type Call, ok } from "../http/call";
import { notFound } from "../http/errors";
import { get, patch, type Route } from "../http/router";
import * as b from "../query/body";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import { type EmailAddressRecord, optStatuses } from "../records";
import { emailAddressOf, putEmailAddress } from "../state";
import * as s from "./shared";

/** No contact id, and no time of the last change of status. */
const wire = (one: EmailAddressRecord) => ({ ...one, opted_in: s.isOptedIn(one.status) });

const words = (of: (one: EmailAddressRecord) => string): f.FilterKey<EmailAddressRecord> => f.words(of);

const list: ListSpec<EmailAddressRecord> = {
  answerKey: "email_addresses",
  rows: (call) => call.account.emailAddresses.values(),
  tables: ["emailAddresses"],
  filters: {
    emails: words((one) => one.email),
    statuses: words((one) => one.status),
    opted_in: f.flag((one) => s.isOptedIn(one.status)),
  },
  orders: {
    email: (one) => one.email.toLowerCase(),
    status: (one) => optStatuses.indexOf(one.status),
    create_time: (one) => one.create_time,
    last_click_time: (one) => one.last_click_time,
    last_open_time: (one) => one.last_open_time,
    last_sent_time: (one) => one.last_sent_time,
  },
  wire,
};

function find(call: Call): EmailAddressRecord {
  const email = call.params.email ?? "";
  const held = emailAddressOf(call.account, email);
  if (!held) throw notFound("Email address", email);
  return held;
}

export const emailAddressRoutes: Route[] = [
  get("/v2/emailAddresses", (call) => listPage(call, list)),
  get("/v2/emailAddresses/{email}/status", (call) => ok(wire(find(call)))),
  // Opting in works only from some states: bounces, list unsubscribes and the like stay, and it is still a 200.
  patch("/v2/emailAddresses/{email}/status", (call) => {
    const held = find(call);
    const body = b.readBody(call, { opted_in: b.bool, reason: b.filled() }, ["opted_in", "reason"]);
    if (body.opted_in === true) s.noteEmailAddress(call, held.email, String(body.reason));
    else if (s.isOptedIn(held.status)) putEmailAddress(call.account, { ...held, status: "MANUAL" });
    return ok(wire(find(call)));
  }),
];
