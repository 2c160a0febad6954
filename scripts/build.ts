import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { buildApp, isBuilt } from "./start/build";
import { dataDir } from "./start/dev-file";

/** `npm run build`: the production build that `npm start` keeps using until a source changes. */
const logs = join(dataDir(), "logs");
mkdirSync(logs, { recursive: true });
if (isBuilt()) console.log("The build is up to date.");
else {
  const began = Date.now();
  await buildApp(join(logs, "build.log"));
  console.log(`Built in ${((Date.now() - began) / 1000).toFixed(0)} s.`);
}
