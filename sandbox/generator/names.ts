import type { Random, Weighted } from "./random";

/** A name as written, and the Latin letters its owner uses in an e-mail address. */
export type Name = readonly [written: string, latin: string];

export interface NameStyle {
  given: readonly Name[];
  family: readonly Name[];
}

/** Latin names need no transliteration but their accents: "Chloé" is chloe in an address. */
function latin(text: string): Name[] {
  return text.split(" ").map((name) => [
    name.replaceAll("_", " "),
    name
      .normalize("NFD")
      .replace(/[\u0300-\u036f]/g, "")
      .replace(/ß/g, "ss")
      .replace(/ø/gi, "o")
      .replace(/[łŁ]/g, "l")
      .replace(/[^a-zA-Z]/g, "")
      .toLowerCase(),
  ]);
}

/** "Анна=anna Иван=ivan" */
function pairs(text: string): Name[] {
  return text.split(" ").map((pair) => {
    const [written = "", ascii = ""] = pair.split("=");
    return [written.replaceAll("_", " "), ascii];
  });
}

export const nameStyles = {
  english: {
    given: latin(
      "Olivia Emma Charlotte Amelia Sophia Mia Evelyn Harper Eleanor Hazel Nora Lucy Alice Ruth Grace Hannah Abigail Megan Rachel Laura Karen Susan Linda Donna Carol Janet Diane Joyce Martha Rose Liam Noah Oliver James Henry Theodore William Benjamin Lucas Jack Owen Samuel Caleb Nathan Ethan Ryan Kyle Brian Kevin Gary Douglas Walter Peter Roger Keith Bruce Priya April June Summer Autumn Faith Hope Joy Heather Jasmine Holly Ivy Daisy Violet Jordan Taylor Morgan Casey Riley Avery Quinn",
    ),
    family: latin(
      "Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Thomas Moore Jackson Martin Lee Thompson White Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Hill Green Adams Baker Nelson Carter Mitchell Roberts Turner Phillips Campbell Parker Evans Edwards Collins Stewart Morris Murphy Cook Rogers Reed Bailey Cooper Richardson Cox Howard Ward Peterson Gray Watson Brooks Kelly Sanders Price Bennett Wood Barnes Ross Henderson Coleman Jenkins Perry Powell Long Hughes Butler Foster O'Brien O'Connor McCarthy McDonald D'Angelo St._Clair Van_Dyke Smith-Jones Fitzgerald Abernathy Whitaker Pemberton Ashworth Thornton Langley Merriweather Ellsworth Hathaway Winslow Bradford Chadwick Huxley",
    ),
  },
  hispanic: {
    given: latin(
      "María José Sofía Valentina Lucía Ximena Camila Isabella Daniela Inés Begoña Núria Álvaro Andrés Ángel Jesús Raúl Iñigo Mateo Diego Luis Carlos Javier Héctor Óscar Rocío",
    ),
    family: latin(
      "García Rodríguez Martínez Hernández López González Pérez Sánchez Ramírez Torres Flores Rivera Gómez Díaz Cruz Morales Ortiz Gutiérrez Chávez Ramos Muñoz Núñez Peña Ibáñez Castañeda de_la_Cruz García-Huidobro",
    ),
  },
  german: {
    given: latin(
      "Anna Leonie Katharina Jürgen Björn Günter Sören Käthe Ursula Heike Sabine Matthias Wolfgang Lukas Jonas Felix Maximilian Franziska Jörg Rüdiger",
    ),
    family: latin(
      "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Krüger Groß Weiß Köhler von_der_Heide",
    ),
  },
  french: {
    given: latin(
      "Chloé Zoé Anaïs Léa Hélène Océane Élodie Amélie François René Jérôme Benoît Loïc Étienne Gaël Noël",
    ),
    family: latin(
      "Lefèvre Lemaître Dubois Durand Moreau Girard Gauthier Côté Tremblay Gagnon Bélanger Lévesque Bouchard Pelletier d'Aubigné Hébert",
    ),
  },
  nordic: {
    given: latin("Åsa Björk Søren Jørgen Øystein Linnéa Freja Astrid Håkan Måns Sigrid Ebba Åke Märta"),
    family: latin("Lindqvist Sjöberg Bergström Öberg Østergaard Nørgaard Håkansson Åkesson Virtanen Mäkinen"),
  },
  slavicLatin: {
    given: latin(
      "Łukasz Zofia Agnieszka Małgorzata Jiří Tomáš Šárka Božena Željko Dražen Ştefan Ioana Zsófia Balázs",
    ),
    family: latin(
      "Wiśniewski Kowalczyk Dvořák Novák Černý Živković Đorđević Popescu Szabó Kővári Şahin Öztürk",
    ),
  },
  vietnamese: {
    given: latin("Thảo Linh Hương Minh Đức Tuấn Quỳnh Ngọc"),
    family: latin("Nguyễn Trần Lê Phạm Hoàng Đặng Bùi Đỗ"),
  },
  indian: {
    given: latin("Priya Ananya Aarav Rohan Meera Kavita Sanjay Deepak Lakshmi Arjun Nisha Vikram"),
    family: latin(
      "Patel Sharma Singh Gupta Iyer Nair Reddy Krishnamurthy Chakraborty Desai Rao Venkataraman",
    ),
  },
  cyrillic: {
    given: pairs(
      "Анна=anna Ольга=olga Екатерина=ekaterina Наталья=natalya Юлия=yulia Светлана=svetlana Иван=ivan Дмитрий=dmitry Алексей=alexey Сергей=sergey Михайло=mykhailo Оксана=oksana Тарас=taras Їжак=yizhak Георги=georgi",
    ),
    family: pairs(
      "Иванова=ivanova Смирнов=smirnov Кузнецова=kuznetsova Попов=popov Шевченко=shevchenko Коваленко=kovalenko Щербаков=shcherbakov Бондаренко=bondarenko Димитрова=dimitrova Ћирић=ciric",
    ),
  },
  greek: {
    given: pairs("Ελένη=eleni Γιώργος=giorgos Μαρία=maria Νίκος=nikos Δήμητρα=dimitra"),
    family: pairs("Παπαδόπουλος=papadopoulos Γεωργίου=georgiou Οικονόμου=oikonomou Αλεξίου=alexiou"),
  },
  chinese: {
    given: pairs(
      "伟=wei 芳=fang 娜=na 秀英=xiuying 敏=min 静=jing 丽=li 强=qiang 磊=lei 洋=yang 雪梅=xuemei 志明=zhiming",
    ),
    family: pairs("王=wang 李=li 张=zhang 刘=liu 陈=chen 杨=yang 黄=huang 赵=zhao 欧阳=ouyang 司马=sima"),
  },
  japanese: {
    given: pairs(
      "さくら=sakura 陽菜=hina 結衣=yui 美咲=misaki 健太=kenta 翔太=shota 大輔=daisuke ひろし=hiroshi ケンジ=kenji",
    ),
    family: pairs(
      "佐藤=sato 鈴木=suzuki 高橋=takahashi 田中=tanaka 伊藤=ito 渡辺=watanabe 山本=yamamoto 髙島=takashima",
    ),
  },
  korean: {
    given: pairs("서연=seoyeon 민준=minjun 지우=jiwoo 하은=haeun 도윤=doyun 수빈=subin"),
    family: pairs("김=kim 이=lee 박=park 최=choi 정=jung 남궁=namgung"),
  },
  arabic: {
    given: pairs(
      "فاطمة=fatima محمد=mohammed عائشة=aisha أحمد=ahmed ليلى=layla يوسف=youssef نور=nour عمر=omar",
    ),
    family: pairs("حسن=hassan الأحمد=alahmad العلي=alali إبراهيم=ibrahim المصري=almasri النجار=alnajjar"),
  },
  hebrew: {
    given: pairs("נועה=noa תמר=tamar יעל=yael שירה=shira דוד=david יוסף=yosef איתן=eitan אורי=ori"),
    family: pairs("כהן=cohen לוי=levi מזרחי=mizrahi פרץ=peretz ביטון=biton בן־דוד=bendavid"),
  },
  thai: {
    given: pairs("สมชาย=somchai สมหญิง=somying ณัฐพล=nattapol กนกวรรณ=kanokwan"),
    family: pairs("ใจดี=jaidee ศรีสุข=srisuk ทองดี=thongdee"),
  },
} satisfies Record<string, NameStyle>;

export type NameStyleKey = keyof typeof nameStyles;

export interface PersonName {
  given_name: string;
  family_name: string;
  /** Latin spelling for addresses such as `chloe.lefevre`. */
  given_latin: string;
  family_latin: string;
}

/** A name of a style drawn by weight. */
export function drawName(random: Random, styles: Weighted<NameStyleKey>): PersonName {
  const style: NameStyle = nameStyles[random.weighted(styles)];
  const given = random.pick(style.given);
  const family = random.pick(style.family);
  return { given_name: given[0], given_latin: given[1], family_name: family[0], family_latin: family[1] };
}
