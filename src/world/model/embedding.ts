import { hash } from "../chance.ts";

export const EMBEDDING_DIMENSIONS = 1_536;

/**
 * A vector of length 1 for `text`: words and the triples of their letters, hashed. Texts that share words lie
 * near each other, and nothing else is claimed. Deterministic.
 */
export function embed(text: string, dimensions = EMBEDDING_DIMENSIONS): Float32Array {
  const vector = new Float32Array(dimensions);
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  for (const word of words) {
    bump(vector, word, 1);
    const padded = ` ${word} `;
    for (let i = 0; i + 3 <= padded.length; i++) bump(vector, padded.slice(i, i + 3), 0.4);
  }
  let square = 0;
  for (const value of vector) square += value * value;
  const length = Math.sqrt(square);
  if (length === 0) vector[0] = 1;
  else for (let i = 0; i < dimensions; i++) vector[i] = (vector[i] ?? 0) / length;
  return vector;
}

function bump(vector: Float32Array, feature: string, weight: number): void {
  const code = hash(feature);
  const at = code % vector.length;
  vector[at] = (vector[at] ?? 0) + (code & 0x40_00_00_00 ? weight : -weight);
}

/** The protocol's other encoding: little-endian floats in base 64. */
export const base64Of = (vector: Float32Array): string =>
  Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
