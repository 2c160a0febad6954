import type { ToolDefinition } from "./define-tool";
import { describeMetricTool } from "./describe-metric";
import { describeSchemaTool } from "./describe-schema";
import { explainChangeTool } from "./explain-change";
import { findContactsTool } from "./find-contacts";
import { forecastTool } from "./forecast";
import { getContactTool } from "./get-contact";
import { listBoardsTool } from "./list-boards";
import { listMetricsTool } from "./list-metrics";
import { listProposalsTool } from "./list-proposals";
import { pinChartTool } from "./pin-chart";
import { proposeTagsTool } from "./propose-tags";
import { queryMetricTool } from "./query-metric";
import { runSqlTool } from "./run-sql";
import { searchKnowledgeTool } from "./search-knowledge";
import { syncStatusTool } from "./sync-status";

/** The one catalogue behind chat, MCP and the command line, by name. */
export const tools = {
  list_metrics: listMetricsTool,
  describe_metric: describeMetricTool,
  query_metric: queryMetricTool,
  explain_change: explainChangeTool,
  forecast: forecastTool,
  find_contacts: findContactsTool,
  get_contact: getContactTool,
  list_boards: listBoardsTool,
  pin_chart: pinChartTool,
  sync_status: syncStatusTool,
  propose_tags: proposeTagsTool,
  list_proposals: listProposalsTool,
  search_knowledge: searchKnowledgeTool,
  describe_schema: describeSchemaTool,
  run_sql: runSqlTool,
};

export type ToolName = keyof typeof tools;

/** The catalogue as a list, in a fixed order (clients cache it, models see it the same way each time). */
export const toolList: readonly ToolDefinition[] = Object.values(tools) as unknown as ToolDefinition[];
