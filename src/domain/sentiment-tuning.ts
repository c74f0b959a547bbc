/**
 * The hand-set weights: few, so that they can be looked at. The two thresholds, and which of these rules help at all, were chosen on labelled chat
 * (`bun run eval sentiment`).
 */
export interface SentimentTuning {
  /** A good word said not to be: its weight times this, turned. */
  negatedGood: number;
  /** A bad word said not to be: weaker praise than a good word. */
  negatedBad: number;
  boost: number;
  damp: number;
  drawnOut: number;
  loud: number;
  /** Per exclamation mark, at most three. */
  exclamation: number;
  /** Words in a question say less about the mood. Emotes and laughter say the same. */
  question: number;
  beforeTurn: number;
  /** Each repetition of an emote counts this much of the one before. */
  repeated: number;
  laugh: number;
  /** Laughter beside bad words is laughing at somebody. */
  laughAtBad: number;
  /** An emote that laughs beside bad words counts this much of itself. */
  laughingEmoteAtBad: number;
  emoteName: number;
  /** A drawn-out `nooo`. */
  drawnOutNo: number;
  /** A negation that turned nothing: "no" is more often said against something than for it. */
  bareNegation: number;
  /** The same in Spanish, which has one word for English `no`, `not` and `n't`: it stands where something is refused or denied. */
  bareNegationSpanish: number;
  positiveFrom: number;
  negativeFrom: number;
}

export const TUNING: SentimentTuning = {
  negatedGood: 0.75,
  negatedBad: 0.55,
  boost: 1.4,
  damp: 0.6,
  drawnOut: 1.3,
  loud: 1.4,
  exclamation: 0.1,
  question: 0.4,
  beforeTurn: 0.6,
  repeated: 0.4,
  laugh: 1.2,
  laughAtBad: -0.3,
  laughingEmoteAtBad: 0.7,
  emoteName: 0.75,
  drawnOutNo: -1.5,
  bareNegation: -0.3,
  bareNegationSpanish: -0.5,
  positiveFrom: 0.2,
  negativeFrom: 0.15,
};
