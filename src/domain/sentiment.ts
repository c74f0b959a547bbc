import { LAUGHING_EMOTES } from "./sentiment-emotes.ts";
import { type EmoteWeights, type Token, type TokenList, tokenise } from "./sentiment-tokens.ts";
import { type SentimentTuning, TUNING } from "./sentiment-tuning.ts";
import {
  findPhrase,
  LANGUAGE_BIT,
  type Language,
  PHRASE_WORDS_MAX,
  type Weights,
  type WordEntry,
} from "./sentiment-vocabulary.ts";

/** What one token added. The weights of a message's evidence sum to its sum before squashing. */
export interface Evidence {
  token: string;
  weight: number;
  why: string;
}

export type SentimentLabel = -1 | 0 | 1;

export interface Sentiment {
  /** −1 … 1. */
  score: number;
  label: SentimentLabel;
  evidence: Evidence[];
}

export interface SentimentContext {
  /** Moods of the channel's own emotes (emote-moods.ts), −3 … 3. They go before the emotes that everybody knows. */
  emotes?: EmoteWeights;
  /** The channel's language, used where a message's own words do not tell. */
  language?: Language;
}

/** The sum at which the score is .71: one strong word. */
const SQUASH = 3;
/** How many words a negation or a booster reaches. */
const NEGATION_WORDS = 3;
const BOOST_WORDS = 2;

const LANGUAGE_ORDER: readonly Language[] = ["en", "pt", "es"];

/** The mood of one message, with what speaks for it. Same text, same answer. */
export function scoreText(text: string, context: SentimentContext = {}, tuning: SentimentTuning = TUNING): Sentiment {
  const list = tokenise(text, context.emotes);
  const evidence = weigh(list, languageOf(list.tokens) ?? context.language, tuning);
  let sum = 0;
  for (const item of evidence) sum += item.weight;
  const score = squash(sum);
  return { score, label: labelOf(score, tuning), evidence };
}

export function labelOf(score: number, tuning: SentimentTuning = TUNING): SentimentLabel {
  if (score > tuning.positiveFrom) return 1;
  return score < -tuning.negativeFrom ? -1 : 0;
}

/** The sum of what is left when these tokens (a message's emotes) are taken away; null when nothing is: then nothing speaks for a mood. */
export function sumWithout(sentiment: Sentiment, tokens: ReadonlySet<string>): number | null {
  let sum = 0;
  let left = 0;
  for (const item of sentiment.evidence) {
    if (tokens.has(item.token)) continue;
    sum += item.weight;
    left += 1;
  }
  return left === 0 ? null : sum;
}

/** A sum of weights, squashed into −1 … 1. */
export const squash = (sum: number): number => sum / Math.sqrt(sum * sum + SQUASH * SQUASH);

/** The language whose plain words are most, when one leads. */
function languageOf(tokens: readonly Token[]): Language | undefined {
  let en = 0;
  let pt = 0;
  let es = 0;
  for (const token of tokens) {
    if (token.kind !== "word" || !token.entry) continue;
    const marks = token.entry.marks;
    if (marks & LANGUAGE_BIT.en) en += 1;
    if (marks & LANGUAGE_BIT.pt) pt += 1;
    if (marks & LANGUAGE_BIT.es) es += 1;
  }
  if (en > pt && en > es) return "en";
  if (pt > en && pt > es) return "pt";
  return es > en && es > pt ? "es" : undefined;
}

/** Where the reader of a message is: what still reaches the next word. */
interface Reading {
  language: Language | undefined;
  tuning: SentimentTuning;
  evidence: Evidence[];
  clause: number;
  negationLeft: number;
  boostLeft: number;
  boost: number;
  /** A booster that boosted nothing yet, with its own weight. */
  waiting: Evidence | null;
  /** A negation that turned nothing yet. */
  negator: Evidence | null;
  laughs: number;
  seen: Map<string, number>;
}

function weigh(list: TokenList, language: Language | undefined, tuning: SentimentTuning): Evidence[] {
  const reading: Reading = {
    language,
    tuning,
    evidence: [],
    clause: 0,
    negationLeft: 0,
    boostLeft: 0,
    boost: 1,
    waiting: null,
    negator: null,
    laughs: 0,
    seen: new Map(),
  };
  for (let at = 0; at < list.tokens.length; at++) {
    const token = list.tokens[at];
    if (!token) continue;
    if (token.clause !== reading.clause) startClause(reading, token.clause);
    if (token.kind === "emote") readEmote(reading, token);
    else if (token.kind === "laugh") reading.laughs += 1;
    else at += readWord(reading, list, at, token) - 1;
  }
  startClause(reading, -1);
  addLaughter(reading, list);
  return reading.evidence;
}

function startClause(reading: Reading, clause: number): void {
  if (reading.waiting) reading.evidence.push(reading.waiting);
  reading.waiting = null;
  if (reading.negator) reading.evidence.push(reading.negator);
  reading.negator = null;
  reading.clause = clause;
  reading.negationLeft = 0;
  reading.boostLeft = 0;
  reading.boost = 1;
}

function readEmote(reading: Reading, token: Token & { kind: "emote" }): void {
  const times = reading.seen.get(token.text) ?? 0;
  reading.seen.set(token.text, times + 1);
  const base = token.source === "emote's name" ? token.weight * reading.tuning.emoteName : token.weight;
  const weight = base * reading.tuning.repeated ** times;
  reading.evidence.push({ token: token.text, weight, why: times === 0 ? token.source : "repeated" });
}

/** Reads the word at `at` (or the phrase that begins there); returns how many tokens that was. */
function readWord(reading: Reading, list: TokenList, at: number, token: Token & { kind: "word" }): number {
  const { entry } = token;
  if (!entry) {
    pass(reading);
    return 1;
  }
  if (entry.startsPhrase) {
    const phrase = phraseAt(list.tokens, at, reading);
    if (phrase) {
      if (phrase.weight !== 0) addWord(reading, list, token, phrase.text, phrase.weight, "phrase");
      return phrase.words;
    }
  }
  if (plays(entry.turns, reading.language)) return turn(reading);
  // Drawn out it is a cry in any language, also where the plain word means something else.
  if (token.isDrawnOut && entry.negates !== 0) {
    reading.evidence.push({ token: token.text, weight: reading.tuning.drawnOutNo, why: "drawn-out no" });
    return 1;
  }
  if (plays(entry.negates, reading.language)) return negate(reading, list, at, token);
  const weight = weightOf(entry.weights, reading.language);
  if (plays(entry.boosts | entry.damps, reading.language) && hasWordNext(list.tokens, at))
    return boost(reading, token, entry, weight);
  if (weight) addWord(reading, list, token, token.text, weight, "word");
  else pass(reading);
  return 1;
}

/** A word that says nothing: a negation or a booster reaches one word less far. */
function pass(reading: Reading): void {
  if (reading.negationLeft > 0) reading.negationLeft -= 1;
  if (reading.boostLeft > 0) reading.boostLeft -= 1;
  if (reading.boostLeft === 0) reading.boost = 1;
}

function turn(reading: Reading): number {
  for (const item of reading.evidence) item.weight *= reading.tuning.beforeTurn;
  startClause(reading, reading.clause);
  return 1;
}

function negate(reading: Reading, list: TokenList, at: number, token: Token & { kind: "word" }): number {
  // "gostei não": said afterwards, at the end of the clause.
  const before = reading.evidence.at(-1);
  const previous = list.tokens[at - 1];
  const isLast = list.tokens[at + 1]?.clause !== token.clause;
  if (
    isLast &&
    before &&
    before.weight > 0 &&
    previous?.kind === "word" &&
    previous.text === before.token &&
    previous.clause === token.clause
  ) {
    before.weight *= -reading.tuning.negatedGood;
    before.why += ", negated";
    return 1;
  }
  reading.negationLeft = NEGATION_WORDS;
  reading.negator = { token: token.text, weight: bareNegation(reading), why: "negation" };
  return 1;
}

const bareNegation = ({ language, tuning }: Reading): number =>
  language === "es" ? tuning.bareNegationSpanish : tuning.bareNegation;

function boost(reading: Reading, token: Token & { kind: "word" }, entry: WordEntry, weight: number): number {
  const { tuning } = reading;
  reading.boost = plays(entry.boosts, reading.language) ? tuning.boost : tuning.damp;
  reading.boostLeft = BOOST_WORDS;
  if (weight && !reading.waiting)
    reading.waiting = { token: token.text, weight: isNegated(reading) ? turned(weight, tuning) : weight, why: "word" };
  return 1;
}

function addWord(
  reading: Reading,
  list: TokenList,
  token: Token & { kind: "word" },
  text: string,
  base: number,
  kind: string,
): void {
  const { tuning } = reading;
  const clause = list.clauses[token.clause];
  let weight = base;
  let why = kind;
  if (reading.boostLeft > 0) {
    weight *= reading.boost;
    why += reading.boost > 1 ? ", boosted" : ", damped";
    reading.waiting = null;
  }
  if (isNegated(reading)) {
    weight = turned(weight, tuning);
    reading.negator = null;
    why += ", negated";
  }
  if (token.isDrawnOut) weight *= tuning.drawnOut;
  if (token.isLoud) weight *= tuning.loud;
  if (clause?.isQuestion) {
    weight *= tuning.question;
    why += ", in a question";
  } else if (clause) weight *= 1 + tuning.exclamation * Math.min(clause.exclamations, 3);
  reading.evidence.push({ token: text, weight, why });
  pass(reading);
  reading.boostLeft = 0;
  reading.boost = 1;
}

const isNegated = (reading: Reading): boolean => reading.negationLeft > 0;

const turned = (weight: number, tuning: SentimentTuning): number =>
  -weight * (weight > 0 ? tuning.negatedGood : tuning.negatedBad);

/** Laughter and emotes that laugh, once it is known what they stand beside. */
function addLaughter(reading: Reading, list: TokenList): void {
  const { evidence, tuning } = reading;
  let rest = 0;
  for (const item of evidence) if (!LAUGHING_EMOTES.has(item.token)) rest += item.weight;
  const isAtBad = rest < 0;
  if (isAtBad) {
    for (const item of evidence) if (LAUGHING_EMOTES.has(item.token)) item.weight *= tuning.laughingEmoteAtBad;
  }
  if (reading.laughs === 0) return;
  const laugh = list.tokens.find((token) => token.kind === "laugh");
  const weight = isAtBad ? tuning.laughAtBad : tuning.laugh;
  evidence.push({ token: laugh?.text ?? "", weight, why: isAtBad ? "laughter beside bad words" : "laughter" });
}

function phraseAt(
  tokens: readonly Token[],
  at: number,
  reading: Reading,
): { text: string; weight: number; words: number } | null {
  let text = "";
  let found: { text: string; weight: number; words: number } | null = null;
  const clause = tokens[at]?.clause;
  for (let words = 1; words <= PHRASE_WORDS_MAX; words++) {
    const token = tokens[at + words - 1];
    if (token?.kind !== "word" || token.clause !== clause) break;
    text = words === 1 ? token.key : `${text} ${token.key}`;
    if (words === 1) continue;
    const weights = findPhrase(text);
    if (weights) found = { text, weight: weightOf(weights, reading.language), words };
  }
  return found;
}

const hasWordNext = (tokens: readonly Token[], at: number): boolean => {
  const next = tokens[at + 1];
  return next?.kind === "word" && next.clause === tokens[at]?.clause;
};

/** Does the word play the part in the message's language, or, when that is not known, in any? */
const plays = (bits: number, language: Language | undefined): boolean =>
  bits !== 0 && (language === undefined || (bits & LANGUAGE_BIT[language]) !== 0);

/** The weight in the message's language; else the mean of the languages that know the word. */
function weightOf(weights: Weights, language: Language | undefined): number {
  const own = language === undefined ? undefined : weights[LANGUAGE_ORDER.indexOf(language)];
  if (own !== undefined) return own;
  let sum = 0;
  let count = 0;
  for (const weight of weights) {
    if (weight === undefined) continue;
    sum += weight;
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
}
