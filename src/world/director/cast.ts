import type { DirectorLanguage } from "./lines.ts";

/** How somebody of the cast writes. */
export interface Chatter {
  login: string;
  displayName: string;
  language: DirectorLanguage;
  /** How often they speak, against the others. */
  weight: number;
  /** Share of their lines that end in an emote, that are in capitals, and that lose their punctuation. */
  emoteShare: number;
  loudShare: number;
  isLazyTypist: boolean;
  laugh: string;
  role: "viewer" | "mod" | "vip" | "sub" | "newcomer";
}

type Row = readonly [
  displayName: string,
  role: Chatter["role"],
  weight: number,
  emoteShare: number,
  loudShare: number,
  lazy: boolean,
];

/** Invented people. */
const PT: readonly Row[] = [
  ["Jurema_Frita", "mod", 3, 0.1, 0.05, false],
  ["tio_do_dado", "sub", 4, 0.25, 0.1, true],
  ["LuaDeMarte", "vip", 3, 0.3, 0.1, false],
  ["capivara_sonica", "sub", 5, 0.4, 0.3, true],
  ["dona_pixelina", "viewer", 2, 0.1, 0, false],
  ["ZecaTrovao77", "sub", 4, 0.2, 0.5, true],
  ["nanda_nuvem", "viewer", 3, 0.5, 0.1, true],
  ["Bento_Caramelo", "viewer", 2, 0.1, 0.05, true],
  ["raposa_de_meia", "sub", 3, 0.35, 0.1, false],
  ["SeuMolinho", "viewer", 2, 0.05, 0, false],
  ["kira_jabuticaba", "newcomer", 1, 0.3, 0.2, true],
  ["robson_do_sofa", "viewer", 3, 0.15, 0.15, true],
  ["MarTempestade", "mod", 2, 0.05, 0, false],
  ["pamonha_atomica", "viewer", 3, 0.3, 0.4, true],
  ["tatu_bolado", "newcomer", 1, 0.2, 0.1, true],
  ["clarice_offline", "sub", 2, 0.1, 0.05, false],
];

const EN: readonly Row[] = [
  ["MossyKettle", "mod", 3, 0.1, 0.05, false],
  ["grandpa_glitch", "sub", 4, 0.2, 0.1, true],
  ["LunarBiscuit", "vip", 3, 0.3, 0.1, false],
  ["sleepy_otter9", "sub", 5, 0.4, 0.25, true],
  ["PaperLantern_", "viewer", 2, 0.1, 0, false],
  ["thunderspoon", "sub", 4, 0.2, 0.5, true],
  ["nova_noodle", "viewer", 3, 0.5, 0.1, true],
  ["OldTomTurnip", "viewer", 2, 0.1, 0.05, true],
  ["foxinsocks22", "sub", 3, 0.35, 0.1, false],
  ["MisterMoor", "viewer", 2, 0.05, 0, false],
  ["kiwi_kraken", "newcomer", 1, 0.3, 0.2, true],
  ["couch_captain", "viewer", 3, 0.15, 0.15, true],
  ["HarborFog", "mod", 2, 0.05, 0, false],
  ["atomic_waffle", "viewer", 3, 0.3, 0.4, true],
  ["brasswren", "newcomer", 1, 0.2, 0.1, true],
  ["clara_offgrid", "sub", 2, 0.1, 0.05, false],
];

export const RAIDERS: Readonly<Record<DirectorLanguage, readonly string[]>> = {
  pt: ["EstacaoOrbital", "vovo_speedrun", "cafe_com_boss", "MariaDosMapas"],
  en: ["OrbitStation", "granny_speedrun", "coffee_and_bosses", "MapsWithMaria"],
};

/** Who writes, in the channel's main language; a few guests of the other one. */
export function castOf(language: DirectorLanguage, laughs: Readonly<Record<DirectorLanguage, readonly string[]>>): Chatter[] {
  const home = (language === "pt" ? PT : EN).map((row, i) =>
    chatter(row, language, laughs[language][i % laughs[language].length] ?? "lol"),
  );
  const other: DirectorLanguage = language === "pt" ? "en" : "pt";
  const guests = (language === "pt" ? EN : PT).slice(4, 8).map((row, i) => ({
    ...chatter(row, other, laughs[other][i % laughs[other].length] ?? "lol"),
    weight: 1,
  }));
  return [...home, ...guests];
}

function chatter(row: Row, language: DirectorLanguage, laugh: string): Chatter {
  const [displayName, role, weight, emoteShare, loudShare, isLazyTypist] = row;
  return { login: displayName.toLowerCase(), displayName, language, weight, emoteShare, loudShare, isLazyTypist, laugh, role };
}
