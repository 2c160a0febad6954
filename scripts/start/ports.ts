import { createServer } from "node:net";

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * The wanted port if it is free on 127.0.0.1, else the next free one (which `taken` gives out no second time).
 * @throws when the next 100 ports are all taken.
 */
export async function findPort(wanted: number, taken: Set<number>): Promise<number> {
  for (let port = wanted; port < wanted + 100; port += 1) {
    if (!taken.has(port) && (await isFree(port))) {
      taken.add(port);
      return port;
    }
  }
  throw new Error(`Ports ${wanted} to ${wanted + 99} are all taken. Set another one in the environment.`);
}
