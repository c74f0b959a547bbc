import { z } from "zod";
import { AppError, type ErrorParams } from "../domain/errors.ts";
import { BODY_BYTES_MAX } from "./security.ts";

/**
 * The JSON object in a body. Throws `invalid` (told as 400) for what is no JSON object, `too_large`
 * past the limit, and `invalid` with the field (422) for an object that is not as `schema` has it.
 */
export async function readJson<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const text = await readText(request);
  if (text.trim() === "") throw new AppError("invalid", "body_missing");
  return check(schema, parseObject(text));
}

/** The fields of a form, as text. Throws as `readJson` does. */
export async function readForm<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const type = request.headers.get("content-type") ?? "";
  if (!type.startsWith("application/x-www-form-urlencoded")) throw new AppError("invalid", "body_form");
  return check(schema, Object.fromEntries(new URLSearchParams(await readText(request))));
}

/** The fields of a query, as text; the first of two with one name. Throws as `readJson` does. */
export function readQuery<T>(request: Request, schema: z.ZodType<T>): T {
  const fields: Record<string, string> = {};
  for (const [name, value] of new URL(request.url).searchParams) fields[name] ??= value;
  return check(schema, fields);
}

/** One value that came with others; throws as `readJson` does. */
export function requireField<T>(schema: z.ZodType<T>, field: string, value: unknown): T {
  return check(z.object({ [field]: schema }), { [field]: value })[field] as T;
}

/** `value` as `schema` has it; throws `invalid` naming the first field at fault. */
function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue === undefined) throw new AppError("invalid", "field_invalid");
  const unknown = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const field = (unknown ?? issue.path.join(".")).slice(0, FIELD_CHARS_MAX);
  throw new AppError("invalid", ...faultOf(issue, value, field), field === "" ? null : field);
}

const FIELD_CHARS_MAX = 60;

type Issue = z.core.$ZodIssue;

/** Why a field is refused, as a key of the word tables with its values. What was sent is not repeated, but for a channel's name. */
function faultOf(issue: Issue, whole: unknown, field: string): [reason: string, params: ErrorParams] {
  switch (issue.code) {
    case "unrecognized_keys":
      return ["field_unknown", { field }];
    case "invalid_type":
      return isMissing(issue, whole) ? ["field_missing", { field }] : ["field_type", { field, expected: issue.expected }];
    case "invalid_value":
      return ["field_choice", { field, allowed: issue.values.map(String).join(", ") }];
    case "too_small":
      return issue.origin === "string"
        ? ["field_missing", { field }]
        : ["field_too_small", { field, min: Number(issue.minimum) }];
    case "too_big":
      return [issue.origin === "string" ? "field_too_long" : "field_too_big", { field, max: Number(issue.maximum) }];
    case "custom":
      return customFault(issue.params ?? {}, field);
    default:
      return ["field_invalid", { field }];
  }
}

/** A rule of ours says why by `reason` in its `params`; texts and numbers beside it are values of the sentence. */
function customFault(params: Record<string, unknown>, field: string): [reason: string, params: ErrorParams] {
  const { reason, ...values } = params;
  const told: Record<string, string | number> = { field };
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === "string" || typeof value === "number") told[name] = value;
  }
  return [typeof reason === "string" ? reason : "field_invalid", told];
}

function isMissing(issue: Issue, whole: unknown): boolean {
  let value = whole;
  for (const step of issue.path) value = typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined;
  return value === undefined;
}

function parseObject(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AppError("invalid", "body_json");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new AppError("invalid", "body_object");
  return value;
}

/** The body as text, read no further than the limit. */
async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > BODY_BYTES_MAX) throw new AppError("too_large", "too_large", { max: BODY_BYTES_MAX / 1024 });
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
