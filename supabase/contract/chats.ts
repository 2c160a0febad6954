import { z } from "zod";
import { list, object, text, timestamp, uuid } from "./fields";

/** A conversation with the analyst. */
export const chatSchema = z.strictObject({
  id: uuid,
  account_id: uuid,
  user_id: uuid,
  title: text,
  shared: z.boolean(),
  created_at: timestamp,
  updated_at: timestamp,
});
export type Chat = z.infer<typeof chatSchema>;

/** A message; `parts` as the UI renders them. */
export const chatMessageSchema = z.strictObject({
  chat_id: uuid,
  id: text,
  account_id: uuid,
  role: z.enum(["user", "assistant", "system"]),
  parts: list,
  metadata: object,
  position: z.int(),
  created_at: timestamp,
});
export type ChatMessage = z.infer<typeof chatMessageSchema>;

/** A thumb and a comment on an answer. */
export const feedbackSchema = z.strictObject({
  id: uuid,
  account_id: uuid,
  user_id: uuid,
  chat_id: uuid.nullable(),
  message_id: text.nullable(),
  rating: z.union([z.literal(1), z.literal(-1)]),
  comment: text.nullable(),
  question: text.nullable(),
  answer: object,
  created_at: timestamp,
});
export type Feedback = z.infer<typeof feedbackSchema>;

/** An answer an admin has checked. */
export const verifiedAnswerSchema = z.strictObject({
  id: uuid,
  account_id: uuid,
  question: text,
  query: object,
  spec: object.nullable(),
  fingerprint: text,
  status: z.enum(["verified", "stale", "revoked"]),
  stale_reason: text.nullable(),
  verified_by: uuid.nullable(),
  verified_at: timestamp,
});
export type VerifiedAnswer = z.infer<typeof verifiedAnswerSchema>;

/** A question with what its answer must be. */
export const evaluationQuestionSchema = z.strictObject({
  id: uuid,
  account_id: uuid,
  question: text,
  expected: object,
  active: z.boolean(),
  last_result: object.nullable(),
  last_run_at: timestamp.nullable(),
  created_by: text,
  created_at: timestamp,
});
export type EvaluationQuestion = z.infer<typeof evaluationQuestionSchema>;
