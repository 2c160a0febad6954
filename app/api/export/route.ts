import { type CsvFile, exportCsv } from "@/agent/export/export-csv";
import { exportSchema } from "@/agent/export/export-schema";
import { ToolError, type ToolErrorCode } from "@/agent/tools/errors";
import { toolContextFor } from "../../_server/deps";
import { isSameOrigin } from "../../_server/same-origin";
import { getSession } from "../../_server/session";

export const maxDuration = 300;

const statuses: Record<ToolErrorCode, number> = {
  invalid_input: 400,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  unavailable: 503,
  internal: 500,
};

/** All rows of a chart, of a number in it, of a list of people or of a segment, as a CSV file that is written as it is read. */
export async function POST(request: Request): Promise<Response> {
  if (!isSameOrigin(request)) return refuse(403, "This request came from another site.");
  const session = await getSession();
  if (!session) return refuse(401, "You are signed out. Sign in again.");
  const asked = exportSchema.safeParse(await request.json().catch(() => null));
  if (!asked.success)
    return refuse(400, "What should be in the file could not be read. Load the page again.");
  try {
    return answer(await exportCsv(asked.data, toolContextFor(session)));
  } catch (error) {
    if (error instanceof ToolError) return refuse(statuses[error.code], error.message);
    console.error("[export]", error instanceof Error ? error.message : "unknown error");
    return refuse(500, "The file could not be made. Nothing was changed; try again.");
  }
}

function answer({ name, chunks }: CsvFile): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    // One page is read for each that was taken: a slow reader holds the reading up.
    async pull(controller) {
      const { value, done } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
  return new Response(body, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="export.csv"; filename*=UTF-8''${encodeURIComponent(name)}`,
      "cache-control": "no-store",
    },
  });
}

const refuse = (status: number, error: string) => Response.json({ error }, { status });
