import { literal } from "./patterns";

/** ISO 3166-1 alpha-3 to alpha-2, for names of countries through `Intl`. */
const alpha3 =
  "AFG:AF ALB:AL DZA:DZ AND:AD AGO:AO ARG:AR ARM:AM AUS:AU AUT:AT AZE:AZ BHS:BS BHR:BH BGD:BD BRB:BB BLR:BY BEL:BE BLZ:BZ BEN:BJ BMU:BM BTN:BT BOL:BO BIH:BA BWA:BW BRA:BR BRN:BN BGR:BG BFA:BF BDI:BI KHM:KH CMR:CM CAN:CA CPV:CV CAF:CF TCD:TD CHL:CL CHN:CN COL:CO COM:KM COG:CG COD:CD CRI:CR CIV:CI HRV:HR CUB:CU CYP:CY CZE:CZ DNK:DK DJI:DJ DMA:DM DOM:DO ECU:EC EGY:EG SLV:SV GNQ:GQ ERI:ER EST:EE SWZ:SZ ETH:ET FJI:FJ FIN:FI FRA:FR GAB:GA GMB:GM GEO:GE DEU:DE GHA:GH GIB:GI GRC:GR GRD:GD GTM:GT GIN:GN GNB:GW GUY:GY HTI:HT HND:HN HKG:HK HUN:HU ISL:IS IND:IN IDN:ID IRN:IR IRQ:IQ IRL:IE ISR:IL ITA:IT JAM:JM JPN:JP JOR:JO KAZ:KZ KEN:KE KIR:KI PRK:KP KOR:KR KWT:KW KGZ:KG LAO:LA LVA:LV LBN:LB LSO:LS LBR:LR LBY:LY LIE:LI LTU:LT LUX:LU MAC:MO MDG:MG MWI:MW MYS:MY MDV:MV MLI:ML MLT:MT MHL:MH MRT:MR MUS:MU MEX:MX FSM:FM MDA:MD MCO:MC MNG:MN MNE:ME MAR:MA MOZ:MZ MMR:MM NAM:NA NRU:NR NPL:NP NLD:NL NZL:NZ NIC:NI NER:NE NGA:NG MKD:MK NOR:NO OMN:OM PAK:PK PLW:PW PAN:PA PNG:PG PRY:PY PER:PE PHL:PH POL:PL PRT:PT PRI:PR QAT:QA ROU:RO RUS:RU RWA:RW KNA:KN LCA:LC VCT:VC WSM:WS SMR:SM STP:ST SAU:SA SEN:SN SRB:RS SYC:SC SLE:SL SGP:SG SVK:SK SVN:SI SLB:SB SOM:SO ZAF:ZA SSD:SS ESP:ES LKA:LK SDN:SD SUR:SR SWE:SE CHE:CH SYR:SY TWN:TW TJK:TJ TZA:TZ THA:TH TLS:TL TGO:TG TON:TO TTO:TT TUN:TN TUR:TR TKM:TM TUV:TV UGA:UG UKR:UA ARE:AE GBR:GB USA:US URY:UY UZB:UZ VUT:VU VAT:VA VEN:VE VNM:VN YEM:YE ZMB:ZM ZWE:ZW";

const alpha2ByAlpha3 = new Map(alpha3.split(" ").map((pair) => pair.split(":") as [string, string]));

/** What people say beside the official name. Two-letter codes are left out where they are everyday words (`in`, `it`). */
const countryAliases: Record<string, string[]> = {
  US: [
    "usa",
    "u.s.",
    "u.s.a",
    "u.s",
    "america",
    "the us",
    "the states",
    "united states of america",
    "stateside",
    "american",
    "americans",
  ],
  GB: ["uk", "u.k.", "u.k", "britain", "great britain", "british", "brits"],
  AE: ["uae", "emirates"],
  NL: ["holland", "dutch"],
  CA: ["canadian", "canadians"],
  DE: ["german", "germans"],
  AU: ["australian", "australians", "aussie", "aussies"],
  FR: ["french"],
  ES: ["spanish"],
  IT: ["italian", "italians"],
  IE: ["irish"],
  IN: ["indian", "indians"],
  MX: ["mexican", "mexicans"],
  BR: ["brazilian", "brazilians"],
  CH: ["swiss"],
  AT: ["austrian", "austrians"],
  BE: ["belgian", "belgians"],
  SE: ["swedish", "swedes"],
  NO: ["norwegian", "norwegians"],
  DK: ["danish", "danes"],
  JP: ["japanese"],
  ZA: ["south african", "south africans"],
  CZ: ["czech republic"],
  KR: ["korea"],
};

const displayNames = new Intl.DisplayNames(["en"], { type: "region" });

/** Names under which a country of the data (`USA`, `US` or a name) may be asked for. */
export function countryNames(value: string): string[] {
  const alpha2 = alpha2ByAlpha3.get(value) ?? (/^[A-Z]{2}$/.test(value) ? value : undefined);
  if (!alpha2) return [];
  return [displayNames.of(alpha2) ?? value, ...(countryAliases[alpha2] ?? [])];
}

const regions: Record<string, string> = {
  US: "AL:Alabama AK:Alaska AZ:Arizona AR:Arkansas CA:California CO:Colorado CT:Connecticut DE:Delaware DC:District_of_Columbia FL:Florida GA:Georgia HI:Hawaii ID:Idaho IL:Illinois IN:Indiana IA:Iowa KS:Kansas KY:Kentucky LA:Louisiana ME:Maine MD:Maryland MA:Massachusetts MI:Michigan MN:Minnesota MS:Mississippi MO:Missouri MT:Montana NE:Nebraska NV:Nevada NH:New_Hampshire NJ:New_Jersey NM:New_Mexico NY:New_York NC:North_Carolina ND:North_Dakota OH:Ohio OK:Oklahoma OR:Oregon PA:Pennsylvania PR:Puerto_Rico RI:Rhode_Island SC:South_Carolina SD:South_Dakota TN:Tennessee TX:Texas UT:Utah VT:Vermont VA:Virginia WA:Washington WV:West_Virginia WI:Wisconsin WY:Wyoming",
  CA: "AB:Alberta BC:British_Columbia MB:Manitoba NB:New_Brunswick NL:Newfoundland_and_Labrador NS:Nova_Scotia NT:Northwest_Territories NU:Nunavut ON:Ontario PE:Prince_Edward_Island QC:Quebec SK:Saskatchewan YT:Yukon",
  AU: "ACT:Australian_Capital_Territory NSW:New_South_Wales NT:Northern_Territory QLD:Queensland SA:South_Australia TAS:Tasmania VIC:Victoria WA:Western_Australia",
  GB: "ENG:England SCT:Scotland WLS:Wales NIR:Northern_Ireland",
};

const nameByCode = new Map<string, string>(
  Object.entries(regions).flatMap(([country, list]) =>
    list.split(" ").map((pair) => {
      const [code = "", name = ""] = pair.split(":");
      return [`${country}-${code}`, name.replaceAll("_", " ")] as [string, string];
    }),
  ),
);

/** A place as people say it (`California` for `US-CA`); other values stay as they are. */
export function placeName(dimension: string, value: string): string {
  if (dimension === "region") return regionNames(value)[0] ?? value;
  return dimension === "country" ? (countryNames(value)[0] ?? value) : value;
}

/** Codes of states that are no words or abbreviations of something else in a question. */
const sayableCodes = new Set("tx fl nj az nv nc sc tn ut wi wy ks ky mn nh nm nd sd vt wv".split(" "));

/** Names under which a region of the data (`US-CA`, `CA` or a name) may be asked for. */
export function regionNames(value: string): string[] {
  const full = nameByCode.get(value) ?? nameByCode.get(`US-${value}`);
  const aliases: Record<string, string[]> = {
    "New York": ["nyc state", "ny", "new yorker", "new yorkers"],
    California: ["cali", "californian", "californians"],
    Texas: ["texan", "texans"],
    Florida: ["floridian", "floridians"],
    Ohio: ["ohioan", "ohioans"],
    Michigan: ["michigander", "michiganders"],
    Virginia: ["virginian", "virginians"],
    "District of Columbia": ["washington dc", "dc"],
  };
  const code = value.replace(/^US-/, "").toLowerCase();
  return full ? [full, ...(aliases[full] ?? []), ...(sayableCodes.has(code) ? [code] : [])] : [];
}

interface Elsewhere {
  kind: "region" | "country";
  name: string;
  key: string;
  pattern: RegExp;
}
let everyPlace: Elsewhere[] | undefined;

/** States and countries named in a text behind `in` or `from`, whether anybody of the account lives there or not. */
export function placesElsewhere(text: string): Elsewhere[] {
  everyPlace ??= [
    ...[...nameByCode.values()].map((name) => ({ kind: "region" as const, name })),
    ...[...alpha2ByAlpha3.values()].map((code) => ({
      kind: "country" as const,
      name: displayNames.of(code) ?? code,
    })),
  ]
    .map(({ kind, name }) => {
      const key = name.toLowerCase();
      return {
        kind,
        name,
        key,
        pattern: new RegExp(`(?<=(?:in|from|or|and|of|,) (?:the )?|@ )${literal(key)}(?![\\p{L}])`, "u"),
      };
    })
    .sort((a, b) => b.key.length - a.key.length);
  return everyPlace.filter(({ key, pattern }) => text.includes(key) && pattern.test(text));
}
