/** Clocks may be wrong by a day in either direction; a watermark further ahead is a mistake. */
const toleranceMs = 26 * 60 * 60 * 1000;

/** A watermark that lies in the future would hide every change until then. */
export class FutureWatermark extends Error {
  override readonly name = "FutureWatermark";
  readonly cure: string;
  constructor(entity: string, watermark: string, now: Date) {
    super(
      `The watermark of ${entity} (${watermark}) lies in the future (it is ${now.toISOString()}): nothing would ever be read.`,
    );
    this.cure = `Check this machine's clock. If it is right, run "npm run sync -- backfill --restart" to read everything again and set a new watermark.`;
  }
}

export function checkWatermark(entity: string, watermark: string, now: Date): void {
  const at = Date.parse(watermark);
  if (Number.isNaN(at) || at > now.getTime() + toleranceMs) throw new FutureWatermark(entity, watermark, now);
}

/** A record dated ahead of now (a scheduled payment) must not pull the watermark along. */
export function notAfter(time: string, now: Date): string {
  return Date.parse(time) > now.getTime() ? now.toISOString() : time;
}
