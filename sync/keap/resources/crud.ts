import type { z } from "zod";
import { type Calls, maskQuery } from "../calls";
import type { MaskName, MaskOf } from "../masks";
import type { CallOptions } from "../transport";

/** The five plain calls of a record with one id. What differs is added beside them. */
export function crud<T, Create extends object, Patch extends object, N extends MaskName>(
  calls: Calls,
  spec: { path: string; item: z.ZodType<T>; mask: N; _create?: Create; _patch?: Patch },
) {
  const { path, item } = spec;
  const one = `${path}/{id}`;
  const params = (id: string) => ({ id });
  return {
    get: (id: string, options?: CallOptions): Promise<T> =>
      calls.record(item, { method: "GET", path: one, params: params(id) }, options),
    create: (body: Create, options?: CallOptions): Promise<T> =>
      calls.record(item, { method: "POST", path, body }, options),
    update: (id: string, body: Patch, mask?: MaskOf<N>, options?: CallOptions): Promise<T> =>
      calls.record(
        item,
        {
          method: "PATCH",
          path: one,
          params: params(id),
          query: maskQuery(`PATCH ${one}`, spec.mask, body, mask),
          body,
        },
        options,
      ),
    delete: (id: string, options?: CallOptions): Promise<void> =>
      calls.nothing({ method: "DELETE", path: one, params: params(id) }, options),
  };
}

/** Names the body types of `crud` without values. */
export function bodyOf<T>(): T | undefined {
  return undefined;
}
