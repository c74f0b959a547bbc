/** What JSON can hold. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** `value` as JSON can hold it: an instant, a map and a set stand under a key that says what they are. */
export function toPlain(value: unknown): Plain {
  if (value instanceof Date) return { "@date": value.toISOString() };
  if (value instanceof Map) return { "@map": [...value].map(([key, each]) => [toPlain(key), toPlain(each)]) };
  if (value instanceof Set) return { "@set": [...value].map(toPlain) };
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toPlain(each)]));
  return value as Plain;
}

/** The value that `toPlain` was given. Throws for a mark that does not hold what it says. */
export function fromPlain(plain: Plain): unknown {
  if (Array.isArray(plain)) return plain.map(fromPlain);
  if (typeof plain !== "object" || plain === null) return plain;
  const { "@date": date, "@map": map, "@set": set } = plain as { readonly [key: string]: Plain };
  if (date !== undefined) return instant(date);
  if (map !== undefined)
    return new Map(
      listOf(map).map((pair) => {
        const [key = null, value = null] = listOf(pair);
        return [fromPlain(key), fromPlain(value)];
      }),
    );
  if (set !== undefined) return new Set(listOf(set).map(fromPlain));
  return Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, fromPlain(value)]));
}

function instant(text: Plain): Date {
  const at = new Date(String(text));
  if (Number.isNaN(at.getTime())) throw new Error(`${String(text)} is no instant`);
  return at;
}

function listOf(plain: Plain): readonly Plain[] {
  if (!Array.isArray(plain)) throw new Error("a list is missing");
  return plain;
}
