import type { z } from "zod";
import { invalidRequest, isKeapError } from "./errors";
import { buildFilter, type FilterKeys, type FilterOf } from "./filter";
import { type ListSpec, slowTimeoutMs } from "./lists";
import { type MaskName, masks } from "./masks";
import { malformed, type Page, readPage, readRecord } from "./pages";
import { type CallOptions, type KeapRequest, operationOf, type Transport } from "./transport";

/** What a list call takes; the types come from the list's table of declared parameters. */
export type ListOptions<S> =
  S extends ListSpec<unknown, infer K extends FilterKeys, infer O, infer C, infer F>
    ? CallOptions & {
        filter?: FilterOf<K, C>;
        orderBy?: `${O} ${"asc" | "desc"}`;
        /** Everything the list declares, unless told. */
        fields?: readonly F[];
        /** The list's maximum, unless told. */
        pageSize?: number;
        pageToken?: string | null;
      }
    : never;

export type ItemOf<S> = S extends ListSpec<infer T, FilterKeys, string, boolean, string> ? T : never;

type Params = Readonly<Record<string, string | number>>;
type Request = Pick<KeapRequest, "method" | "path" | "params" | "query" | "body" | "headers" | "timeoutMs">;
// biome-ignore lint/suspicious/noExplicitAny: the one place where a list of any item type is meant.
type AnyList = ListSpec<any, any, any, any, any>;

/** The few verbs every resource is made of. */
export interface Calls {
  page<S extends AnyList>(spec: S, options?: ListOptions<S>, params?: Params): Promise<Page<ItemOf<S>>>;
  record<T>(item: z.ZodType<T>, request: Request, options?: CallOptions): Promise<T>;
  /** The record and whether the answer was 201 (made) or 200 (found and changed). */
  recordWithStatus<T>(
    item: z.ZodType<T>,
    request: Request,
    options?: CallOptions,
  ): Promise<{ record: T; status: number }>;
  nothing(request: Request, options?: CallOptions): Promise<void>;
}

export function createCalls(transport: Transport): Calls {
  async function recordWithStatus<T>(item: z.ZodType<T>, request: Request, options: CallOptions = {}) {
    const { body, status } = await transport.send(merge(request, options));
    return { record: readRecord(operationOf(request), body, item, request.method !== "GET"), status };
  }
  return {
    recordWithStatus,
    record: async (item, request, options) => (await recordWithStatus(item, request, options)).record,
    async nothing(request, options = {}) {
      await transport.send({ ...merge(request, options), expectsNothing: true });
    },
    async page(spec, options, params) {
      const asked = (options ?? {}) as LooseListOptions;
      return readWholeOrHalved(spec, asked, params);
    },
  };

  /** How many ids one filter takes is stated for opportunities only: a refused list of ids is asked for in halves. */
  async function readWholeOrHalved<S extends AnyList>(
    spec: S,
    asked: LooseListOptions,
    params?: Params,
  ): Promise<Page<ItemOf<S>>> {
    try {
      return await readListPage(spec, asked, params);
    } catch (cause) {
      const halves =
        isKeapError(cause) && cause.status === 400 && !asked.pageToken ? halvesOf(spec, asked) : null;
      if (!halves) throw cause;
      // one id alone tells whether it is the length of the list that Keap does not take
      const alone = firstOf(spec, asked);
      if (alone)
        await readListPage(spec, { ...alone, pageSize: 1 }, params).catch(() => Promise.reject(cause));
      const [one, other] = halves;
      const first = await readWholePages(spec, one, params);
      const second = await readWholePages(spec, other, params);
      return {
        items: [...first.items, ...second.items],
        rejected: [...first.rejected, ...second.rejected],
        nextPageToken: null,
      };
    }
  }

  /** Half a list of ids to its end: the two halves have no page token in common. */
  async function readWholePages<S extends AnyList>(spec: S, asked: LooseListOptions, params?: Params) {
    const whole: Page<ItemOf<S>> = { items: [], rejected: [], nextPageToken: null };
    let pageToken: string | null = null;
    do {
      const page: Page<ItemOf<S>> = await readWholeOrHalved(spec, { ...asked, pageToken }, params);
      whole.items.push(...page.items);
      whole.rejected.push(...page.rejected);
      pageToken = page.nextPageToken;
    } while (pageToken !== null);
    return whole;
  }

  async function readListPage<S extends AnyList>(
    spec: S,
    asked: LooseListOptions,
    params?: Params,
  ): Promise<Page<ItemOf<S>>> {
    const request = {
      method: "GET",
      path: spec.path,
      params,
      query: listQuery(spec, asked),
      timeoutMs: spec.timeoutMs,
    } as const;
    const { body } = await transport.send(merge(request, asked));
    const page = readPage(operationOf(request), body, spec.key, spec.item);
    // The same token again would read the same page for ever.
    if (page.nextPageToken !== null && page.nextPageToken === asked.pageToken) {
      throw malformed(operationOf(request), "it names the page just read as the next one");
    }
    return page as Page<never>;
  }
}

/** The first id alone, of a list that has not been cut yet; null for a part of one. */
function firstOf(spec: AnyList, asked: LooseListOptions): LooseListOptions | null {
  if (asked.cut) return null;
  for (const [key, kind] of Object.entries(spec.filter)) {
    const ids = asked.filter?.[key];
    if (kind === "list" && Array.isArray(ids) && ids.length > 1)
      return { ...asked, filter: { ...asked.filter, [key]: ids.slice(0, 1) } };
  }
  return null;
}

/** The list of ids asked for, in two halves; null where there is no list of more than one. */
function halvesOf(spec: AnyList, asked: LooseListOptions): [LooseListOptions, LooseListOptions] | null {
  for (const [key, kind] of Object.entries(spec.filter)) {
    const ids = asked.filter?.[key];
    if (kind !== "list" || !Array.isArray(ids) || ids.length < 2) continue;
    const middle = Math.ceil(ids.length / 2);
    const half = (part: unknown[]) => ({ ...asked, cut: true, filter: { ...asked.filter, [key]: part } });
    return [half(ids.slice(0, middle)), half(ids.slice(middle))];
  }
  return null;
}

type LooseListOptions = CallOptions & {
  filter?: Record<string, unknown>;
  orderBy?: string;
  fields?: readonly string[];
  pageSize?: number;
  pageToken?: string | null;
  /** A part of a list that was too long for Keap. */
  cut?: boolean;
};

function merge(request: Request, { lane, signal, timeoutMs, maxWaitMs }: CallOptions): KeapRequest {
  return { ...request, lane, signal, maxWaitMs, timeoutMs: timeoutMs ?? request.timeoutMs };
}

function listQuery(spec: AnyList, options: LooseListOptions): string[] {
  const operation = `GET ${spec.path}`;
  const { orderBy, pageSize = spec.maxPageSize, pageToken } = options;
  const query: string[] = [];
  const filter = buildFilter(
    { operation, keys: spec.filter, custom: spec.custom, exclusive: spec.exclusive, needs: spec.needs },
    options.filter,
  );
  if (filter) query.push(`filter=${filter}`);
  if (orderBy) {
    const [key = "", direction = ""] = orderBy.split(" ");
    if (!spec.order.includes(key) || !["asc", "desc"].includes(direction)) {
      throw invalidRequest(
        operation,
        `Keap cannot order this list by "${orderBy}". Use one of: ${spec.order.join(", ")}`,
      );
    }
    query.push(`order_by=${encodeURIComponent(orderBy)}`);
  }
  query.push(...fieldsQuery(operation, options.fields, spec.fields, spec.fieldsForm));
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > spec.maxPageSize) {
    throw invalidRequest(operation, `A page holds 1 to ${spec.maxPageSize} records, not ${pageSize}`);
  }
  query.push(`page_size=${pageSize}`);
  if (pageToken) query.push(`page_token=${encodeURIComponent(pageToken)}`);
  return query;
}

/** `fields` is always sent where it is declared: what Keap leaves out by default is not stated. */
export function fieldsQuery(
  operation: string,
  asked: readonly string[] | undefined,
  declared: readonly string[],
  form: "comma" | "repeated" = "comma",
): string[] {
  const fields = asked ?? declared;
  const unknown = fields.filter((field) => !declared.includes(field));
  if (unknown.length > 0) throw invalidRequest(operation, `Keap knows no field ${unknown.join(", ")} here`);
  if (fields.length === 0) return [];
  return form === "comma"
    ? [`fields=${fields.map(encodeURIComponent).join(",")}`]
    : fields.map((field) => `fields=${encodeURIComponent(field)}`);
}

/**
 * `update_mask` as repeated keys. Without a mask Keap promises for some records only that the rest stays, so it is
 * always sent: by default the body's own keys. A key the record cannot write is refused here, where it can be fixed.
 */
export function maskQuery(
  operation: string,
  name: MaskName,
  body: object,
  mask?: readonly string[],
): string[] {
  const allowed: readonly string[] = masks[name];
  const asked =
    mask ?? Object.keys(body).map((key) => (name === "user" && key === "title" ? "job_title" : key));
  if (asked.length === 0) throw invalidRequest(operation, "There is nothing to change");
  const unknown = asked.filter((key) => !allowed.includes(key));
  if (unknown.length > 0) throw invalidRequest(operation, `Keap cannot write ${unknown.join(", ")} here`);
  return asked.map((key) => `update_mask=${encodeURIComponent(key)}`);
}

export const slow = { timeoutMs: slowTimeoutMs } as const;

/** Walks a whole list, page after page. Give the same filter and order for each token. */
export async function* pagesOf<T>(
  readPageAt: (pageToken: string | null) => Promise<Page<T>>,
  from: string | null = null,
): AsyncGenerator<Page<T>> {
  let pageToken = from;
  do {
    const page = await readPageAt(pageToken);
    yield page;
    pageToken = page.nextPageToken;
  } while (pageToken !== null);
}
