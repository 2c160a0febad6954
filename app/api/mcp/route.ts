import { getMcpEndpoint } from "@/mcp-server/deps";

export const runtime = "nodejs";
export const dynamic = "force-dynamic";

/** MCP over Streamable HTTP; a key says who is asking. */
const handle = (request: Request): Promise<Response> => getMcpEndpoint()(request);

export { handle as DELETE, handle as GET, handle as POST };
