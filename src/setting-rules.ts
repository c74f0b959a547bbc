import { parseChannelLogin } from "./domain/channel-login.ts";

/** Text of a setting's problem and help, in both languages. */
export type Both = { en: string; pt: string };

/** One setting: its name in the environment, what it means, and how its text becomes a value. */
export interface Setting<T> {
  name: string;
  /** Text taken when the variable is unset or empty; null: no value. */
  fallback: string | null;
  secret?: true;
  /** The bounds or form, shown in the README and in errors. */
  rule: Both;
  example: string;
  help: Both;
  /** Returns undefined when `text` breaks the rule. */
  parse(text: string): T | undefined;
}

export const same = (text: string): Both => ({ en: text, pt: text });

export function whole(min: number, max: number): Pick<Setting<number>, "rule" | "parse"> {
  return {
    rule: { en: `whole number from ${min} to ${max}`, pt: `número inteiro de ${min} a ${max}` },
    parse: (text) => {
      const n = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
      return n >= min && n <= max ? n : undefined;
    },
  };
}

export const flag: Pick<Setting<boolean>, "rule" | "parse"> = {
  rule: same("true | false"),
  parse: (text) =>
    ({ "1": true, true: true, yes: true, on: true, "0": false, false: false, no: false, off: false })[text.toLowerCase()],
};

export function secretText(min: number): Pick<Setting<string>, "rule" | "parse"> {
  return {
    rule: { en: `at least ${min} characters, no spaces`, pt: `no mínimo ${min} caracteres, sem espaços` },
    parse: (text) => (text.length >= min && !/\s/.test(text) ? text : undefined),
  };
}

export function url(schemes: readonly string[]): Pick<Setting<string>, "rule" | "parse"> {
  return {
    rule: {
      en: `URL beginning with ${schemes.map((s) => `${s}://`).join(" or ")}`,
      pt: `URL que comece com ${schemes.map((s) => `${s}://`).join(" ou ")}`,
    },
    parse: (text) => {
      const parsed = URL.parse(text);
      return parsed && schemes.includes(parsed.protocol.slice(0, -1)) && parsed.hostname ? text.replace(/\/+$/, "") : undefined;
    },
  };
}

export const login: Pick<Setting<string>, "rule" | "parse"> = {
  rule: { en: "a Twitch login: 3–25 of a–z, 0–9, _", pt: "um login da Twitch: 3–25 entre a–z, 0–9, _" },
  parse: (text) => parseChannelLogin(text) ?? undefined,
};

export const loginList: Pick<Setting<readonly string[]>, "rule" | "parse"> = {
  rule: { en: "Twitch logins, separated by commas or spaces", pt: "logins da Twitch, separados por vírgula ou espaço" },
  parse: (text) => {
    const logins = text
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(parseChannelLogin);
    return logins.includes(null) ? undefined : [...new Set(logins as string[])];
  },
};

export const idList: Pick<Setting<readonly string[]>, "rule" | "parse"> = {
  rule: {
    en: "Twitch user ids (digits), separated by commas or spaces",
    pt: "ids de usuário da Twitch (dígitos), separados por vírgula ou espaço",
  },
  parse: (text) => {
    const ids = text.split(/[\s,]+/).filter(Boolean);
    return ids.every((id) => /^\d{1,20}$/.test(id)) ? ids : undefined;
  },
};

export const pricePerMillion: Pick<Setting<number>, "rule" | "parse"> = {
  rule: { en: "US dollars per million tokens, 0 to 1000", pt: "dólares por milhão de tokens, de 0 a 1000" },
  parse: (text) => {
    const n = /^\d{1,4}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
    return n >= 0 && n <= 1000 ? n : undefined;
  },
};

export const anyText = (max: number): Pick<Setting<string>, "rule" | "parse"> => ({
  rule: { en: `text of at most ${max} characters`, pt: `texto de até ${max} caracteres` },
  parse: (text) => (text.length <= max ? text : undefined),
});

export const oneOf = <T extends string>(...values: readonly T[]): Pick<Setting<T>, "rule" | "parse"> => ({
  rule: same(values.join(" | ")),
  parse: (text) => values.find((value) => value === text),
});
