/**
 * Ways to split a number (METRICS 16). `time` is always allowed and is not listed here. Overlapping dimensions put one
 * thing under several values, so their parts do not add up to the total, which is computed apart.
 */
export interface DimensionDefinition {
  id: string;
  label: string;
  description: string;
  synonyms: string[];
  /** `person`: a property of the contact; `order`: of the order; `line`: of the order's items; `tag`: many per person. */
  of: "person" | "order" | "line" | "tag";
  overlapping: boolean;
}

export const dimensions = {
  product: {
    id: "product",
    label: "Product",
    description:
      "The order's money spread over its items pro rata; tax, shipping and fees are rows of their own.",
    synonyms: ["item", "sku", "offer"],
    of: "line",
    overlapping: false,
  },
  tag: {
    id: "tag",
    label: "Tag",
    description: "People who hold the tag now. Someone with two tags counts under both.",
    synonyms: ["label", "segment tag", "contact tag"],
    of: "tag",
    overlapping: true,
  },
  lead_source: {
    id: "lead_source",
    label: "Lead source",
    description: "The lead source first seen on the contact.",
    synonyms: ["source", "origin", "where leads come from", "acquisition source"],
    of: "person",
    overlapping: false,
  },
  country: {
    id: "country",
    label: "Country",
    description:
      "Country of the order's shipping address, else of the contact's billing address, else of any address.",
    synonyms: ["nation", "countries"],
    of: "order",
    overlapping: false,
  },
  region: {
    id: "region",
    label: "Region",
    description: "State or region of the same address as the country.",
    synonyms: ["state", "province", "county", "states"],
    of: "order",
    overlapping: false,
  },
} as const satisfies Record<string, DimensionDefinition>;

export type DimensionId = keyof typeof dimensions;
