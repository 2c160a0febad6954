import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startTestDatabase } from "../testing/database";
import { generateTypes } from "./generate-types";

// `npm run db:types`: from a fresh database with every migration applied.
const database = await startTestDatabase();
const file = fileURLToPath(new URL("./database.types.ts", import.meta.url));
writeFileSync(file, await generateTypes({ query: (text) => database.sql(text) }));
await database.stop();
console.log(`Wrote ${file}.`);
process.exit(0);
