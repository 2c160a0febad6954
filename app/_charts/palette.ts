/** Colour of a series by its place; the values live in globals.css, one set per theme. */
export const seriesColor = (place: number): string => `var(--series-${(place % 8) + 1})`;

/** Dashes that tell lines apart without colour; the first is solid. */
const dashes = ["", "6 3", "2 3", "9 3 2 3", "12 4", "4 2", "1 3", "8 2 2 2"];
export const seriesDash = (place: number): string | undefined => dashes[place % dashes.length] || undefined;
