import { getMetric } from "@/analytics/metrics/catalog";
import { allOf, filtersOf } from "./build-filters";
import type { Memory } from "./memory";
import type { PlanContext, PlannedCall, Reply } from "./plan";
import { planMetric } from "./plan-metric";
import { exampleQuestions } from "./suggest";
import type { Understanding } from "./understand";

/** Requests that are answered by another tool than `query_metric`; null when it is a question about numbers after all. */
export function planTool(understanding: Understanding, memory: Memory, context: PlanContext): Reply | null {
  switch (understanding.intent) {
    case "list_metrics":
      return one(understanding, context, "list_metrics", {});
    case "define":
      return define(understanding, memory, context);
    case "pin":
      return pin(understanding, memory, context);
    case "boards":
      return one(understanding, context, "list_boards", {});
    case "sync":
      return one(understanding, context, "sync_status", {});
    case "proposals":
      return one(understanding, context, "list_proposals", { status: "proposed" });
    case "at_risk":
      return one(understanding, context, "find_contacts", {
        at_risk: true,
        limit: understanding.rank?.limit ?? 20,
      });
    case "people":
      return people(understanding, context);
    case "propose_tag":
      return proposeTag(understanding, context);
    case "why":
      return why(understanding, memory, context);
    case "forecast":
      return forecast(understanding, memory, context);
    case "search":
      return search(understanding, context);
    case "share":
      return share(understanding, memory, context);
    default:
      return null;
  }
}

function one(
  understanding: Understanding,
  context: PlanContext,
  tool: string,
  input: Record<string, unknown>,
): Reply {
  if (!context.available.has(tool)) return notOpen(tool);
  return { kind: "call", calls: [{ tool, input }], meanings: [], understanding };
}

const toolPurpose: Record<string, string> = {
  find_contacts: "people's records",
  list_proposals: "proposals",
  propose_tags: "proposing tags",
  pin_chart: "pinning charts",
  search_knowledge: "notes and e-mails",
  get_contact: "people's records",
};

function notOpen(tool: string): Reply {
  const purpose = toolPurpose[tool];
  return {
    kind: "say",
    topic: "refuse",
    text: purpose
      ? `Your role does not include ${purpose}. An administrator of this account can change that. Numbers I can compute for you at any time.`
      : "I can't do that yet. Numbers I can compute for you at any time.",
    suggestions: exampleQuestions.slice(0, 3),
  };
}

function define(understanding: Understanding, memory: Memory, context: PlanContext): Reply | null {
  const ids =
    understanding.metrics.ids.length > 0 ? understanding.metrics.ids : (memory.last?.query.metrics ?? []);
  if (ids.length === 0) return one(understanding, context, "list_metrics", {});
  const calls = ids.slice(0, 3).map((metric) => ({ tool: "describe_metric", input: { metric } }));
  return { kind: "call", calls, meanings: [], understanding };
}

/** `pin it`, or `revenue by month and pin it`: asked and pinned in one go. */
function pin(understanding: Understanding, memory: Memory, context: PlanContext): Reply | null {
  if (!context.available.has("pin_chart")) return notOpen("pin_chart");
  const board = boardName(understanding.raw);
  if (understanding.metrics.ids.length > 0) {
    const asked = planMetric(understanding, memory, context);
    if (asked.kind === "say") return asked;
    const pins = asked.calls.map(({ input }) => pinCall(input, board));
    return { ...asked, calls: [...asked.calls, ...pins] };
  }
  if (!memory.last) {
    return {
      kind: "say",
      topic: "clarify",
      text: 'There is no chart to pin yet. Ask for a number first, then say "pin it".',
      suggestions: exampleQuestions.slice(0, 3),
    };
  }
  return { kind: "call", calls: [pinCall({ ...memory.last }, board)], meanings: [], understanding };
}

function pinCall(chart: Record<string, unknown>, board: string | undefined): PlannedCall {
  return { tool: "pin_chart", input: { ...chart, ...(board ? { board } : {}) } };
}

/** `pin it to the Sales board`, `save to board "Weekly"`. */
function boardName(raw: string): string | undefined {
  const match =
    /\b(?:board|dashboard)\s+(?:called\s+|named\s+)?["“']?([^"”'?.!]{1,60}?)["”']?\s*[?.!]*$/i.exec(raw) ??
    /\b(?:to|on|onto|in|into)\s+(?:my|the|our|a)?\s*["“']?([\p{L}\p{N}][^"”'?.!]{0,60}?)["”']?\s+(?:board|dashboard)\b/iu.exec(
      raw,
    );
  const name = match?.[1]?.trim();
  return name && !/^(?:my|the|our|a|new|please|it)$/i.test(name) ? name : undefined;
}

function people(understanding: Understanding, context: PlanContext): Reply | null {
  const { names, metrics, time, splits } = understanding;
  // `who has the most orders`, `show customers by country`: a question about numbers.
  if (metrics.ids.length > 0 && !metrics.weak) return null;
  if (splits.ids.length > 0 || time.grain) return null;
  if (!context.available.has("find_contacts")) return notOpen("find_contacts");
  const tags = names.filter(({ kind, negated }) => kind === "tag" && !negated).map(({ value }) => value);
  const products = names.filter(({ kind }) => kind === "product").map(({ value }) => value);
  const search = personName(understanding.raw);
  if (tags.length === 0 && products.length === 0 && !search) return null;
  return one(understanding, context, "find_contacts", {
    ...(tags.length > 0 ? { has_tag: tags } : {}),
    ...(products.length > 0 ? { bought_product: products } : {}),
    ...(tags.length === 0 && products.length === 0 && search ? { search } : {}),
    limit: Math.min(understanding.rank?.limit ?? 20, 100),
  });
}

/** The name or address after `find`, `look up`, `who is`. */
function personName(raw: string): string | undefined {
  const match =
    /\b(?:find|look ?up|search for|show me|show|open|get|pull up)\s+(?:the |a |me )*(?:contact|person|customer|lead|client|profile)(?:\s+(?:of|for|named|called))?\s+["“']?([^"”?]{2,80}?)["”']?\s*[?.!]*$/i.exec(
      raw,
    ) ?? /\bwho\s+(?:is|are)\s+["“']?([^"”?]{2,80}?)["”']?\s*[?.!]*$/i.exec(raw);
  const name = match?.[1]?.trim();
  return name && !/^(?:my|our|the|your|all|most|best|top|we|they|at)\b/i.test(name) ? name : undefined;
}

function proposeTag(understanding: Understanding, context: PlanContext): Reply {
  if (!context.available.has("propose_tags")) return notOpen("propose_tags");
  const parts = tagRequest(understanding.raw);
  const tags = understanding.names.filter(({ kind }) => kind === "tag");
  const target = parts?.tag ?? tags[0]?.value;
  const holders = tags
    .map(({ value }) => value)
    .filter((value) => value.toLowerCase() !== target?.toLowerCase());
  const products = understanding.names.filter(({ kind }) => kind === "product").map(({ value }) => value);
  if (target && (holders.length > 0 || products.length > 0)) {
    return one(understanding, context, "propose_tags", {
      tag: target,
      ...(holders.length > 0 ? { has_tag: holders } : {}),
      ...(products.length > 0 ? { bought_product: products } : {}),
    });
  }
  return {
    kind: "say",
    topic: "clarify",
    text: 'To propose a tag I need the tag and who should get it, for example: propose the tag "VIP" for people who bought a product, or for people with another tag. An administrator approves it in the app before anything happens.',
    suggestions: ["Who is at risk of not coming back?", "Which proposals are waiting for approval?"],
  };
}

/** `tag people who bought X as Y`, `add the tag Y to …`. */
function tagRequest(raw: string): { tag: string } | null {
  const match =
    /\btag\s+["“']([^"”']+)["”']/i.exec(raw) ??
    /\btag\s+.+?\s+(?:as|with)\s+["“']?([^"”'?.]+?)["”']?\s*[?.!]*$/i.exec(raw) ??
    /\b(?:add|apply|propose|put|give|assign)\s+(?:the\s+|a\s+)?tag\s+["“']?(.+?)["”']?\s+(?:to|on|for)\b/i.exec(
      raw,
    );
  return match?.[1] ? { tag: match[1].trim() } : null;
}

function why(understanding: Understanding, memory: Memory, context: PlanContext): Reply | null {
  if (!context.available.has("explain_change")) return soon("explain why a number changed");
  const metric = understanding.metrics.ids[0] ?? memory.last?.query.metrics[0];
  if (!metric) {
    return {
      kind: "say",
      topic: "clarify",
      text: "Which number's change should I explain?",
      suggestions: ["Why did revenue change last month?", "Why did orders change last quarter?"],
    };
  }
  const asked = planMetric(
    {
      ...understanding,
      metrics: { ...understanding.metrics, ids: [metric], unavailable: [] },
      splits: { ids: [], unknown: [], explicit: false },
      time: { ...understanding.time, grain: undefined },
      rank: undefined,
    },
    memory,
    context,
  );
  if (asked.kind === "say") return asked;
  const query = asked.calls[0]?.input.query as
    | { range: unknown; filters?: unknown; comparison?: string }
    | undefined;
  const range =
    understanding.time.period || understanding.metrics.ids.length > 0
      ? query?.range
      : (memory.last?.query.range ?? query?.range);
  const named = understanding.time.period !== undefined || memory.last !== undefined;
  return {
    ...asked,
    meanings: asked.meanings.filter((line) => !line.startsWith("You named no period")),
    calls: [
      {
        tool: "explain_change",
        input: {
          metric,
          range: named ? range : { preset: "previous_month" },
          comparison: query?.comparison ?? memory.last?.query.comparison ?? "previous_period",
          ...(query?.filters ? { filters: query.filters } : {}),
        },
      },
    ],
  };
}

function forecast(understanding: Understanding, memory: Memory, context: PlanContext): Reply | null {
  if (!context.available.has("forecast")) return soon("forecast");
  const metric = understanding.metrics.ids[0] ?? memory.last?.query.metrics[0] ?? "revenue_collected";
  const horizon = /\bnext (\d{1,2}) months?\b/i.exec(understanding.raw)?.[1];
  const quarter = /\bnext quarter\b/i.test(understanding.raw) ? 3 : undefined;
  const filters = allOf(filtersOf(understanding, [metric]));
  return one(understanding, context, "forecast", {
    metric,
    ...(filters ? { filters } : {}),
    months: Math.min(12, Number(horizon ?? quarter ?? 1)),
  });
}

function search(understanding: Understanding, context: PlanContext): Reply | null {
  if (!context.available.has("search_knowledge"))
    return context.available.has("find_contacts")
      ? soon("search notes and e-mails")
      : notOpen("search_knowledge");
  const quoted = /["“]([^"”]+)["”]/.exec(understanding.raw)?.[1];
  const about =
    /\b(?:about|mention(?:ing|s|ed)?|containing|saying|say|said|with the word|for|complained about|asked (?:about|for)|wrote about)\s+(.{2,100}?)\s*[?.!]*$/i.exec(
      understanding.raw,
    )?.[1];
  const query = quoted ?? about;
  if (!query)
    return {
      kind: "say",
      topic: "clarify",
      text: "What should I look for in the notes and e-mails?",
      suggestions: ["Which notes mention a refund?"],
    };
  return one(understanding, context, "search_knowledge", { query });
}

/** A share is shown as the split it is taken from; the percentages are the chart's. */
function share(understanding: Understanding, memory: Memory, context: PlanContext): Reply | null {
  const name = understanding.names.find(({ kind }) => kind !== "tag");
  const splits = understanding.splits.ids.length > 0 ? understanding.splits.ids : name ? [name.kind] : [];
  if (splits.length === 0) return null;
  return planMetric(
    {
      ...understanding,
      names: [],
      splits: { ...understanding.splits, ids: splits },
      drawing: understanding.drawing ?? "pie",
    },
    memory,
    context,
  );
}

function soon(what: string): Reply {
  const label = getMetric("revenue_collected")?.label ?? "Revenue collected";
  return {
    kind: "say",
    topic: "refuse",
    text: `I can't ${what} yet. I can show how a number developed and how it splits, which is often the start of an answer.`,
    suggestions: [`${label} by month this year vs last year`, `${label} by product this year vs last year`],
  };
}
