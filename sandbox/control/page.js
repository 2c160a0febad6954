/** The control page: plain DOM, no dependency. Every value from a record is set as text, never as markup. */
const $ = (id) => document.getElementById(id);
const state = { table: "contacts", search: "", offset: 0, selected: null, seen: 0, log: [] };
const pageSize = 40;

function el(tag, props = {}, ...children) {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function toast(message) {
  const node = $("toast");
  node.textContent = message;
  node.classList.add("shown");
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => node.classList.remove("shown"), 3_000);
}

async function api(path, method = "GET", body = undefined) {
  const response = await fetch(`/_sandbox/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message ?? `The sandbox answered ${response.status}`);
  return answer;
}

function guarded(run) {
  return (...args) => Promise.resolve(run(...args)).catch((error) => toast(error.message));
}

/* ---- tabs ---- */
const tabs = [...document.querySelectorAll('[role="tab"]')];
function showTab(tab) {
  for (const one of tabs) {
    const chosen = one === tab;
    one.setAttribute("aria-selected", String(chosen));
    $(one.getAttribute("aria-controls")).hidden = !chosen;
  }
  location.hash = tab.getAttribute("aria-controls");
  void refresh();
}
for (const [i, tab] of tabs.entries()) {
  tab.addEventListener("click", () => showTab(tab));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(i + step + tabs.length) % tabs.length];
    next.focus();
    showTab(next);
  });
}
const openTab = () =>
  tabs.find((tab) => tab.getAttribute("aria-selected") === "true").getAttribute("aria-controls");

/* ---- records ---- */
const words = (name) => name.replace(/([A-Z])/g, " $1").toLowerCase();

async function loadLines(append = false) {
  if (!append) state.offset = 0;
  const query = new URLSearchParams({ search: state.search, offset: state.offset, limit: pageSize });
  const { total, lines } = await api(`records/${state.table}?${query}`);
  const list = $("lines");
  if (!append) list.replaceChildren();
  list.append(...lines.map((line) => el("li", {}, lineButton(state.table, line))));
  state.offset += lines.length;
  $("found").textContent =
    total === 0 ? "Nothing found." : `${total.toLocaleString("en-US")} found, newest first`;
  $("more").hidden = state.offset >= total;
}

function lineButton(table, line) {
  const text = el("span", {}, line.label, el("small", { textContent: line.detail }));
  const button = el(
    "button",
    { type: "button" },
    text,
    el("span", { className: "id", textContent: `#${line.id}` }),
  );
  button.addEventListener(
    "click",
    guarded(() => select(table, line.id, button)),
  );
  return button;
}

const contactForm = [
  ["given_name", "Given name"],
  ["family_name", "Family name"],
  ["job_title", "Job title"],
  ["contact_type", "Type"],
  ["website", "Website"],
  ["email", "Email"],
  ["phone", "Phone"],
  ["owner_id", "Owner (user id)"],
];

function contactValue(contact, name) {
  if (name === "email") return contact.email_addresses?.find((one) => one.field === "EMAIL1")?.email ?? "";
  if (name === "phone") return contact.phone_numbers?.find((one) => one.field === "PHONE1")?.number ?? "";
  return contact[name] ?? "";
}

/** Only what was changed goes out, lists whole, as Keap wants them. */
function contactChanges(contact, form) {
  const body = {};
  for (const [name] of contactForm) {
    const value = form.elements[name].value.trim();
    if (value === contactValue(contact, name)) continue;
    if (name === "email") {
      const rest = (contact.email_addresses ?? []).filter((one) => one.field !== "EMAIL1");
      body.email_addresses = value ? [{ field: "EMAIL1", email: value }, ...rest] : rest;
    } else if (name === "phone") {
      const rest = (contact.phone_numbers ?? []).filter((one) => one.field !== "PHONE1");
      body.phone_numbers = value ? [{ field: "PHONE1", number: value }, ...rest] : rest;
    } else body[name] = value === "" ? null : value;
  }
  return body;
}

async function asUser(method, path, body) {
  const answer = await api("as-user", "POST", { method, path, body });
  if (answer.status >= 400) throw new Error(answer.body?.message ?? `Keap would answer ${answer.status}`);
  return answer.body;
}

async function saveContact(contact, form) {
  const body = contactChanges(contact, form);
  const names = Object.keys(body);
  if (names.length === 0) return toast("Nothing was changed.");
  const mask = names.map((name) => `update_mask=${name}`).join("&");
  await asUser("PATCH", `/v2/contacts/${contact.id}?${mask}`, body);
  toast("Saved in Keap.");
  await select("contacts", contact.id);
  await loadLines();
}

function contactEditor(contact) {
  const form = el("form", { className: "grid" });
  for (const [name, label] of contactForm) {
    form.append(
      el("label", {}, label, el("input", { name, value: contactValue(contact, name), autocomplete: "off" })),
    );
  }
  form.append(
    el(
      "div",
      { className: "row" },
      el("button", { type: "submit", className: "primary", textContent: "Save in Keap" }),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void guarded(saveContact)(contact, form);
  });
  return form;
}

/* A contact that does not exist yet: the same form, sent as a create. */
function newContact() {
  const form = contactEditor({ id: "" });
  form.addEventListener(
    "submit",
    (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      void guarded(async () => {
        const created = await asUser("POST", "/v2/contacts", contactChanges({}, form));
        toast("Made in Keap.");
        await loadLines();
        await select("contacts", created.id);
      })();
    },
    { capture: true },
  );
  const hint = el("p", { className: "muted", textContent: "Keap wants at least an email or a phone." });
  $("detail").replaceChildren(el("h2", { textContent: "New contact" }), form, hint);
  form.elements.given_name.focus();
}
$("new-contact").addEventListener("click", newContact);

/* What a business does all day: sells something and books the money. */
async function saleForm(contact) {
  const { lines } = await api("records/products?limit=200");
  const picker = el(
    "select",
    {},
    ...lines.map((product) => el("option", { value: product.id, textContent: product.label })),
  );
  picker.setAttribute("aria-label", "Product");
  picker.style.width = "auto";
  const sell = el("button", { type: "button", textContent: "Sell and book cash" });
  sell.addEventListener(
    "click",
    guarded(async () => {
      const order = await asUser("POST", "/v2/orders", {
        contact_id: contact.id,
        order_title: picker.selectedOptions[0].textContent,
        order_time: (await api("clock")).now,
        order_type: "OFFLINE",
        order_items: [{ product_id: picker.value, quantity: 1 }],
      });
      const payment_amount =
        order.total.amount / 10 ** (order.total.formatted_amount.match(/\.(\d+)/)?.[1].length ?? 0);
      if (payment_amount > 0) {
        const body = { payment_amount, payment_method_type: "Cash", apply_to_commissions: true };
        await asUser("POST", `/v2/orders/${order.id}/payments`, body);
      }
      toast(`Sold for ${order.total.formatted_amount}.`);
      await select("contacts", contact.id);
    }),
  );
  return el("div", { className: "row" }, picker, sell);
}

/* A duplicate goes into this contact: its children move, its id is gone. */
function mergeForm(contact) {
  const input = el("input", {
    inputMode: "numeric",
    placeholder: "id of the duplicate",
    autocomplete: "off",
  });
  input.setAttribute("aria-label", "Id of the duplicate");
  input.style.width = "12rem";
  const merge = el("button", { type: "button", textContent: "Merge into this one" });
  merge.addEventListener(
    "click",
    guarded(async () => {
      await asUser("POST", "/v2/contacts:merge", {
        contact_id: contact.id,
        duplicate_contact_id: input.value.trim(),
      });
      toast("Merged.");
      await loadLines();
      await select("contacts", contact.id);
    }),
  );
  return el("div", { className: "row" }, input, merge);
}

function rawEditor(table, record) {
  const area = el("textarea", { value: JSON.stringify(record, null, 2), spellcheck: false });
  area.setAttribute("aria-label", "Record as JSON");
  const save = el("button", { type: "button", textContent: "Save as JSON" });
  save.addEventListener(
    "click",
    guarded(async () => {
      const next = JSON.parse(area.value);
      const changes = Object.fromEntries(
        [...new Set([...Object.keys(record), ...Object.keys(next)])]
          .filter((name) => JSON.stringify(record[name]) !== JSON.stringify(next[name]))
          .map((name) => [name, next[name] ?? null]),
      );
      if (Object.keys(changes).length === 0) return toast("Nothing was changed.");
      await api(`records/${table}/${record.id}`, "PATCH", changes);
      toast("Saved in Keap.");
      await select(table, record.id);
    }),
  );
  return el("details", {}, el("summary", { textContent: "Everything, as stored" }), area, save);
}

async function tagEditor(contact, related) {
  const { lines } = await api("records/tags?limit=200");
  const held = new Set(related.tags.map((tag) => tag.id));
  const chips = related.tags.map((tag) => {
    const chip = el("button", {
      type: "button",
      className: "chip",
      textContent: `${tag.label} ✕`,
      title: `Applied ${tag.detail}; press to remove`,
    });
    chip.addEventListener(
      "click",
      guarded(async () => {
        await asUser("POST", `/v2/tags/${tag.id}/contacts:removeTags`, { contact_ids: [contact.id] });
        await select("contacts", contact.id);
      }),
    );
    return chip;
  });
  const picker = el("select", {}, el("option", { value: "", textContent: "Add a tag…" }));
  picker.setAttribute("aria-label", "Add a tag");
  picker.append(
    ...lines
      .filter((tag) => !held.has(tag.id))
      .map((tag) => el("option", { value: tag.id, textContent: tag.label })),
  );
  picker.style.width = "auto";
  picker.addEventListener(
    "change",
    guarded(async () => {
      await asUser("POST", `/v2/tags/${picker.value}/contacts:applyTags`, { contact_ids: [contact.id] });
      await select("contacts", contact.id);
    }),
  );
  return el("div", { className: "chips" }, ...chips, picker);
}

function relatedLists(related) {
  return Object.entries(related)
    .filter(([table, lines]) => table !== "tags" && lines.length > 0)
    .map(([table, lines]) =>
      el(
        "div",
        {},
        el("h3", { textContent: words(table) }),
        el("ul", { className: "lines" }, ...lines.map((line) => el("li", {}, lineButton(table, line)))),
      ),
    );
}

function actions(table, record) {
  const row = el("div", { className: "row" });
  if (table === "payments" && record.kind === "payment" && !record.refund_payment_id) {
    const refund = el("button", { type: "button", textContent: "Refund it" });
    refund.addEventListener(
      "click",
      guarded(async () => {
        await api("refund", "POST", { payment_id: record.id });
        toast("Refunded.");
        await select(table, record.id);
      }),
    );
    row.append(refund);
  }
  const remove = el("button", { type: "button", className: "danger", textContent: "Delete in Keap" });
  remove.addEventListener(
    "click",
    guarded(async () => {
      if (!confirm(`Delete ${words(table)} ${record.id}?`)) return;
      if (table === "contacts") await asUser("DELETE", `/v2/contacts/${record.id}`);
      else await api(`records/${table}/${record.id}`, "DELETE");
      $("detail").replaceChildren(el("p", { className: "muted", textContent: "Deleted." }));
      await loadLines();
    }),
  );
  row.append(remove);
  return row;
}

async function select(table, id, button) {
  const { record, related } = await api(`records/${table}/${id}`);
  state.selected = { table, id };
  if (button)
    for (const one of document.querySelectorAll("#lines button"))
      one.setAttribute("aria-current", String(one === button));
  const name =
    [record.given_name, record.family_name].filter(Boolean).join(" ") ||
    record.name ||
    record.title ||
    record.opportunity_title ||
    words(table);
  const detail = $("detail");
  detail.replaceChildren(
    el(
      "div",
      { className: "row spread" },
      el("h2", { textContent: name }),
      el("span", { className: "id muted", textContent: `${words(table)} #${record.id}` }),
    ),
  );
  if (table === "contacts") {
    detail.append(contactEditor(record), el("h3", { textContent: "Tags" }), await tagEditor(record, related));
    detail.append(...relatedLists(related));
  } else {
    const pre = el("pre", { textContent: JSON.stringify(record, null, 2), tabIndex: 0 });
    detail.append(pre);
  }
  detail.append(rawEditor(table, record), el("h3", { textContent: "Actions" }));
  if (table === "contacts") detail.append(await saleForm(record), mergeForm(record));
  detail.append(actions(table, record));
  if (button && matchMedia("(max-width: 46rem)").matches) detail.scrollIntoView({ block: "start" });
}

$("table").addEventListener(
  "change",
  guarded(() => {
    state.table = $("table").value;
    return loadLines();
  }),
);
$("search").addEventListener("input", () => {
  clearTimeout(state.typing);
  state.typing = setTimeout(
    guarded(() => {
      state.search = $("search").value;
      return loadLines();
    }),
    200,
  );
});
$("more").addEventListener(
  "click",
  guarded(() => loadLines(true)),
);

/* ---- requests ---- */
const tone = (status) => (status === "reset" || status >= 500 ? "bad" : status >= 400 ? "warn" : "ok");

function readable(query) {
  try {
    return decodeURIComponent(query);
  } catch {
    return query;
  }
}

function drawLog() {
  const onlyWrites = $("writes-only").checked;
  const rows = state.log
    .filter((entry) => !onlyWrites || entry.method !== "GET")
    .slice(-200)
    .reverse();
  $("log-empty").hidden = rows.length > 0;
  $("log").replaceChildren(
    ...rows.map((entry) => {
      const call = el(
        "td",
        { className: "call" },
        `${entry.method} ${entry.path.replace("/crm/rest", "")}${readable(entry.query)}`,
      );
      if (entry.body !== undefined)
        call.append(
          el(
            "details",
            {},
            el("summary", { textContent: "body" }),
            el("pre", { textContent: JSON.stringify(entry.body, null, 2) }),
          ),
        );
      const answer = el("td", { className: tone(entry.status) }, String(entry.status));
      if (entry.faults.length)
        answer.append(el("small", { className: "muted", textContent: ` ${entry.faults.join(", ")}` }));
      return el(
        "tr",
        {},
        el("td", { textContent: entry.n }),
        el("td", { textContent: entry.at.slice(11, 19) }),
        call,
        answer,
        el("td", { className: "num", textContent: entry.took_ms }),
      );
    }),
  );
}

function meter(title, value, note) {
  return el(
    "div",
    { className: "meter" },
    el("div", { className: "muted", textContent: title }),
    el("b", { textContent: value }),
    el("div", { className: "muted", textContent: note }),
  );
}

function drawMeters(status) {
  const number = (value) => value.toLocaleString("en-US");
  const meters = [
    meter(
      "Calls",
      number(status.calls.calls),
      Object.entries(status.calls.by_status)
        .map(([code, n]) => `${code}: ${number(n)}`)
        .join("  ") || "none yet",
    ),
  ];
  for (const one of status.quota) {
    const who = one.who === "tenant" ? "All of the tenant" : `Credential ${one.who}`;
    const value = `${number(one.minute_used)} / ${number(one.minute_limit)}`;
    meters.push(meter(who, value, `this minute · ${number(one.day_used)} of ${number(one.day_limit)} today`));
  }
  $("meters").replaceChildren(...meters);
}

async function loadLog() {
  const { entries } = await api(`log?since=${state.seen}`);
  if (entries.length) {
    state.log = [...state.log, ...entries].slice(-600);
    state.seen = entries.at(-1).n;
  }
  drawLog();
}
$("writes-only").addEventListener("change", drawLog);
$("clear-log").addEventListener(
  "click",
  guarded(async () => {
    await api("log", "DELETE");
    Object.assign(state, { log: [], seen: 0 });
    await refresh();
  }),
);
$("reset-limits").addEventListener(
  "click",
  guarded(async () => {
    await api("limits", "POST");
    toast("The quota counters start again.");
    await refresh();
  }),
);

/* ---- faults ---- */
const quickFaults = [
  ["429 once", { kind: "throttle", times: 1 }],
  ["429 with Retry-After 5", { kind: "throttle", times: 1, retry_after: 5 }],
  ["500 once", { kind: "status", times: 1 }],
  ["503 for a tenth of calls", { kind: "status", status: 503, probability: 0.1 }],
  ["HTML page once", { kind: "html", status: 502, times: 1 }],
  ["Slow by 10 s once", { kind: "slow", delay_ms: 10_000, times: 1 }],
  ["Break before the next write", { kind: "reset_before", method: "PATCH", times: 1 }],
  ["Break after the next write", { kind: "reset_after", method: "PATCH", times: 1 }],
  ["Cut the next page short", { kind: "truncate", method: "GET", times: 1 }],
  ["Rename email_addresses", { kind: "field_rename", field: "email_addresses", to: "emails" }],
  ["Lose the next hook", { kind: "hook_lost", times: 1 }],
  ["Double the next hook", { kind: "hook_double", times: 1 }],
];
const kinds = [
  "status",
  "throttle",
  "html",
  "empty",
  "slow",
  "reset_before",
  "reset_after",
  "truncate",
  "field_add",
  "field_rename",
  "field_retype",
  "field_drop",
  "hook_lost",
  "hook_double",
  "hook_late",
  "hook_reorder",
];
$("fault-kind").append(...kinds.map((kind) => el("option", { textContent: kind })));
$("quick-faults").append(
  ...quickFaults.map(([label, rule]) => {
    const button = el("button", { type: "button", textContent: label });
    button.addEventListener(
      "click",
      guarded(() => arm(rule)),
    );
    return button;
  }),
);

async function arm(rule) {
  const armed = await api("faults", "POST", rule);
  $("fault-message").textContent = `Armed: ${describe(armed)}`;
  await loadFaults();
}

function describe(rule) {
  const where = [rule.method, rule.path].filter(Boolean).join(" ") || "any call";
  const often = [
    rule.times ? `at most ${rule.times}×` : "",
    rule.probability < 1 ? `chance ${rule.probability}` : "",
    rule.after ? `after ${rule.after}` : "",
  ]
    .filter(Boolean)
    .join(", ");
  return `${rule.kind.replaceAll("_", " ")} on ${where}${often ? ` (${often})` : ""}`;
}

async function loadFaults() {
  const rules = await api("faults");
  $("fault-list").replaceChildren(
    ...(rules.length === 0
      ? [el("li", {}, el("div", { className: "line muted", textContent: "Everything works." }))]
      : rules.map((rule) => {
          const remove = el("button", { type: "button", className: "danger", textContent: "Remove" });
          remove.addEventListener(
            "click",
            guarded(async () => {
              await api(`faults/${rule.id}`, "DELETE");
              await loadFaults();
            }),
          );
          return el(
            "li",
            {},
            el(
              "div",
              { className: "line" },
              el("span", {}, describe(rule), el("small", { textContent: `fired ${rule.fired}×` })),
              remove,
            ),
          );
        })),
  );
}
$("fault-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const numbers = new Set(["times", "after", "probability", "status", "delay_ms"]);
  const rule = Object.fromEntries(
    [...new FormData(event.target)]
      .filter(([, value]) => value !== "")
      .map(([name, value]) => [name, numbers.has(name) ? Number(value) : value]),
  );
  void guarded(arm)(rule);
});
$("clear-faults").addEventListener(
  "click",
  guarded(async () => {
    await api("faults", "DELETE");
    await loadFaults();
  }),
);
for (const button of document.querySelectorAll("[data-token]")) {
  button.addEventListener(
    "click",
    guarded(async () => {
      await api("tokens", "POST", { action: button.dataset.token });
      toast(`Token: ${button.dataset.token}`);
    }),
  );
}

/* ---- hooks ---- */
async function loadHooks() {
  const { hooks, waiting, attempts } = await api("hooks");
  $("hooks-waiting").textContent = `${waiting} waiting`;
  $("hook-list").replaceChildren(
    ...(hooks.length === 0
      ? [el("li", {}, el("div", { className: "line muted", textContent: "No one has subscribed." }))]
      : hooks.map((hook) =>
          el(
            "li",
            {},
            el(
              "div",
              { className: "line" },
              el("span", {}, hook.eventKey, el("small", { textContent: hook.hookUrl })),
              el("span", { className: hook.status === "Verified" ? "ok" : "warn", textContent: hook.status }),
            ),
          ),
        )),
  );
  $("hook-attempts").replaceChildren(
    ...attempts
      .slice(-100)
      .reverse()
      .map((one) =>
        el(
          "tr",
          {},
          el("td", { textContent: one.at.slice(11, 19) }),
          el("td", { textContent: one.event_key }),
          el("td", { className: "num", textContent: one.objects }),
          el("td", { className: "num", textContent: one.attempt }),
          el("td", {
            className: typeof one.outcome === "number" ? tone(one.outcome) : "bad",
            textContent: one.outcome,
          }),
        ),
      ),
  );
}

/* ---- open questions ---- */
async function loadSwitches() {
  const { values, schema } = await api("switches");
  $("switch-list").replaceChildren(
    ...Object.entries(schema.properties).map(([name, property]) => {
      const control =
        property.enum || property.type === "boolean"
          ? el(
              "select",
              {},
              ...(property.enum ?? [true, false]).map((value) =>
                el("option", {
                  value: JSON.stringify(value),
                  textContent: String(value),
                  selected: values[name] === value,
                }),
              ),
            )
          : el("input", { type: "number", value: values[name] });
      control.setAttribute("aria-label", name);
      control.addEventListener(
        "change",
        guarded(async () => {
          await api("switches", "PATCH", { [name]: JSON.parse(control.value) });
          toast(`${name}: ${control.value}`);
        }),
      );
      return el(
        "div",
        { className: "switch" },
        el(
          "div",
          {},
          el("code", { textContent: name }),
          el("p", { className: "muted", textContent: property.description ?? "" }),
        ),
        control,
      );
    }),
  );
}

/* ---- the whole ---- */
async function loadStatus() {
  const status = await api("status");
  $("business").textContent = status.business.name;
  $("tenant").textContent =
    `Simulated Keap account ${status.tenant_id} · ${status.business.time_zone} · ${status.business.currency_code}`;
  $("now").textContent = `${status.clock.now.slice(0, 19).replace("T", " ")} UTC`;
  const scale = $("scale");
  if (document.activeElement !== scale) {
    const text = String(status.clock.scale);
    if (![...scale.options].some((option) => option.value === text))
      scale.append(el("option", { value: text, textContent: `${text}×` }));
    scale.value = text;
  }
  const table = $("table");
  if (document.activeElement !== table) {
    table.replaceChildren(
      ...status.tables
        .filter((one) => one.records > 0)
        .map((one) =>
          el("option", {
            value: one.table,
            textContent: `${words(one.table)} (${one.records.toLocaleString("en-US")})`,
            selected: one.table === state.table,
          }),
        ),
    );
  }
  drawMeters(status);
}

async function refresh() {
  try {
    await loadStatus();
    const open = openTab();
    if (open === "requests") await loadLog();
    if (open === "faults") await loadFaults();
    if (open === "hooks") await loadHooks();
    if (open === "switches" && !$("switch-list").children.length) await loadSwitches();
  } catch {
    $("tenant").textContent = "The sandbox does not answer: is it still running?";
  }
}

$("scale").addEventListener(
  "change",
  guarded(async () => {
    await api("clock", "POST", { scale: Number($("scale").value) });
    await refresh();
  }),
);
for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener(
    "click",
    guarded(async () => {
      await api("clock", "POST", { advance_ms: Number(button.dataset.advance) });
      await refresh();
    }),
  );
}

const wanted = tabs.find((tab) => `#${tab.getAttribute("aria-controls")}` === location.hash);
if (wanted) showTab(wanted);
await refresh();
await guarded(loadLines)();
setInterval(() => {
  if (document.visibilityState === "visible") void refresh();
}, 2_000);
