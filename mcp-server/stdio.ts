import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { openStdioContext } from "./deps";
import { createMcpServer } from "./server";

/** `npm run --silent mcp`: the MCP server over stdin and stdout, for desktop clients. */

// Stdout belongs to the protocol: whatever a library prints goes to stderr.
console.log = console.error;
console.info = console.error;
console.debug = console.error;

openStdioContext(process.env)
  .then((context) => {
    serveStdio(() => createMcpServer(context), { onerror: (error) => console.error(error.message) });
  })
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
