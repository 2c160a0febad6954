export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** Daylight saving of America/New_York since 2007: second Sunday of March to first Sunday of November, 02:00. */
const transitions = new Map<number, readonly [number, number]>();

function transitionsOf(year: number): readonly [number, number] {
  let found = transitions.get(year);
  if (!found) {
    const march = new Date(Date.UTC(year, 2, 1)).getUTCDay();
    const november = new Date(Date.UTC(year, 10, 1)).getUTCDay();
    found = [Date.UTC(year, 2, 8 + ((7 - march) % 7), 7), Date.UTC(year, 10, 1 + ((7 - november) % 7), 6)];
    transitions.set(year, found);
  }
  return found;
}

/** Hours that the account's zone (America/New_York) is behind UTC at an instant: 4 or 5. */
export function hoursBehindUtc(time: number): 4 | 5 {
  const [from, to] = transitionsOf(new Date(time).getUTCFullYear());
  return time >= from && time < to ? 4 : 5;
}

/** Instant of a local date (given as midnight UTC of that date) and a local time of day. */
export function atLocal(date: number, hour: number, minute = 0, second = 0): number {
  const wall = date + hour * hourMs + minute * minuteMs + second * 1000;
  const guess = wall + 5 * hourMs;
  return wall + hoursBehindUtc(guess) * hourMs;
}

/** The local date of an instant, as midnight UTC of that date. */
export function localDate(time: number): number {
  const wall = time - hoursBehindUtc(time) * hourMs;
  return wall - (((wall % dayMs) + dayMs) % dayMs);
}

/** `2026-04-01` for a local date. */
export function dateText(date: number): string {
  return new Date(date).toISOString().slice(0, 10);
}

/** `2026-04-01T14:30:00.000Z`: whole seconds, as the account stores instants. */
export function timeText(time: number): string {
  return new Date(time - (time % 1000)).toISOString();
}

/** The date `count` months later; the 31st becomes the last day of a shorter month (of the given anchor day). */
export function addMonths(date: number, count: number, anchorDay = new Date(date).getUTCDate()): number {
  const day = new Date(date);
  const year = day.getUTCFullYear();
  const month = day.getUTCMonth() + count;
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(anchorDay, last));
}

export function startOfMonth(date: number): number {
  const day = new Date(date);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1);
}
