import { refundPayment } from "@/sandbox/resources/order-payments";
import type { HookWorld } from "../../hooks/testing/hook-world";
import { type Cell, cells } from "../cells";
import type { Random } from "../random";

/** A value somebody wrote in the course of a day: it must not be lost unsaid. */
export interface DayEdit {
  side: "keap" | "here";
  entity: "contacts" | "companies" | "notes" | "tasks" | "opportunities";
  keapId: string;
  field: string;
  before: string | null;
  after: string;
}

/** What people do to both sides in a day; each answers whether it could be done. */
export interface DayLife {
  edits: DayEdit[];
  /** How often each thing was done. */
  done: Record<string, number>;
  /** One thing, drawn. */
  act(): Promise<void>;
}

type Deed = readonly [share: number, name: string, work: () => Promise<boolean>];

/** Single texts of other records: how Keap is asked to change them, and where they stand here. */
interface Text {
  entity: DayEdit["entity"];
  table: "companies" | "notes" | "tasks" | "opportunities";
  /** Keap's name, and the column's. */
  keap: string;
  column: string;
  rows: string;
  where: string;
  path: (record: Record<string, unknown>) => string;
  /** What Keap wants in every change of it. */
  along?: Record<string, unknown>;
}
const texts: readonly Text[] = [
  {
    entity: "companies",
    table: "companies",
    keap: "notes",
    column: "notes",
    rows: "companies",
    where: "true",
    path: ({ id }) => `/v2/companies/${id}`,
  },
  {
    entity: "notes",
    table: "notes",
    keap: "text",
    column: "body",
    rows: "interactions",
    where: "kind = 'note'",
    path: ({ id, contact_id }) => `/v2/contacts/${contact_id}/notes/${id}`,
    along: { user_id: "1" },
  },
  {
    entity: "tasks",
    table: "tasks",
    keap: "title",
    column: "title",
    rows: "interactions",
    where: "kind = 'task'",
    path: ({ id }) => `/v2/tasks/${id}`,
  },
  {
    entity: "opportunities",
    table: "opportunities",
    keap: "next_action_notes",
    column: "next_action_notes",
    rows: "opportunities",
    where: "true",
    path: ({ id }) => `/v2/opportunities/${id}`,
  },
];

export function createDayLife(world: HookWorld, random: Random): DayLife {
  const { sandbox, sql, accountId } = world;
  const { account } = sandbox;
  const edits: DayEdit[] = [];
  const done: Record<string, number> = {};
  let token = 0;
  const contactCells = cells.filter(
    ({ entity, name }) => entity === "contacts" && (!name.startsWith("custom_fields.") || isText(name)),
  );
  function isText(name: string): boolean {
    const field = account.customFields.get(Number(name.split(".")[1]));
    return field?.record_type === "CONTACT" && field.field_type === "TEXT";
  }
  const user = String([...account.users.keys()][0] ?? 1);

  const oneOf = <T>(table: Map<number, T>): T | undefined => {
    if (table.size === 0) return undefined;
    // a high id is as good as any, and found without listing the table
    const last = [...table.keys()].at(-1) ?? 0;
    for (let tries = 0; tries < 50; tries += 1) {
      const found = table.get(1 + random.below(last));
      if (found) return found;
    }
    return table.values().next().value;
  };
  const asPerson = async (method: string, path: string, body?: unknown) => {
    const answer = await sandbox.asUser(method, path, body);
    return answer.status < 300 ? ((answer.body ?? {}) as { id?: string }) : null;
  };
  const contactPath = (cell: Cell, id: string) => `/v2/contacts/${id}?update_mask=${cell.mask}`;
  const linked = "account_id = $1 and keap_id is not null and deleted_at is null";
  async function rowOf(table: string, where = "true"): Promise<Record<string, never> | undefined> {
    const [span] = await sql<{ last: number | null }>(
      `select max(keap_id)::int as last from public.${table} where account_id = $1`,
      [accountId],
    );
    const [found] = await sql<{ row: Record<string, never> }>(
      `select to_jsonb(x) as row from public.${table} x where ${linked} and ${where} and keap_id >= $2 order by keap_id limit 1`,
      [accountId, 1 + random.below(span?.last ?? 1)],
    );
    return found?.row;
  }

  async function writeContactInKeap(): Promise<boolean> {
    const record = oneOf(account.contacts);
    const cell = random.pick(contactCells);
    if (!record) return false;
    const fields = record as unknown as Record<string, unknown>;
    const before = cell.ofKeap(fields);
    const value = cell.token(++token);
    if (!(await asPerson("PATCH", contactPath(cell, record.id), { [cell.mask]: cell.toKeap(fields, value) })))
      return false;
    const after = cell.ofKeap(account.contacts.get(Number(record.id)) as unknown as Record<string, unknown>);
    if (after !== null)
      edits.push({ side: "keap", entity: "contacts", keapId: record.id, field: cell.name, before, after });
    return true;
  }

  async function writeContactHere(): Promise<boolean> {
    const row = await rowOf("contacts");
    const cell = random.pick(contactCells);
    if (!row) return false;
    const patch = cell.toRow(row, cell.token(++token));
    await update("contacts", String(row.supabase_id), patch);
    edits.push({
      side: "here",
      entity: "contacts",
      keapId: String(row.keap_id),
      field: cell.name,
      before: cell.ofRow(row),
      after: cell.ofRow({ ...(row as object), ...patch }) ?? "",
    });
    return true;
  }

  const json = (value: unknown) =>
    typeof value === "object" && value !== null ? JSON.stringify(value) : value;
  async function update(table: string, id: string, patch: Record<string, unknown>): Promise<void> {
    const columns = Object.keys(patch);
    await sql(
      `update public.${table} set ${columns.map((one, at) => `${one} = $${at + 2}`).join(", ")} where supabase_id = $1`,
      [id, ...columns.map((one) => json(patch[one]))],
    );
  }

  async function writeTextInKeap(): Promise<boolean> {
    const text = random.pick(texts);
    const record = oneOf<Record<string, unknown>>(account[text.table] as never);
    if (!record) return false;
    const value = `k${++token}`;
    const before = record[text.keap];
    const body = { [text.keap]: value, ...text.along };
    const mask = Object.keys(body).map((key) => `update_mask=${key}`);
    if (!(await asPerson("PATCH", `${text.path(record)}?${mask.join("&")}`, body))) return false;
    edits.push({
      side: "keap",
      entity: text.entity,
      keapId: String(record.id),
      field: text.column,
      before: typeof before === "string" ? before : null,
      after: value,
    });
    return true;
  }

  async function writeTextHere(): Promise<boolean> {
    const text = random.pick(texts);
    const row = await rowOf(text.rows, text.where);
    if (!row) return false;
    const value = `h${++token}`;
    await update(text.rows, String(row.supabase_id), { [text.column]: value });
    edits.push({
      side: "here",
      entity: text.entity,
      keapId: String(row.keap_id),
      field: text.column,
      before: row[text.column] ?? null,
      after: value,
    });
    return true;
  }

  const deeds: readonly Deed[] = [
    [24, "a person's value in Keap", writeContactInKeap],
    [24, "a person's value here", writeContactHere],
    [8, "a text in Keap", writeTextInKeap],
    [8, "a text here", writeTextHere],
    [
      3,
      "a person made in Keap",
      async () =>
        (await asPerson("POST", "/v2/contacts", {
          given_name: `k${++token}`,
          email_addresses: [{ field: "EMAIL1", email: `k${token}@day.test` }],
        })) !== null,
    ],
    [
      2,
      "a person made here",
      async () => {
        const n = ++token;
        await sql(
          "insert into public.contacts (account_id, given_name, email_addresses) values ($1, $2, $3::jsonb)",
          [accountId, `h${n}`, JSON.stringify({ EMAIL1: { email: `h${n}@day.test` } })],
        );
        return true;
      },
    ],
    [
      2,
      "a note made here",
      async () => {
        const person = await rowOf("contacts");
        if (!person) return false;
        await sql(
          `insert into public.interactions (account_id, kind, title, body, contact_id, contact_keap_id, user_keap_id)
           values ($1, 'note', $2, 'Made here', $3, $4, $5)`,
          [accountId, `h${++token}`, person.supabase_id, person.keap_id, Number(user)],
        );
        return true;
      },
    ],
    [
      3,
      "a note or task made in Keap",
      async () => {
        const person = oneOf(account.contacts);
        if (!person) return false;
        const title = `k${++token}`;
        return random.chance(0.5)
          ? (await asPerson("POST", `/v2/contacts/${person.id}/notes`, { title, user_id: user })) !== null
          : (await asPerson("POST", "/v2/tasks", {
              title,
              assigned_to_user_id: user,
              contact_id: person.id,
            })) !== null;
      },
    ],
    [
      5,
      "a tag in Keap",
      async () => {
        const [person, tag] = [oneOf(account.contacts), oneOf(account.tags)];
        if (!person || !tag) return false;
        const held = account.contactTags.get(Number(person.id))?.has(Number(tag.id)) ?? false;
        const call = held ? "removeTags" : "applyTags";
        return (
          (await asPerson("POST", `/v2/tags/${tag.id}/contacts:${call}`, { contact_ids: [person.id] })) !==
          null
        );
      },
    ],
    [
      5,
      "a tag here",
      async () => {
        const [person, tag] = [await rowOf("contacts"), await rowOf("tags")];
        if (!person || !tag) return false;
        if (random.chance(0.4))
          await sql(
            "update contact_tags set removed_at = now() where contact_id = $1 and removed_at is null and tag_id = (select tag_id from contact_tags where contact_id = $1 and removed_at is null limit 1)",
            [person.supabase_id],
          );
        else
          await sql(
            `insert into contact_tags (account_id, contact_id, tag_id) values ($1, $2, $3)
             on conflict (account_id, contact_id, tag_id) do update set removed_at = null where contact_tags.removed_at is not null`,
            [accountId, person.supabase_id, tag.supabase_id],
          );
        return true;
      },
    ],
    [
      4,
      "an order in Keap",
      async () => {
        const [person, product] = [oneOf(account.contacts), oneOf(account.products)];
        if (!person || !product) return false;
        const order = await asPerson("POST", "/v2/orders", {
          contact_id: person.id,
          order_title: `k${++token}`,
          order_time: sandbox.clock.iso(),
          order_type: "OFFLINE",
          order_items: [{ product_id: product.id, quantity: 1 + random.below(3), price_per_unit: 20 }],
        });
        if (!order?.id) return false;
        if (random.chance(0.3))
          await asPerson("POST", `/v2/orders/${order.id}/items`, {
            product_id: product.id,
            quantity: 1,
            price_per_unit: 5,
          });
        if (random.chance(0.8))
          await asPerson("POST", `/v2/orders/${order.id}/payments`, {
            payment_amount: 20,
            payment_method_type: "Cash",
            apply_to_commissions: false,
          });
        return true;
      },
    ],
    [
      1,
      "a refund in Keap",
      async () => {
        const payment = oneOf(account.payments);
        if (payment?.kind !== "payment" || payment.refund_payment_id || payment.status !== "APPROVED")
          return false;
        refundPayment(sandbox.insideCall(), payment.id, payment.amount_minor);
        return true;
      },
    ],
    [
      1,
      "a subscription ended in Keap",
      async () => {
        const one = oneOf(account.subscriptions);
        return (
          one?.active === true && (await asPerson("POST", `/v2/subscriptions/${one.id}:deactivate`)) !== null
        );
      },
    ],
    [
      1,
      "a deal moved in Keap",
      async () => {
        const [deal, stage] = [oneOf(account.opportunities), oneOf(account.stages)];
        if (!deal || !stage) return false;
        return (
          (await asPerson("PATCH", `/v2/opportunities/${deal.id}?update_mask=stage_id`, {
            stage_id: stage.id,
          })) !== null
        );
      },
    ],
    [
      1,
      "two people merged in Keap",
      async () => {
        const [one, other] = [oneOf(account.contacts), oneOf(account.contacts)];
        if (!one || !other || one.id === other.id) return false;
        return (
          (await asPerson("POST", "/v2/contacts:merge", {
            contact_id: one.id,
            duplicate_contact_id: other.id,
          })) !== null
        );
      },
    ],
    [
      1,
      "a person deleted in Keap",
      async () => {
        const person = oneOf(account.contacts);
        return person !== undefined && (await asPerson("DELETE", `/v2/contacts/${person.id}`)) !== null;
      },
    ],
    [
      1,
      "a task deleted in Keap",
      async () => {
        const task = oneOf(account.tasks);
        return task !== undefined && (await asPerson("DELETE", `/v2/tasks/${task.id}`)) !== null;
      },
    ],
    [
      1,
      "a custom field made in Keap, and filled",
      async () => {
        const label = `Field ${++token}`;
        const field = await asPerson("POST", "/v2/contacts/model/customFields", {
          label,
          field_type: "TEXT",
        });
        const person = oneOf(account.contacts);
        if (!field?.id || !person) return false;
        const others = person.custom_fields ?? [];
        return (
          (await asPerson("PATCH", `/v2/contacts/${person.id}?update_mask=custom_fields`, {
            custom_fields: [...others, { id: field.id, content: `k${token}` }],
          })) !== null
        );
      },
    ],
  ];
  const shares = deeds.reduce((sum, [share]) => sum + share, 0);

  return {
    edits,
    done,
    async act() {
      let at = random.below(shares);
      for (const [share, name, work] of deeds) {
        at -= share;
        if (at >= 0) continue;
        if (await work()) done[name] = (done[name] ?? 0) + 1;
        return;
      }
    },
  };
}
