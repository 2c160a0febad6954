/**
 * With `PROPERTY_SEED` every property starts from that seed, so that the same code passes or fails each time (CI does
 * so). Without it each run draws new cases; a failure prints the seed and the path that lead to it.
 */
const seed = process.env.PROPERTY_SEED;
if (seed) {
  const fc = await import("fast-check");
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
}

export {};
