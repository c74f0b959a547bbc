/** What kind of refusal it is, for programs. `http/server.ts` alone turns it into a status. */
export type ErrorKind =
  | "invalid"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "too_many"
  | "too_large"
  | "unavailable";

/** Values that a sentence needs; they are shown to people, so never a secret. */
export type ErrorParams = Readonly<Record<string, string | number>>;

/**
 * A refusal that may be told outside. `reason` is a key of the word tables (`error.<reason>`), so
 * that it is said in the reader's language; `field` names the input at fault, if one is. Anything
 * else that is thrown is a bug: it is logged once with a trace id and told as "internal".
 *
 * It is called `kind`, not `code`: Elysia reads `code` of an error as its own.
 */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly kind: ErrorKind;
  readonly reason: string;
  readonly params: ErrorParams;
  readonly field: string | null;

  constructor(kind: ErrorKind, reason: string, params: ErrorParams = {}, field: string | null = null) {
    super(`${kind}: ${reason}${field ? ` (${field})` : ""}`);
    this.kind = kind;
    this.reason = reason;
    this.params = params;
    this.field = field;
  }
}
