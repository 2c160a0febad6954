/**
 * A function of plain values alone that keeps what it gave: the charts of a board ask for the same days over and over, and
 * telling a zone's days costs more than all else of a question. Forgets everything at so many; what throws is not kept.
 */
export function remember<Args extends unknown[], Given extends object | string>(
  give: (...args: Args) => Given,
  keyOf: (...args: Args) => string,
  most = 2_000,
): (...args: Args) => Given {
  const known = new Map<string, Given>();
  return (...args) => {
    const key = keyOf(...args);
    const before = known.get(key);
    if (before !== undefined) return before;
    const given = give(...args);
    if (known.size >= most) known.clear();
    known.set(key, given);
    return given;
  };
}
