/** Grid columns of a tile from its stored width of twelve; a phone shows every tile at full width. */
export function tileWidth(width: number): string {
  if (width >= 12) return "lg:col-span-12";
  if (width <= 3) return "md:col-span-6 xl:col-span-3";
  if (width <= 4) return "md:col-span-6 lg:col-span-4";
  return "lg:col-span-6";
}
