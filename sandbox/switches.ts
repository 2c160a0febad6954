import { z } from "zod";

/**
 * What nobody documents about Keap (marked `[?]` in the API reference) but changes what a client must do.
 * The first value of each is the default: the one a careful client finds harder, or the likelier one.
 */
export const switchesSchema = z.strictObject({
  default_page_size: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .describe("Rows of a page when page_size is not sent or 0."),
  page_end: z
    .enum(["empty", "absent", "null"])
    .default("empty")
    .describe('What next_page_token is on the last page: "", absent or null.'),
  paging: z
    .enum(["offset", "snapshot"])
    .default("offset")
    .describe(
      "offset: rows that change while a client pages move between pages. snapshot: the first page freezes the list.",
    ),
  page_token_remembers: z
    .enum(["nothing", "filter_and_order"])
    .default("nothing")
    .describe("Whether a page token carries the filter and order of its list."),
  tagged_contacts_token: z
    .enum(["url", "token"])
    .default("url")
    .describe("Whether the contacts of a tag page by a whole URL or a bare token."),
  filter_key_twice: z
    .enum(["reject", "and", "last"])
    .default("reject")
    .describe("A filter key that stands twice: 400, both hold, or the last wins."),
  unknown_filter_key: z
    .enum(["reject", "ignore"])
    .default("reject")
    .describe("An unknown filter key where Keap does not state a 400."),
  id_list_limit: z
    .number()
    .int()
    .min(1)
    .default(100)
    .describe("Most ids a list filter takes; more is a 400."),
  missing_sort_value: z
    .enum(["last", "first"])
    .default("last")
    .describe("Where rows without the order key stand, ascending or descending."),
  since_inclusive: z
    .boolean()
    .default(true)
    .describe("Whether since/start bounds include the very millisecond."),
  unmasked_patch: z
    .enum(["replace", "merge"])
    .default("replace")
    .describe(
      "A PATCH without update_mask, where Keap promises nothing: clears what is not sent, or leaves it.",
    ),
  update_mask_form: z
    .enum(["repeated", "both"])
    .default("both")
    .describe("Whether a comma list in one update_mask parameter is understood too."),
  contact_default_fields: z
    .enum(["core", "all"])
    .default("core")
    .describe("Whether contacts come with every field when `fields` is not sent."),
  empty_values: z
    .enum(["absent", "null"])
    .default("absent")
    .describe("How a contact's empty fields are answered."),
  upsert_cuts_lists: z
    .boolean()
    .default(true)
    .describe("Whether duplicate_option on a match replaces lists that were sent short."),
  upsert_picks: z
    .enum(["oldest", "newest"])
    .default("oldest")
    .describe("Which contact wins when several match duplicate_option."),
  tag_moves_update_time: z
    .boolean()
    .default(false)
    .describe("Whether applying or removing a tag moves the contact's update_time."),
  item_moves_modification_time: z
    .boolean()
    .default(false)
    .describe("Whether adding or changing an item moves the order's modification_time."),
  payment_moves_modification_time: z
    .boolean()
    .default(false)
    .describe("Whether a payment or refund moves the order's modification_time."),
  bill_moves_modification_time: z
    .boolean()
    .default(false)
    .describe("Whether a bill run or a failed charge moves the subscription's modification_time."),
  note_since_compares: z
    .enum(["update_time", "create_time"])
    .default("update_time")
    .describe("Which time since_time of notes and tasks compares."),
  refund_sign: z
    .enum(["positive", "negative"])
    .default("positive")
    .describe("Sign of a refund's amount in payments, order payments and transactions."),
  total_paid_net_of_refunds: z
    .boolean()
    .default(false)
    .describe("Whether refunds lower an order's total_paid."),
  total_due: z
    .enum(["total", "balance"])
    .default("total")
    .describe('What total_due shows; the spec says only that it is "not current balance".'),
  order_title_answers: z
    .enum(["order_title", "title"])
    .default("order_title")
    .describe("Which of the two titles of a request comes back as `title`."),
  order_payment_unit: z
    .enum(["major", "minor"])
    .default("major")
    .describe("Unit of InvoiceOrderPayment.amount."),
  subscription_amount_unit: z
    .enum(["major", "minor"])
    .default("major")
    .describe("Unit of Subscription.billing_amount."),
  subscription_amount_covers: z
    .enum(["quantity", "unit"])
    .default("quantity")
    .describe("Whether billing_amount is for the whole quantity or for one."),
  transaction_payment_id: z
    .enum(["payment", "order_payment"])
    .default("payment")
    .describe("Whose id TransactionV2.payment_id is."),
  subscription_status_words: z
    .enum(["Active/Inactive", "ACTIVE/INACTIVE"])
    .default("Active/Inactive")
    .describe("Words of the subscription status filter."),
  tag_results: z
    .enum(["id_to_word", "id_to_sentence"])
    .default("id_to_word")
    .describe("What applyTags answers per contact."),
  withdrawn_tag_list: z
    .boolean()
    .default(false)
    .describe("Whether GET /v2/tags/-/contacts, gone from the spec, still answers."),
  v1_tag_results: z
    .enum(["key", "id_to_word"])
    .default("key")
    .describe("Entries of v1's many-tags call: {key: word} as its spec draws them, or {tag id: word}."),
  merge_hooks: z
    .enum(["delete_and_edit", "edit", "none"])
    .default("delete_and_edit")
    .describe("Which contact hooks fire on a merge."),
  tag_hook_contacts: z
    .enum(["none", "json_text"])
    .default("none")
    .describe("Whether contactGroup.applied carries the contact ids, and how."),
  hook_delay: z
    .enum(["documented", "prompt"])
    .default("documented")
    .describe("First attempt of a hook: 30–60 s (tags 5–10 minutes) after the change, or after one second."),
  hook_id_type: z.enum(["number", "text"]).default("number").describe("Type of id in a hook's object_keys."),
  hook_api_url: z.boolean().default(true).describe("Whether a hook's object_keys carry apiUrl."),
  appointment_ids: z
    .boolean()
    .default(false)
    .describe("Whether v1 appointments show an id, which the spec's object lacks."),
  v1_count: z.enum(["total", "page"]).default("total").describe("What v1's count counts."),
  retry_after: z.boolean().default(true).describe("Whether a 429 carries Retry-After."),
  spike: z
    .enum(["window", "smooth"])
    .default("window")
    .describe("How calls a second are counted: any N in a second, or evenly spaced."),
  spike_body: z
    .enum(["throttle", "fault"])
    .default("throttle")
    .describe("Body of a spike 429: the throttle's or the gateway's."),
  auth_headers: z
    .enum(["both", "bearer", "api_key"])
    .default("both")
    .describe("Which header a PAT or SAK may stand in."),
  refresh_client: z
    .enum(["basic_header", "body_too"])
    .default("basic_header")
    .describe("Where a token refresh may carry the client."),
  sak_writer: z
    .enum(["absent", "admin"])
    .default("absent")
    .describe("What last_updated_by shows after a write with a SAK."),
  email_without_reason: z
    .enum(["UNENGAGED_NON_MARKETABLE", "UNENGAGED_MARKETABLE"])
    .default("UNENGAGED_NON_MARKETABLE")
    .describe("Status of a new address that came without an opt-in reason."),
  repeated_email_record: z
    .enum(["conflict", "existing"])
    .default("conflict")
    .describe("A second email record with the same provider and provider id: 409 or the first one."),
  users_without_filter: z
    .enum(["active", "all"])
    .default("active")
    .describe("Whether inactive users and partners come without include_inactive and include_partners."),
});

export type Switches = z.infer<typeof switchesSchema>;
export type SwitchName = keyof Switches;

export const defaultSwitches: Switches = switchesSchema.parse({});
