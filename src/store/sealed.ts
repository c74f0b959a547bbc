import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";

/*
 * Short secrets as text that a database may keep: AES-256-GCM under keys derived (HKDF-SHA256) from the installation's
 * key, one per purpose. What was sealed for one purpose is opened for no other, so that a sealed text that was moved to
 * another row or column is of no use there.
 */

/** Of the format: version, a dot, base64url of nonce, ciphertext and tag. */
const VERSION = "1";
/** What GCM is made for; random, so that a key should seal at most 2³² texts: we seal some per hour. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/** Longest text that is sealed, in UTF-16 code units; Twitch's tokens have 30 to 50. */
const TEXT_CHARS_MAX = 4_096;

/** `key`: the installation's 32 bytes. Sealed twice, the same text looks different. */
export function seal(key: Uint8Array, purpose: string, text: string): string {
  if (text.length > TEXT_CHARS_MAX) throw new RangeError(`at most ${TEXT_CHARS_MAX} characters can be sealed`);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", derived(key, purpose), nonce);
  const sealed = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `${VERSION}.${sealed.toString("base64url")}`;
}

/** The text, or null when it cannot be opened: another key or purpose, a changed byte, an unknown version. */
export function open(key: Uint8Array, purpose: string, sealed: string): string | null {
  const [version, packed, ...rest] = sealed.split(".");
  if (version !== VERSION || packed === undefined || rest.length > 0) return null;
  const bytes = Buffer.from(packed, "base64url");
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
  const tagAt = bytes.length - TAG_BYTES;
  const decipher = createDecipheriv("aes-256-gcm", derived(key, purpose), bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(bytes.subarray(tagAt));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, tagAt)), decipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}

/** By which a secret is known again without being kept; nothing of it can be learnt from this, nor can a guess be tried without the key. */
export function fingerprint(key: Uint8Array, purpose: string, text: string): string {
  return createHmac("sha256", derived(key, purpose)).update(text).digest("base64url");
}

function derived(key: Uint8Array, purpose: string): Uint8Array {
  if (key.length !== KEY_BYTES) throw new RangeError(`the key must have ${KEY_BYTES} bytes`);
  return new Uint8Array(hkdfSync("sha256", key, "", `byte.sealed\n${purpose}`, KEY_BYTES));
}
