import { z } from "zod";
import { object, text, timestamp, uuid } from "./fields";

/** One fit of a model, with its card. */
export const predictionModelSchema = z.strictObject({
  id: uuid,
  account_id: uuid,
  model: text,
  version: text,
  fitted_at: timestamp,
  usable: z.boolean(),
  gate: text.nullable(),
  card: object,
});
export type PredictionModel = z.infer<typeof predictionModelSchema>;

/** A score of a person at a time. */
export const predictionSchema = z.strictObject({
  account_id: uuid,
  contact_id: uuid,
  model: text,
  scored_at: timestamp,
  score: z.number().nullable(),
  horizon: text.nullable(),
  details: object,
  is_current: z.boolean(),
});
export type Prediction = z.infer<typeof predictionSchema>;

/** The newest score per person and model. */
export const currentPredictionSchema = z.strictObject({
  account_id: uuid,
  contact_id: uuid,
  model: text,
  score: z.number().nullable(),
  details: object,
  horizon: text.nullable(),
  scored_at: timestamp,
});
export type CurrentPrediction = z.infer<typeof currentPredictionSchema>;
