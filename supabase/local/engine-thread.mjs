// Threads do not inherit tsx's loader, so this entry (plain JavaScript) brings it in for the one TypeScript file it runs.
import { register } from "tsx/esm/api";

register();
await import("./engine-worker.ts");
