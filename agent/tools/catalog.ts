import type { ToolDefinition } from "./define-tool";
import { describeMetricTool } from "./describe-metric";
import { listMetricsTool } from "./list-metrics";
import { pinChartTool } from "./pin-chart";
import { queryMetricTool } from "./query-metric";

/** The one catalogue behind chat, MCP and the command line, by name. */
export const tools = {
  list_metrics: listMetricsTool,
  describe_metric: describeMetricTool,
  query_metric: queryMetricTool,
  pin_chart: pinChartTool,
};

export type ToolName = keyof typeof tools;

/** The catalogue as a list, in a fixed order (clients cache it, models see it the same way each time). */
export const toolList: readonly ToolDefinition[] = Object.values(tools) as unknown as ToolDefinition[];
