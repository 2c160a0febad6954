import { z } from "zod";
import { object, text, timestamp, uuid } from "./fields";

/** A text that answers may cite. */
export const knowledgeDocumentSchema = z.strictObject({
  id: uuid,
  account_id: uuid,
  kind: z.enum(["note", "task", "appointment", "email", "profile", "company", "product", "upload"]),
  source_id: uuid.nullable(),
  contact_id: uuid.nullable(),
  title: text.nullable(),
  content_hash: text,
  metadata: object,
  created_by: text,
  created_at: timestamp,
  indexed_at: timestamp.nullable(),
});
export type KnowledgeDocument = z.infer<typeof knowledgeDocumentSchema>;

/** A piece of a document. */
export const knowledgeChunkSchema = z.strictObject({
  id: uuid,
  account_id: uuid,
  document_id: uuid,
  position: z.int(),
  content: text,
  search: text.nullable(),
  embedding: text.nullable(),
  embedding_model: text.nullable(),
  created_at: timestamp,
});
export type KnowledgeChunk = z.infer<typeof knowledgeChunkSchema>;
