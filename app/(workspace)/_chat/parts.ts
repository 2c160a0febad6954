import type { ChatMessage } from "@/agent/chat/messages";
import { type ShownChart, shownBy } from "@/agent/chat/shown";

export type ChatChart = ShownChart;

type Part = ChatMessage["parts"][number];

/** Every chart of a conversation with the question it answers, the newest first. */
export function chartsOf(messages: ChatMessage[]): (ChatChart & { question: string })[] {
  return messages
    .flatMap(({ parts }, index) => {
      const question = questionBefore(messages, index);
      return parts.flatMap((part) => {
        const chart = shownBy(part);
        return chart ? [{ ...chart, question }] : [];
      });
    })
    .reverse();
}

/** The question an answer belongs to: the latest one before it. */
export function questionBefore(messages: ChatMessage[], index: number): string {
  const question = messages.slice(0, index).findLast(({ role }) => role === "user");
  return question?.parts.map((part) => (part.type === "text" ? part.text : "")).join(" ") ?? "";
}

const running: Record<string, string> = {
  "tool-query_metric": "Computing",
  "tool-list_metrics": "Looking up the metrics",
  "tool-describe_metric": "Looking up the definition",
  "tool-pin_chart": "Pinning the chart",
  "tool-save_question": "Saving the question",
  "tool-saved_questions": "Looking at the saved questions",
  "tool-cohort": "Following the cohorts",
  "tool-shape": "Following people and money",
  "tool-explain_change": "Looking for what changed",
  "tool-forecast": "Forecasting",
  "tool-run_sql": "Running the SQL",
  "tool-find_contacts": "Looking for people",
  "tool-find_records": "Looking for records",
  "tool-get_contact": "Reading the person's record",
  "tool-search_knowledge": "Searching what was written",
  "tool-keap_lookup": "Asking Keap",
  "tool-get_board": "Reading the board",
  "tool-create_alert": "Making the alert",
  "tool-set_goal": "Setting the goal",
  "tool-list_goals": "Looking at the goals",
  "tool-create_segment": "Saving the segment",
  "tool-propose_tags": "Preparing the proposal",
  "tool-propose_update": "Preparing the proposal",
  "tool-propose_outreach": "Preparing the proposal",
};

/** What a tool that has not answered yet is doing, in words; null for a part that is not a running tool. */
export function describeRunning(part: Part): string | null {
  if (!part.type.startsWith("tool-")) return null;
  const state = (part as { state?: string }).state;
  if (state === "output-available" || state === "output-error") return null;
  const words = running[part.type] ?? `Using ${part.type.slice(5).replaceAll("_", " ")}`;
  const title =
    part.type === "tool-query_metric" && part.state === "input-available" ? part.input.title : undefined;
  return title ? `${words} ${title}…` : `${words}…`;
}

/** What a tool said when it could not do what was asked; its words are written for people. */
export function failureOf(part: Part): string | null {
  if (!part.type.startsWith("tool-")) return null;
  const { state, errorText } = part as { state?: string; errorText?: string };
  return state === "output-error" ? (errorText ?? "A step of this answer failed.") : null;
}
