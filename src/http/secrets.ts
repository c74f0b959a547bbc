import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Signs and hashes. Holds the installation's key, which never leaves it. */
export interface SecretBox {
  /** base64url of HMAC-SHA256 over purpose and text; two purposes never give the same signature. */
  sign(purpose: string, text: string): string;
  /** SHA-256 in hex, for tokens that are long and random: a stolen table gives none of them back. */
  hash(token: string): string;
}

const KEY_BYTES = 32;
/** 256 bits: nobody guesses it, so that one fast hash is enough to keep it. */
const TOKEN_BYTES = 32;
/** 32 digits and capitals (5 bits each) without 0, O, 1 and I, which are mistaken for one another. */
const CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/** 8 × 5 bits = 40 bits. With 20 tries in 10 minutes for 24 hours the chance to guess one is below 3 in a billion. */
const CODE_CHARS = 8;

export function createSecretBox(key: Uint8Array): SecretBox {
  if (key.length !== KEY_BYTES) throw new RangeError(`the key must have ${KEY_BYTES} bytes`);
  return {
    sign: (purpose, text) => createHmac("sha256", key).update(`${purpose}\n${text}`).digest("base64url"),
    hash: hashToken,
  };
}

/** SHA-256 in hex. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** A fresh bearer secret, base64url, 43 characters. */
export function freshToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/** A fresh one-time code as people type it: `ABCD-EFGH`, 40 bits. */
export function freshCode(): string {
  const letters = Array.from(randomBytes(CODE_CHARS), (byte) => CODE_ALPHABET.charAt(byte % CODE_ALPHABET.length));
  return `${letters.slice(0, CODE_CHARS / 2).join("")}-${letters.slice(CODE_CHARS / 2).join("")}`;
}

/** The code as it is hashed: people may leave out the dash, add spaces, or write small letters. Null when it can be none. */
export function plainCode(typed: string): string | null {
  const letters = typed.toUpperCase().replace(/[\s-]/g, "");
  return letters.length === CODE_CHARS && [...letters].every((letter) => CODE_ALPHABET.includes(letter)) ? letters : null;
}

/** Whether two secrets are equal, in a time that does not depend on where they differ. Empty is equal to nothing. */
export function isSameSecret(given: string, wanted: string): boolean {
  if (given === "" || wanted === "") return false;
  return timingSafeEqual(createHash("sha256").update(given).digest(), createHash("sha256").update(wanted).digest());
}
