import { AppError, type ErrorKind, type ErrorParams } from "../domain/errors.ts";
import { isDatabaseAway } from "../store/refusals.ts";

/** The one table from kinds of refusal to HTTP. What is not an `AppError` is a bug: 500. */
const STATUS: Record<ErrorKind, number> = {
  invalid: 422,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_many: 429,
  too_large: 413,
  unavailable: 503,
};

/**
 * Refusals of the request itself rather than of a value in it: 400, and the codes by which clients of
 * the earlier system know them.
 */
const BAD_REQUEST: Readonly<Record<string, string>> = {
  body_missing: "invalid_request",
  body_json: "invalid_request",
  body_object: "invalid_request",
  body_form: "invalid_request",
  command_unknown: "invalid_command",
  action_unknown: "invalid_action",
  channel_missing: "missing_channel",
};

/** Seconds after which something unavailable may be asked for again. */
const RETRY_S = 5;

/** A refusal as it is told, to programs and to people. */
export interface Refusal {
  status: number;
  /** What programs see. */
  code: string;
  /** Key of the word tables: `error.<reason>`. */
  reason: string;
  params: ErrorParams;
  field: string | null;
  /** Only for bugs: finds the line in the log. */
  traceId: string | null;
  retryAfterS: number | null;
}

/** `error` as a refusal. What is no refusal is a bug: it says nothing but `traceId`. */
export function refusalOf(error: unknown, traceId: string): Refusal {
  if (error instanceof AppError) return told(error);
  if (isDatabaseAway(error)) return told(new AppError("unavailable", "database_lost"));
  return { status: 500, code: "internal", reason: "internal", params: {}, field: null, traceId, retryAfterS: null };
}

function told({ kind, reason, params, field }: AppError): Refusal {
  const code = BAD_REQUEST[reason];
  const status = code === undefined ? STATUS[kind] : 400;
  const retryAfterS = status === 429 || status === 503 ? Number(params.seconds ?? RETRY_S) : null;
  return { status, code: code ?? reason, reason, params, field, traceId: null, retryAfterS };
}
