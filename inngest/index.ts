import type { InngestFunction } from "inngest";

/** Every function the serve endpoint offers. */
export const functions: InngestFunction.Any[] = [];
