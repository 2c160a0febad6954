import { cohortTool } from "./cohort";
import { createAlertTool } from "./create-alert";
import { createSegmentTool } from "./create-segment";
import type { ToolDefinition } from "./define-tool";
import { describeMetricTool } from "./describe-metric";
import { describeSchemaTool } from "./describe-schema";
import { explainChangeTool } from "./explain-change";
import { findContactsTool } from "./find-contacts";
import { findRecordsTool } from "./find-records";
import { forecastTool } from "./forecast";
import { getBoardTool } from "./get-board";
import { getContactTool } from "./get-contact";
import { keapLookupTool } from "./keap-lookup";
import { listBoardsTool } from "./list-boards";
import { listConflictsTool } from "./list-conflicts";
import { listGoalsTool } from "./list-goals";
import { listMetricsTool } from "./list-metrics";
import { listProposalsTool } from "./list-proposals";
import { pinChartTool } from "./pin-chart";
import { proposeOutreachTool } from "./propose-outreach";
import { proposeTagsTool } from "./propose-tags";
import { proposeUpdateTool } from "./propose-update";
import { queryMetricTool } from "./query-metric";
import { runSqlTool } from "./run-sql";
import { saveQuestionTool } from "./save-question";
import { savedQuestionsTool } from "./saved-questions";
import { searchKnowledgeTool } from "./search-knowledge";
import { setGoalTool } from "./set-goal";
import { shapeTool } from "./shape";
import { syncStatusTool } from "./sync-status";

/** The one catalogue behind chat, MCP and the command line, by name. */
export const tools = {
  list_metrics: listMetricsTool,
  describe_metric: describeMetricTool,
  query_metric: queryMetricTool,
  cohort: cohortTool,
  shape: shapeTool,
  explain_change: explainChangeTool,
  forecast: forecastTool,
  find_contacts: findContactsTool,
  find_records: findRecordsTool,
  get_contact: getContactTool,
  list_boards: listBoardsTool,
  get_board: getBoardTool,
  pin_chart: pinChartTool,
  saved_questions: savedQuestionsTool,
  save_question: saveQuestionTool,
  create_segment: createSegmentTool,
  create_alert: createAlertTool,
  list_goals: listGoalsTool,
  set_goal: setGoalTool,
  sync_status: syncStatusTool,
  list_conflicts: listConflictsTool,
  keap_lookup: keapLookupTool,
  propose_tags: proposeTagsTool,
  propose_update: proposeUpdateTool,
  propose_outreach: proposeOutreachTool,
  list_proposals: listProposalsTool,
  search_knowledge: searchKnowledgeTool,
  describe_schema: describeSchemaTool,
  run_sql: runSqlTool,
};

export type ToolName = keyof typeof tools;

/** The catalogue as a list, in a fixed order (clients cache it, models see it the same way each time). */
export const toolList: readonly ToolDefinition[] = Object.values(tools) as unknown as ToolDefinition[];
