import { z } from "zod";
import { formatCount, formatMoment } from "../format";
import { defineTool, readOnly } from "./define-tool";
import { ToolError } from "./errors";

const streamSchema = z.object({
  entity: z.string(),
  stream: z.string(),
  state: z.string(),
  done: z.number(),
  estimated_total: z.number().nullable(),
  waiting: z.number().describe("Changed records that still have to be carried to Keap."),
  stuck: z.number().describe("Records that need a person."),
  rejected: z.number().describe("Records that could not be stored."),
  error: z.string().nullable(),
  cure: z.string().nullable(),
});

export const syncStatusTool = defineTool({
  name: "sync_status",
  group: "sync",
  title: "Sync status",
  description:
    "How fresh and how complete the copy of Keap is, what still waits to be carried back, and what is stuck. Use it when someone asks whether the data is up to date. Example: {}.",
  input: z.strictObject({}),
  output: z.object({
    connection_state: z.string(),
    connection_detail: z.string().nullable(),
    data_as_of: z.string().nullable(),
    as_of_in_words: z.string().nullable().describe("The same in the account's zone."),
    complete: z.boolean().describe("True when every first copy has finished."),
    waiting: z.number().describe("Changes that wait to be carried to Keap, of all streams."),
    stuck: z.number().describe("Changes that need a person."),
    rejected: z.number().describe("Records that could not be stored."),
    streams: z.array(streamSchema),
  }),
  annotations: readOnly,
  handler: async (_, { db, principal, account: { time_zone } }) => {
    const [account, health] = await Promise.all([
      db
        .from("accounts")
        .select("connection_state, connection_detail, data_as_of")
        .eq("id", principal.account_id)
        .single(),
      db
        .from("sync_health")
        .select("entity, stream, state, done, estimated_total, waiting, stuck, rejected, error, cure")
        .eq("account_id", principal.account_id)
        .order("entity")
        .order("stream"),
    ]);
    if (account.error || health.error)
      throw new ToolError("unavailable", "The state of the sync could not be read. Try again.", {
        retryable: true,
      });
    const streams = z.array(streamSchema).parse(health.data);
    const copies = streams.filter(({ stream }) => stream === "backfill");
    return {
      ...account.data,
      as_of_in_words: account.data.data_as_of ? formatMoment(account.data.data_as_of, time_zone) : null,
      complete: copies.length > 0 && copies.every(({ state }) => state === "done" || state === "idle"),
      waiting: sum(streams, "waiting"),
      stuck: sum(streams, "stuck"),
      rejected: sum(streams, "rejected"),
      streams,
    };
  },
  describe: ({
    connection_state,
    connection_detail,
    as_of_in_words,
    complete,
    waiting,
    stuck,
    rejected,
    streams,
  }) => {
    const running = streams.filter(
      ({ stream, state }) => stream === "backfill" && state !== "done" && state !== "idle",
    );
    return [
      `Connection to Keap: ${connection_state}${connection_detail ? ` (${connection_detail})` : ""}.`,
      as_of_in_words ? `The data is as of ${as_of_in_words}.` : "The first copy has not finished yet.",
      complete
        ? "The first copy is complete."
        : running
            .map(
              ({ entity, done, estimated_total }) =>
                `${entity}: ${formatCount(done)}${estimated_total ? ` of about ${formatCount(estimated_total)}` : ""} copied`,
            )
            .join("; "),
      `${formatCount(waiting)} changes wait to be carried to Keap, ${formatCount(stuck)} need a person, ${formatCount(rejected)} records could not be stored.`,
      ...streams
        .filter(({ error }) => error)
        .map(({ entity, error, cure }) => `${entity}: ${error}${cure ? ` ${cure}` : ""}`),
    ]
      .filter(Boolean)
      .join("\n");
  },
});

function sum(streams: z.infer<typeof streamSchema>[], key: "waiting" | "stuck" | "rejected"): number {
  // The same entity appears once per stream with the same counts.
  return [...new Map(streams.map((stream) => [stream.entity, stream[key]])).values()].reduce(
    (total, value) => total + value,
    0,
  );
}
