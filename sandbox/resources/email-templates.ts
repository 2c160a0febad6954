import { accepted, ok } from "../http/call";
import { badRequest, notFound } from "../http/errors";
import { get, post, type Route } from "../http/router";
import * as b from "../query/body";
import { type ListSpec, listPage } from "../query/list";
import { addressOfUser, sendTo } from "./emails";

interface Template {
  id: number;
  piece_title: string;
  categories: string[];
  from_address: string;
  to_address: string;
  subject: string;
  content_type: "TEXT" | "HTML" | "MULTIPART";
  merge_context: string;
  text_body: string;
  html_body: string;
}

function template(id: number, piece_title: string, subject: string): Template {
  return {
    id,
    piece_title,
    categories: [],
    from_address: "~Owner.Email~",
    to_address: "~Contact.Email~",
    subject,
    content_type: "MULTIPART",
    merge_context: "CONTACT",
    text_body: `${subject}\n\n~Contact.FirstName~,`,
    html_body: `<h1>${subject}</h1><p>~Contact.FirstName~,</p>`,
  };
}

/** Templates cannot be written by API: every account has these. Their ids are numbers, an exception in v2. */
const templates: readonly Template[] = [
  template(1, "Thank you", "Thank you for your order"),
  template(2, "We miss you", "It has been a while"),
  template(3, "Card failed", "Your payment did not go through"),
];

const list: ListSpec<Template> = {
  answerKey: "email_templates",
  rows: () => templates,
  tables: [],
  filters: {},
  orders: { id: (one) => one.id },
  wire: ({ text_body: _text, html_body: _html, ...summary }) => summary,
};

function find(id = ""): Template {
  const found = templates.find((one) => String(one.id) === id);
  if (!found) throw notFound("Email template", id);
  return found;
}

export const emailTemplateRoutes: Route[] = [
  get("/v2/emails/templates", (call) => listPage(call, list)),
  get("/v2/emails/templates/{email_template_id}", (call) => ok(find(call.params.email_template_id))),
  post("/v2/emails/templates:send", (call) => {
    const body = b.readBody(
      call,
      { template_id: b.id, contact_ids: b.list(b.id, { min: 1 }), user_id: b.id, address_field: b.text() },
      ["template_id", "contact_ids", "user_id"],
    );
    const sender = addressOfUser(call, body.user_id as string);
    if (!sender) throw badRequest(`User ${String(body.user_id)} cannot send mail`, "user_id");
    const { subject, text_body, html_body } = find(String(body.template_id));
    sendTo(call, body.contact_ids as string[], {
      subject,
      html_content: Buffer.from(html_body).toString("base64"),
      plain_content: Buffer.from(text_body).toString("base64"),
      sent_from_address: sender,
      address_field: body.address_field as string | undefined,
    });
    return accepted();
  }),
];
