import type { NameStyleKey } from "./names";
import type { Random, Weighted } from "./random";

export interface City {
  locality: string;
  region?: string;
  region_code?: string;
  postal: string;
  area_code?: string;
  time_zone?: string;
}

export interface Country {
  /** ISO 3166-1, three letters: what Keap stores. */
  code: string;
  name: string;
  share: number;
  dial: string;
  styles: Weighted<NameStyleKey>;
  locale: string;
  streets: readonly string[];
  /** House number before or after the street. */
  number_first: boolean;
  cities: readonly City[];
}

/** "Portland|Maine|US-ME|04101|207|America/New_York" per line. */
function cities(text: string): City[] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [locality = "", region, region_code, postal = "", area_code, time_zone] = line.trim().split("|");
      return {
        locality,
        postal,
        ...(region && { region }),
        ...(region_code && { region_code }),
        ...(area_code && { area_code }),
        ...(time_zone && { time_zone }),
      };
    });
}

export const countries: readonly Country[] = [
  {
    code: "USA",
    name: "United States",
    share: 69,
    dial: "1",
    locale: "en_US",
    number_first: true,
    styles: [
      ["english", 74],
      ["hispanic", 11],
      ["indian", 4],
      ["vietnamese", 2],
      ["german", 2],
      ["french", 2],
      ["slavicLatin", 2],
      ["chinese", 0.8],
      ["korean", 0.8],
      ["cyrillic", 0.5],
      ["arabic", 0.5],
      ["hebrew", 0.4],
    ],
    streets: [
      "Maple Street",
      "Oak Avenue",
      "Congress Street",
      "Main Street",
      "Harbor Road",
      "Elm Court",
      "Washington Blvd",
      "Lakeview Drive",
      "2nd Avenue",
      "Hillcrest Lane",
      "Pine Ridge Rd",
      "Spring St",
      "Sunset Terrace",
      "Old Mill Way",
    ],
    cities: cities(`Portland|Maine|US-ME|04101|207|America/New_York
      Bangor|Maine|US-ME|04401|207|America/New_York
      Boston|Massachusetts|US-MA|02116|617|America/New_York
      New York|New York|US-NY|10011|212|America/New_York
      Brooklyn|New York|US-NY|11215|718|America/New_York
      Buffalo|New York|US-NY|14201|716|America/New_York
      Burlington|Vermont|US-VT|05401|802|America/New_York
      Philadelphia|Pennsylvania|US-PA|19103|215|America/New_York
      Pittsburgh|Pennsylvania|US-PA|15213|412|America/New_York
      Asheville|North Carolina|US-NC|28801|828|America/New_York
      Atlanta|Georgia|US-GA|30307|404|America/New_York
      Miami|Florida|US-FL|33133|305|America/New_York
      Tampa|Florida|US-FL|33602|813|America/New_York
      Columbus|Ohio|US-OH|43215|614|America/New_York
      Chicago|Illinois|US-IL|60614|312|America/Chicago
      Minneapolis|Minnesota|US-MN|55408|612|America/Chicago
      Madison|Wisconsin|US-WI|53703|608|America/Chicago
      Austin|Texas|US-TX|78704|512|America/Chicago
      Houston|Texas|US-TX|77006|713|America/Chicago
      Dallas|Texas|US-TX|75206|214|America/Chicago
      Nashville|Tennessee|US-TN|37206|615|America/Chicago
      Denver|Colorado|US-CO|80206|303|America/Denver
      Boulder|Colorado|US-CO|80302|720|America/Denver
      Phoenix|Arizona|US-AZ|85013|602|America/Phoenix
      Santa Fe|New Mexico|US-NM|87501|505|America/Denver
      Los Angeles|California|US-CA|90026|213|America/Los_Angeles
      San Francisco|California|US-CA|94110|415|America/Los_Angeles
      San Diego|California|US-CA|92104|619|America/Los_Angeles
      Oakland|California|US-CA|94609|510|America/Los_Angeles
      Portland|Oregon|US-OR|97214|503|America/Los_Angeles
      Seattle|Washington|US-WA|98103|206|America/Los_Angeles
      Honolulu|Hawaii|US-HI|96814|808|Pacific/Honolulu`),
  },
  {
    code: "CAN",
    name: "Canada",
    share: 9,
    dial: "1",
    locale: "en_CA",
    number_first: true,
    styles: [
      ["english", 60],
      ["french", 26],
      ["indian", 6],
      ["chinese", 3],
      ["korean", 2],
      ["slavicLatin", 3],
    ],
    streets: [
      "Queen Street West",
      "Rue Saint-Denis",
      "Granville Street",
      "King Road",
      "Avenue du Parc",
      "Whyte Avenue",
    ],
    cities: cities(`Toronto|Ontario|CA-ON|M5V 2T6|416|America/New_York
      Ottawa|Ontario|CA-ON|K1N 5X3|613|America/New_York
      Montréal|Quebec|CA-QC|H2X 1Y6|514|America/New_York
      Québec|Quebec|CA-QC|G1R 4S9|418|America/New_York
      Halifax|Nova Scotia|CA-NS|B3H 2Y9|902|America/Halifax
      Calgary|Alberta|CA-AB|T2P 3N4|403|America/Denver
      Vancouver|British Columbia|CA-BC|V6B 4Y8|604|America/Los_Angeles`),
  },
  {
    code: "GBR",
    name: "United Kingdom",
    share: 8,
    dial: "44",
    locale: "en_GB",
    number_first: true,
    styles: [
      ["english", 84],
      ["indian", 8],
      ["french", 3],
      ["slavicLatin", 3],
      ["arabic", 1],
      ["greek", 1],
    ],
    streets: ["High Street", "Station Road", "Church Lane", "Victoria Road", "Mill Lane", "The Crescent"],
    cities: cities(`London|England|GB-ENG|N1 8QH||Europe/London
      Bristol|England|GB-ENG|BS6 5QA||Europe/London
      Manchester|England|GB-ENG|M20 2RN||Europe/London
      Edinburgh|Scotland|GB-SCT|EH3 6TB||Europe/London
      Cardiff|Wales|GB-WLS|CF11 9LJ||Europe/London`),
  },
  {
    code: "AUS",
    name: "Australia",
    share: 5,
    dial: "61",
    locale: "en_AU",
    number_first: true,
    styles: [
      ["english", 86],
      ["vietnamese", 4],
      ["greek", 3],
      ["indian", 4],
      ["chinese", 3],
    ],
    streets: ["Collins Street", "Beach Road", "Wattle Grove", "George Street", "Banksia Avenue"],
    cities: cities(`Sydney|New South Wales|AU-NSW|2010||Australia/Sydney
      Melbourne|Victoria|AU-VIC|3065||Australia/Melbourne
      Brisbane|Queensland|AU-QLD|4101||Australia/Brisbane
      Hobart|Tasmania|AU-TAS|7000||Australia/Hobart`),
  },
  {
    code: "DEU",
    name: "Germany",
    share: 3,
    dial: "49",
    locale: "de_DE",
    number_first: false,
    styles: [
      ["german", 92],
      ["slavicLatin", 4],
      ["cyrillic", 4],
    ],
    streets: ["Hauptstraße", "Goethestraße", "Am Mühlbach", "Königsallee", "Große Freiheit", "Schloßplatz"],
    cities: cities(`Berlin|Berlin|DE-BE|10999||Europe/Berlin
      München|Bayern|DE-BY|80331||Europe/Berlin
      Köln|Nordrhein-Westfalen|DE-NW|50667||Europe/Berlin
      Görlitz|Sachsen|DE-SN|02826||Europe/Berlin`),
  },
  {
    code: "FRA",
    name: "France",
    share: 1.4,
    dial: "33",
    locale: "fr_FR",
    number_first: true,
    styles: [
      ["french", 94],
      ["arabic", 6],
    ],
    streets: ["rue de l’Église", "avenue Foch", "boulevard Voltaire", "impasse des Lilas"],
    cities: cities(`Paris|Île-de-France|FR-IDF|75011||Europe/Paris
      Lyon|Auvergne-Rhône-Alpes|FR-ARA|69004||Europe/Paris
      Besançon|Bourgogne-Franche-Comté|FR-BFC|25000||Europe/Paris`),
  },
  {
    code: "SWE",
    name: "Sweden",
    share: 0.9,
    dial: "46",
    locale: "sv_SE",
    number_first: false,
    styles: [["nordic", 100]],
    streets: ["Drottninggatan", "Östra Hamngatan", "Björkvägen"],
    cities: cities(`Göteborg|Västra Götalands län|SE-O|411 06||Europe/Stockholm
      Malmö|Skåne län|SE-M|211 34||Europe/Stockholm`),
  },
  {
    code: "MEX",
    name: "Mexico",
    share: 0.8,
    dial: "52",
    locale: "es_MX",
    number_first: false,
    styles: [["hispanic", 100]],
    streets: ["Avenida Álvaro Obregón", "Calle Niños Héroes", "Paseo de la Reforma"],
    cities: cities(`Ciudad de México|Ciudad de México|MX-CMX|06700||America/Mexico_City
      Mérida|Yucatán|MX-YUC|97000||America/Merida`),
  },
  {
    code: "JPN",
    name: "Japan",
    share: 0.8,
    dial: "81",
    locale: "ja_JP",
    number_first: false,
    styles: [["japanese", 100]],
    streets: ["神宮前", "本町", "桜ヶ丘"],
    cities: cities(`渋谷区|東京都|JP-13|150-0001||Asia/Tokyo
      京都市|京都府|JP-26|604-8006||Asia/Tokyo`),
  },
  {
    code: "UKR",
    name: "Ukraine",
    share: 0.6,
    dial: "380",
    locale: "uk_UA",
    number_first: false,
    styles: [["cyrillic", 100]],
    streets: ["вулиця Хрещатик", "вулиця Шевченка"],
    cities: cities("Київ|Київ|UA-30|01001||Europe/Kiev"),
  },
  {
    code: "ISR",
    name: "Israel",
    share: 0.6,
    dial: "972",
    locale: "he_IL",
    number_first: true,
    styles: [
      ["hebrew", 85],
      ["cyrillic", 15],
    ],
    streets: ["רחוב דיזנגוף", "רחוב הרצל"],
    cities: cities("תל אביב|תל אביב|IL-TA|6433222||Asia/Jerusalem"),
  },
  {
    code: "ARE",
    name: "United Arab Emirates",
    share: 0.5,
    dial: "971",
    locale: "ar_AE",
    number_first: true,
    styles: [
      ["arabic", 70],
      ["indian", 30],
    ],
    streets: ["شارع الشيخ زايد", "شارع المرقبات"],
    cities: cities("دبي|دبي|AE-DU|00000||Asia/Dubai"),
  },
  {
    code: "TWN",
    name: "Taiwan",
    share: 0.4,
    dial: "886",
    locale: "zh_TW",
    number_first: false,
    styles: [["chinese", 100]],
    streets: ["忠孝東路", "中山北路"],
    cities: cities("台北市|台北市|TW-TPE|106||Asia/Taipei"),
  },
];

export const countryWeights: Weighted<Country> = countries.map((country) => [country, country.share]);

/**
 * A phone number from a range set aside for fiction or unlikely to be anyone's: 555-01xx in North America,
 * 020 7946 0xxx in Britain, 0491 57x in Australia; elsewhere a made-up one.
 */
export function drawPhone(
  random: Random,
  country: Country,
  city: City,
): { number: string; number_e164: string } {
  const tail = String(random.int(0, 99)).padStart(2, "0");
  if (country.dial === "1") {
    const area = city.area_code ?? "207";
    return { number: `(${area}) 555-01${tail}`, number_e164: `+1${area}55501${tail}` };
  }
  if (country.code === "GBR") {
    const rest = String(random.int(0, 999)).padStart(3, "0");
    return { number: `020 7946 0${rest}`, number_e164: `+442079460${rest}` };
  }
  if (country.code === "AUS") {
    const rest = String(random.int(0, 999)).padStart(3, "0");
    return {
      number: `0491 57${rest.slice(0, 1)} ${rest.slice(1)}${tail.slice(0, 1)}`,
      number_e164: `+6149157${rest}${tail.slice(0, 1)}`,
    };
  }
  const rest = String(random.int(1000000, 9999999));
  return { number: `+${country.dial} 30 ${rest}`, number_e164: `+${country.dial}30${rest}` };
}
