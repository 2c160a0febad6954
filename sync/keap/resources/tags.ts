import { z } from "zod";
import type { TagBody, TagCategoryBody } from "../bodies";
import { type Calls, type ListOptions, maskQuery, slow } from "../calls";
import { invalidRequest } from "../errors";
import { maxListValues } from "../filter";
import { lists } from "../lists";
import type { MaskOf } from "../masks";
import { resultMapSchema, tagCategorySchema, tagResultWords, tagSchema } from "../schemas";
import type { CallOptions } from "../transport";

/** What became of each contact; `null` where the answer does not say it in a known word. A 200 may hold failures. */
export type ResultPerContact = Map<string, string | null>;

const tagPath = "/v2/tags/{tag_id}";
const categoryPath = "/v2/tags/categories/{tag_category_id}";
const applyAnswer = z.looseObject({ results: resultMapSchema });

/** Each contact once, as Keap wants it. Community practice is at most 100 a call; Keap documents no limit. */
export function batchOfContacts(operation: string, contactIds: readonly string[]): string[] {
  const once = [...new Set(contactIds)];
  if (once.length === 0 || once.length > maxListValues) {
    throw invalidRequest(operation, `A call takes 1 to ${maxListValues} contacts, not ${once.length}`);
  }
  return once;
}

/** Keyed by what was asked, so that a contact missing in the answer is seen. */
export function resultsFor(
  asked: readonly string[],
  results: Record<string, string> | null | undefined,
): ResultPerContact {
  return new Map(asked.map((contactId) => [contactId, results?.[contactId] ?? null]));
}

/** Keap's spec names no words: what is said in others, a sentence for one, says nothing we could act on. */
function inKnownWords(results: ResultPerContact): ResultPerContact {
  const known: readonly string[] = tagResultWords;
  return new Map([...results].map(([id, word]) => [id, word !== null && known.includes(word) ? word : null]));
}

export function tagsResource(calls: Calls) {
  return {
    list: (options?: ListOptions<typeof lists.tags>) => calls.page(lists.tags, options),

    get: (tagId: string, options?: CallOptions) =>
      calls.record(tagSchema, { method: "GET", path: tagPath, params: { tag_id: tagId } }, options),

    create: (body: TagBody & { name: string }, options?: CallOptions) =>
      calls.record(tagSchema, { method: "POST", path: "/v2/tags", body }, options),

    update: (tagId: string, body: TagBody, mask?: MaskOf<"tag">, options?: CallOptions) =>
      calls.record(
        tagSchema,
        {
          method: "PATCH",
          path: tagPath,
          params: { tag_id: tagId },
          query: maskQuery(`PATCH ${tagPath}`, "tag", body, mask),
          body,
        },
        options,
      ),

    delete: (tagId: string, options?: CallOptions) =>
      calls.nothing({ method: "DELETE", path: tagPath, params: { tag_id: tagId } }, options),

    /** The contacts that carry the tag, with the time it was applied. Removals show only by comparing. */
    contacts: (tagId: string, options?: ListOptions<typeof lists.taggedContacts>) =>
      calls.page(lists.taggedContacts, options, { tag_id: tagId }),

    companies: (tagId: string, options?: ListOptions<typeof lists.taggedCompanies>) =>
      calls.page(lists.taggedCompanies, options, { tag_id: tagId }),

    /** Applies one tag to up to 100 contacts. This can start automations: send only real differences. */
    async applyTo(
      tagId: string,
      contactIds: readonly string[],
      options?: CallOptions,
    ): Promise<ResultPerContact> {
      const path = `${tagPath}/contacts:applyTags`;
      const request = {
        method: "POST",
        path,
        params: { tag_id: tagId },
        body: { contact_ids: batchOfContacts(`POST ${path}`, contactIds) },
        ...slow,
      } as const;
      const { results } = await calls.record(applyAnswer, request, options);
      return inKnownWords(resultsFor(contactIds, results));
    },

    /** Removes one tag from up to 100 contacts. Keap answers nothing per contact: read again to know. */
    async removeFrom(tagId: string, contactIds: readonly string[], options?: CallOptions): Promise<void> {
      const path = `${tagPath}/contacts:removeTags`;
      const body = { contact_ids: batchOfContacts(`POST ${path}`, contactIds) };
      await calls.nothing({ method: "POST", path, params: { tag_id: tagId }, body, ...slow }, options);
    },
  };
}

export function tagCategoriesResource(calls: Calls) {
  const params = (id: string) => ({ tag_category_id: id });
  return {
    list: (options?: ListOptions<typeof lists.tagCategories>) => calls.page(lists.tagCategories, options),
    get: (categoryId: string, options?: CallOptions) =>
      calls.record(
        tagCategorySchema,
        { method: "GET", path: categoryPath, params: params(categoryId) },
        options,
      ),
    create: (body: TagCategoryBody & { name: string }, options?: CallOptions) =>
      calls.record(tagCategorySchema, { method: "POST", path: "/v2/tags/categories", body }, options),
    update: (
      categoryId: string,
      body: TagCategoryBody,
      mask?: MaskOf<"tagCategory">,
      options?: CallOptions,
    ) =>
      calls.record(
        tagCategorySchema,
        {
          method: "PATCH",
          path: categoryPath,
          params: params(categoryId),
          query: maskQuery(`PATCH ${categoryPath}`, "tagCategory", body, mask),
          body,
        },
        options,
      ),
    delete: (categoryId: string, options?: CallOptions) =>
      calls.nothing({ method: "DELETE", path: categoryPath, params: params(categoryId) }, options),
  };
}
