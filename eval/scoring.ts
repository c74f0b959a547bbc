import type { Labelled } from "./csv.ts";

/** A generator of numbers in 0 … 1 that gives the same every time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The mean of F1 over the labels that occur in the truth. */
export function macroF1(truth: readonly number[], guess: readonly number[]): number {
  const labels = [...new Set(truth)];
  const f1 = labels.map((label) => {
    let hits = 0;
    let misses = 0;
    truth.forEach((right, at) => {
      if (right === label && guess[at] === label) hits += 1;
      else if (right === label || guess[at] === label) misses += 1;
    });
    return hits === 0 ? 0 : (2 * hits) / (2 * hits + misses);
  });
  return f1.reduce((sum, one) => sum + one, 0) / labels.length;
}

/** Cohen's kappa of two people's labels: agreement beyond what their habits would give by chance. */
export function kappa(a: readonly number[], b: readonly number[]): number {
  const share = (labels: readonly number[], label: number): number =>
    labels.filter((one) => one === label).length / labels.length;
  const agreed = a.filter((label, at) => label === b[at]).length / a.length;
  const byChance = [...new Set([...a, ...b])].reduce((sum, label) => sum + share(a, label) * share(b, label), 0);
  return (agreed - byChance) / (1 - byChance);
}

const RESAMPLES = 1000;

/** The 95 % interval of macro-F1 when whole texts are drawn again: rows with the same text go together. */
export function interval(rows: readonly Labelled[], guess: readonly number[]): [number, number] {
  const groups = [...Map.groupBy(rows.keys(), (at) => keyOf(rows[at])).values()];
  const chance = seeded(1);
  const scores: number[] = [];
  for (let round = 0; round < RESAMPLES; round++) {
    const truth: number[] = [];
    const guessed: number[] = [];
    for (let draw = 0; draw < groups.length; draw++) {
      for (const at of groups[Math.floor(chance() * groups.length)] ?? []) {
        truth.push(rows[at]?.label ?? 0);
        guessed.push(guess[at] ?? 0);
      }
    }
    scores.push(macroF1(truth, guessed));
  }
  scores.sort((a, b) => a - b);
  return [scores[Math.floor(RESAMPLES * 0.025)] ?? 0, scores[Math.floor(RESAMPLES * 0.975)] ?? 0];
}

const FOLDS = 5;

/** For each row the fold it is in: the same text is always in the same fold. */
export function foldsOf(rows: readonly Labelled[], seed = 0): number[] {
  const chance = seeded(seed);
  const texts = [...new Set(rows.map(keyOf))].sort().map((text) => ({ text, order: chance() }));
  texts.sort((a, b) => a.order - b.order);
  const folds = new Map(texts.map(({ text }, at) => [text, at % FOLDS]));
  return rows.map((row) => folds.get(keyOf(row)) ?? 0);
}

/** For each row the answer of what was made from the rows of the other folds. */
export function crossValidated(rows: readonly Labelled[], make: (train: Labelled[]) => (row: Labelled) => number): number[] {
  const folds = foldsOf(rows);
  const models = Array.from({ length: FOLDS }, (_, fold) => make(rows.filter((_row, at) => folds[at] !== fold)));
  return rows.map((row, at) => models[folds[at] ?? 0]?.(row) ?? 0);
}

const keyOf = (row: Labelled | undefined): string => row?.text.trim().toLowerCase() ?? "";

export function majority(rows: readonly Labelled[]): number {
  const counts = [...Map.groupBy(rows, (row) => row.label)].map(([label, of]) => ({ label, count: of.length }));
  return counts.sort((a, b) => b.count - a.count)[0]?.label ?? 0;
}

/** Naive Bayes on words with Laplace's half: the plain method to beat. */
export function naiveBayes(train: readonly Labelled[]): (row: Labelled) => number {
  const labels = [...new Set(train.map((row) => row.label))].sort((a, b) => a - b);
  const counts = new Map(labels.map((label) => [label, { rows: 0, words: new Map<string, number>() }]));
  const vocabulary = new Set<string>();
  for (const row of train) {
    const count = counts.get(row.label);
    if (!count) continue;
    count.rows += 1;
    for (const word of wordsOf(row.text)) {
      count.words.set(word, (count.words.get(word) ?? 0) + 1);
      vocabulary.add(word);
    }
  }
  return (row) => {
    const words = [...wordsOf(row.text)].filter((word) => vocabulary.has(word));
    const odds = [...counts].map(([label, count]) => ({
      label,
      odds: words.reduce(
        (sum, word) => sum + Math.log(((count.words.get(word) ?? 0) + 0.5) / (count.rows + 1)),
        Math.log(count.rows),
      ),
    }));
    return odds.reduce((best, one) => (one.odds > best.odds ? one : best)).label;
  };
}

const wordsOf = (text: string): Set<string> =>
  new Set(
    text
      .toLowerCase()
      .replace(/(.)\1{2,}/gu, "$1$1")
      .match(/[:;=xX<>.\-_^'()]{2,}|[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]/gu) ?? [],
  );
