import { type Call, created, noContent, ok } from "../http/call";
import { notFound } from "../http/errors";
import { del, get, patch, post, type Route } from "../http/router";
import { findBy } from "../indexes";
import * as b from "../query/body";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import { fresh, readChanges, withChanges } from "../query/mask";
import type {
  LeadSourceCategoryRecord,
  LeadSourceExpenseRecord,
  LeadSourceRecord,
  LeadSourceRecurringExpenseRecord,
} from "../records";
import { putRecord, removeRecord, takeId } from "../state";
import { currencyValue } from "./money";
import * as s from "./shared";

const statuses = ["ACTIVE", "INACTIVE"];

const sources: ListSpec<LeadSourceRecord> = {
  answerKey: "lead_sources",
  rows: (call) => call.account.leadSources.values(),
  tables: ["leadSources"],
  filters: {
    id: f.idRange((one) => one.id, true),
    name: f.text((one) => one.name, { prefix: true }),
    status: f.oneOf((one) => one.status, statuses),
    lead_source_category_id: f.id((one) => one.lead_source_category_id),
    vendor: f.text((one) => one.vendor, { prefix: true }),
    medium: f.text((one) => one.medium, { prefix: true }),
    message: f.text((one) => one.message, { prefix: true }),
    description: f.text((one) => one.description, { prefix: true }),
    start_time: f.moment((one) => one.start_time),
    end_time: f.moment((one) => one.end_time),
  },
  orders: {
    name: (one) => one.name.toLowerCase(),
    status: (one) => one.status,
    vendor: (one) => one.vendor?.toLowerCase(),
    medium: (one) => one.medium?.toLowerCase(),
    start_time: (one) => one.start_time,
    end_time: (one) => one.end_time,
    create_time: (one) => one.create_time,
    update_time: (one) => one.update_time,
  },
  wire: (one) => one,
};

const categories: ListSpec<LeadSourceCategoryRecord> = {
  answerKey: "lead_source_categories",
  rows: (call) => call.account.leadSourceCategories.values(),
  tables: ["leadSourceCategories"],
  filters: {
    name: f.text((one) => one.name, { prefix: true }),
    description: f.text((one) => one.description, { prefix: true }),
  },
  orders: { name: (one) => one.name.toLowerCase() },
  wire: (one) => one,
};

function expenseWire<R extends { amount_minor: number }>(expense: R, call: Pick<Call, "account">) {
  const { amount_minor, ...rest } = expense;
  return { ...rest, amount: currencyValue(call.account, amount_minor) };
}

/** Dates here are `==` only: an increment walks `update_time desc`. */
const expenses: ListSpec<LeadSourceExpenseRecord> = {
  answerKey: "lead_source_expenses",
  rows: (call) =>
    call.params.lead_source_id === "-"
      ? call.account.leadSourceExpenses.values()
      : findBy(call.account, "leadSourceExpenses.lead_source_id", String(Number(call.params.lead_source_id))),
  tables: ["leadSourceExpenses"],
  filters: {
    title: f.text((one) => one.title),
    amount: f.number((one) => one.amount_minor),
    incurred_time: f.moment((one) => one.incurred_time),
    create_time: f.moment((one) => one.create_time),
    update_time: f.moment((one) => one.update_time),
  },
  orders: {
    title: (one) => one.title?.toLowerCase(),
    amount: (one) => one.amount_minor,
    incurred_time: (one) => one.incurred_time,
    create_time: (one) => one.create_time,
    update_time: (one) => one.update_time,
  },
  wire: expenseWire,
};

const booked: ListSpec<LeadSourceExpenseRecord> = {
  ...expenses,
  rows: (call) =>
    [...call.account.leadSourceExpenses.values()].filter(
      (one) =>
        one.lead_source_recurring_expense_id === String(Number(call.params.lead_source_recurring_expense_id)),
    ),
};

const recurring: ListSpec<LeadSourceRecurringExpenseRecord> = {
  answerKey: "lead_source_recurring_expenses",
  rows: (call) =>
    [...call.account.leadSourceRecurringExpenses.values()].filter(
      (one) =>
        call.params.lead_source_id === "-" ||
        one.lead_source_id === String(Number(call.params.lead_source_id)),
    ),
  tables: ["leadSourceRecurringExpenses"],
  filters: {
    title: f.text((one) => one.title),
    amount: f.number((one) => one.amount_minor),
    start_time: f.moment((one) => one.start_time),
    end_time: f.moment((one) => one.end_time),
    next_expense_time: f.moment((one) => one.next_expense_time),
    create_time: f.moment((one) => one.create_time),
    update_time: f.moment((one) => one.update_time),
  },
  orders: {
    title: (one) => one.title?.toLowerCase(),
    amount: (one) => one.amount_minor,
    start_time: (one) => one.start_time,
    end_time: (one) => one.end_time,
    next_expense_time: (one) => one.next_expense_time,
    create_time: (one) => one.create_time,
    update_time: (one) => one.update_time,
  },
  wire: expenseWire,
};

const sourceShape = {
  name: b.text(),
  description: b.text(),
  vendor: b.text(),
  medium: b.text(),
  message: b.text(),
  status: b.oneOf(statuses),
  lead_source_category_id: b.id,
  start_time: b.time,
  end_time: b.time,
};
const categoryShape = { name: b.text(), description: b.text() };
/** `amount` is sent as an int in the smallest unit. */
const expenseShape = { title: b.text(), notes: b.text(), amount: b.int, incurred_time: b.time };
const recurringShape = {
  title: b.text(),
  notes: b.text(),
  amount: b.int,
  start_time: b.time,
  end_time: b.time,
};

function patched<R extends object>(call: Call, record: R, shape: b.Shape): R {
  const names = Object.keys(shape);
  const changes = readChanges(call, b.readBody(call, shape), {
    mask: names,
    writable: names,
    promised: true,
  });
  if (changes.has("amount")) changes.set("amount_minor", changes.get("amount") ?? 0);
  changes.delete("amount");
  if (changes.has("status") && !changes.get("status")) changes.delete("status");
  for (const name of ["start_time", "incurred_time"])
    if (changes.has(name) && !changes.get(name) && name in record && "amount_minor" in record)
      changes.delete(name);
  return { ...withChanges(record, changes), update_time: call.now };
}

const sourceOf = (call: Call) => s.require(call.account.leadSources, call, "lead_source_id", "Lead source");

function expenseOf(call: Call): LeadSourceExpenseRecord {
  const expense = s.require(
    call.account.leadSourceExpenses,
    call,
    "lead_source_expense_id",
    "Lead source expense",
  );
  if (expense.lead_source_id !== sourceOf(call).id) throw notFound("Lead source expense", expense.id);
  return expense;
}

function recurringOf(call: Call): LeadSourceRecurringExpenseRecord {
  const expense = s.require(
    call.account.leadSourceRecurringExpenses,
    call,
    "lead_source_recurring_expense_id",
    "Lead source recurring expense",
  );
  if (expense.lead_source_id !== sourceOf(call).id)
    throw notFound("Lead source recurring expense", expense.id);
  return expense;
}

const sourceRoutes: Route[] = [
  get("/v2/leadSources", (call) => listPage(call, sources)),
  post("/v2/leadSources", (call) => {
    const body = b.readBody(call, sourceShape);
    if (body.lead_source_category_id)
      s.requireRef(
        call.account.leadSourceCategories,
        body.lead_source_category_id,
        "lead_source_category_id",
      );
    const source = fresh<LeadSourceRecord>({
      status: "ACTIVE",
      ...body,
      name: body.name ?? "Lead source",
      id: takeId(call.account, "leadSources"),
      create_time: call.now,
      update_time: call.now,
    });
    return created(putRecord(call.account, "leadSources", source));
  }),
  get("/v2/leadSources/{lead_source_id}", (call) => ok(sourceOf(call))),
  patch("/v2/leadSources/{lead_source_id}", (call) =>
    ok(putRecord(call.account, "leadSources", patched(call, sourceOf(call), sourceShape))),
  ),
  del("/v2/leadSources/{lead_source_id}", (call) => {
    removeRecord(call.account, "leadSources", Number(sourceOf(call).id));
    return noContent();
  }),
  get("/v2/leadSourceCategories", (call) => listPage(call, categories)),
  post("/v2/leadSourceCategories", (call) => {
    const body = b.readBody(call, categoryShape);
    const category = fresh<LeadSourceCategoryRecord>({
      ...body,
      id: takeId(call.account, "leadSourceCategories"),
      create_time: call.now,
      update_time: call.now,
    });
    return created(putRecord(call.account, "leadSourceCategories", category));
  }),
  get("/v2/leadSourceCategories/{lead_source_category_id}", (call) =>
    ok(s.require(call.account.leadSourceCategories, call, "lead_source_category_id", "Lead source category")),
  ),
  patch("/v2/leadSourceCategories/{lead_source_category_id}", (call) => {
    const category = s.require(
      call.account.leadSourceCategories,
      call,
      "lead_source_category_id",
      "Lead source category",
    );
    return ok(putRecord(call.account, "leadSourceCategories", patched(call, category, categoryShape)));
  }),
  del("/v2/leadSourceCategories/{lead_source_category_id}", (call) => {
    removeRecord(
      call.account,
      "leadSourceCategories",
      Number(
        s.require(call.account.leadSourceCategories, call, "lead_source_category_id", "Lead source category")
          .id,
      ),
    );
    return noContent();
  }),
];

const expenseBase = "/v2/leadSources/{lead_source_id}/expenses";
const recurringBase = "/v2/leadSources/{lead_source_id}/recurringExpenses";

const expenseRoutes: Route[] = [
  get(expenseBase, (call) => {
    if (call.params.lead_source_id !== "-") sourceOf(call);
    return listPage(call, expenses);
  }),
  post(expenseBase, (call) => {
    const source = sourceOf(call);
    const { amount, ...body } = b.readBody(call, expenseShape, ["amount"]);
    const expense = fresh<LeadSourceExpenseRecord>({
      incurred_time: call.now,
      ...body,
      amount_minor: amount,
      lead_source_id: source.id,
      id: takeId(call.account, "leadSourceExpenses"),
      create_time: call.now,
      update_time: call.now,
    });
    return created(expenseWire(putRecord(call.account, "leadSourceExpenses", expense), call));
  }),
  get(`${expenseBase}/{lead_source_expense_id}`, (call) => ok(expenseWire(expenseOf(call), call))),
  patch(`${expenseBase}/{lead_source_expense_id}`, (call) =>
    ok(
      expenseWire(
        putRecord(call.account, "leadSourceExpenses", patched(call, expenseOf(call), expenseShape)),
        call,
      ),
    ),
  ),
  del(`${expenseBase}/{lead_source_expense_id}`, (call) => {
    removeRecord(call.account, "leadSourceExpenses", Number(expenseOf(call).id));
    return noContent();
  }),
  get(recurringBase, (call) => {
    if (call.params.lead_source_id !== "-") sourceOf(call);
    return listPage(call, recurring);
  }),
  post(recurringBase, (call) => {
    const source = sourceOf(call);
    const { amount, ...body } = b.readBody(call, recurringShape, ["amount"]);
    const start_time = (body.start_time as string | undefined) ?? call.now;
    const expense = fresh<LeadSourceRecurringExpenseRecord>({
      ...body,
      start_time,
      next_expense_time: start_time,
      amount_minor: amount,
      lead_source_id: source.id,
      id: takeId(call.account, "leadSourceRecurringExpenses"),
      create_time: call.now,
      update_time: call.now,
    });
    return created(expenseWire(putRecord(call.account, "leadSourceRecurringExpenses", expense), call));
  }),
  get(`${recurringBase}/{lead_source_recurring_expense_id}`, (call) =>
    ok(expenseWire(recurringOf(call), call)),
  ),
  patch(`${recurringBase}/{lead_source_recurring_expense_id}`, (call) =>
    ok(
      expenseWire(
        putRecord(
          call.account,
          "leadSourceRecurringExpenses",
          patched(call, recurringOf(call), recurringShape),
        ),
        call,
      ),
    ),
  ),
  del(`${recurringBase}/{lead_source_recurring_expense_id}`, (call) => {
    removeRecord(call.account, "leadSourceRecurringExpenses", Number(recurringOf(call).id));
    return noContent();
  }),
  get(`${recurringBase}/{lead_source_recurring_expense_id}/expenses`, (call) => {
    recurringOf(call);
    return listPage(call, booked);
  }),
];

export const leadSourceRoutes: Route[] = [...sourceRoutes, ...expenseRoutes];
