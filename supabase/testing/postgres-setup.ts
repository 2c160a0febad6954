import { testKeys } from "./database";
import { startPostgresServer } from "./postgres-server";
import { makeTemplate } from "./postgres-template";

/** One server for all test files of a run; every `startTestDatabase` then copies its template. */
export default async function setUp(): Promise<() => void> {
  const server = await startPostgresServer();
  try {
    process.env.KEAPSAKE_TEST_POSTGRES = await makeTemplate(server, testKeys);
  } catch (error) {
    server.stop();
    throw error;
  }
  return () => server.stop();
}
