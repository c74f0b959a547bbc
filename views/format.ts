/** Numbers, instants and lengths of time as people of one language write them. Made once per language; it keeps what Intl makes. */
export interface Format {
  number(value: number): string;
  /** A score or a weight with its sign, `+0.21`, `−1.5`, `0`. */
  score(value: number): string;
  /** A share of 0 … 1, `42%`. */
  share(value: number): string;
  /** Hours and minutes of `at` in `zone`, `21:16`. */
  clock(at: Date, zone: string): string;
  /** Day and time of `at` in `zone`, for what is not of today. */
  moment(at: Date, zone: string): string;
  /** From an instant to a later one, the day told again only when it is another one in `zone`. */
  span(from: Date, to: Date, zone: string): string;
  /** A length of time in the unit that fits: `340 ms`, `0.9 s`, `12 s`, `4 min`, `2 h 5 min`, `3 d`. */
  duration(ms: number): string;
  /** How long ago `at` was at `now`, short: `2 s ago`. */
  ago(at: Date, now: Date): string;
}

const S = 1_000;
const MIN = 60 * S;
const H = 60 * MIN;
const DAY = 24 * H;

/** Time zones whose formats are kept; an installation has one or two. */
const ZONES_MAX = 16;

/** Between a number and its unit: a space that does not break. */
const NBSP = "\u00a0";

/** The format of `locale` (a BCP 47 tag). */
export function createFormat(locale: string): Format {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const tenth = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const signed = new Intl.NumberFormat(locale, { maximumFractionDigits: 2, signDisplay: "exceptZero" });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "narrow" });
  const clocks = new Map<string, Intl.DateTimeFormat>();
  const moments = new Map<string, Intl.DateTimeFormat>();

  const clockOf = keep(
    clocks,
    (timeZone) => new Intl.DateTimeFormat(locale, { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  );
  const momentOf = keep(
    moments,
    (timeZone) =>
      new Intl.DateTimeFormat(locale, {
        timeZone,
        day: "numeric",
        month: "short",
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
      }),
  );

  return {
    number: (value) => whole.format(value),
    score: (value) => signed.format(value).replace("-", "\u2212"),
    share: (value) => percent.format(value),
    clock: (at, zone) => clockOf(zone).format(at),
    moment: (at, zone) => momentOf(zone).format(at),
    span: (from, to, zone) => momentOf(zone).formatRange(from, to < from ? from : to),
    duration: (ms) => {
      if (ms < S) return `${whole.format(Math.max(0, ms))}${NBSP}ms`;
      if (ms < 10 * S) return `${tenth.format(ms / S)}${NBSP}s`;
      if (ms < MIN) return `${whole.format(ms / S)}${NBSP}s`;
      if (ms < H) return `${whole.format(ms / MIN)}${NBSP}min`;
      if (ms < DAY) {
        const minutes = Math.floor((ms % H) / MIN);
        const hours = `${Math.floor(ms / H)}${NBSP}h`;
        return minutes === 0 ? hours : `${hours} ${minutes}${NBSP}min`;
      }
      return `${whole.format(ms / DAY)}${NBSP}d`;
    },
    ago: (at, now) => {
      const ms = Math.max(0, now.getTime() - at.getTime());
      if (ms < MIN) return relative.format(-Math.floor(ms / S), "second");
      if (ms < H) return relative.format(-Math.floor(ms / MIN), "minute");
      if (ms < DAY) return relative.format(-Math.floor(ms / H), "hour");
      return relative.format(-Math.floor(ms / DAY), "day");
    },
  };
}

function keep(
  made: Map<string, Intl.DateTimeFormat>,
  make: (zone: string) => Intl.DateTimeFormat,
): (zone: string) => Intl.DateTimeFormat {
  return (zone) => {
    const known = made.get(zone);
    if (known) return known;
    if (made.size >= ZONES_MAX) made.clear();
    const fresh = make(zone);
    made.set(zone, fresh);
    return fresh;
  };
}

/** How many hues `components.css` has for people: `.u1` to `.u12`. */
const HUES = 12;

/** The hue class of a person, from what names them: the same everywhere, whatever colour they chose at Twitch. */
export function hueClass(name: string): string {
  let hash = 2_166_136_261;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 16_777_619);
  return `u${((hash >>> 0) % HUES) + 1}`;
}

/** Two letters that stand for a channel: the first of its words, `moss_and_ember` → `ME`. */
export function initials(login: string): string {
  const words = login.split("_").filter(Boolean);
  const first = words[0]?.[0] ?? "";
  const second = words.length > 1 ? (words.at(-1)?.[0] ?? "") : (words[0]?.[1] ?? "");
  return (first + second).toUpperCase();
}

/** An HTML id made of outside text: letters, digits, `_` and `-` stay, the rest becomes `_`. */
export function safeId(prefix: string, text: string): string {
  return `${prefix}-${text.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 80)}`;
}
