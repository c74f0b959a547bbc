import type { WorldChance } from "./chance.ts";
import type { LogValue, WorldLog } from "./log.ts";

/**
 * What can be made to go wrong by rule, by group: N network, I IRC, E EventSub, H Helix, A sign-in, W webhook.
 * Faults that happen at a moment (drop this socket now) are methods of the surface, not rules.
 * `A1.refused` makes the sign-in host answer `status` and `message` (matched by `path`, `grant`, `client`);
 * `N2.skewed_date` puts the `Date` header of a Helix or sign-in answer `skewMs` ahead of the world's clock.
 */
export type FaultKind =
  | "N1.blackhole"
  | "N2.latency"
  | "N2.throttle"
  | "N2.truncated"
  | "N2.html"
  | "N2.empty"
  | "N2.reset"
  | "N2.skewed_date"
  | "I1.login_failed"
  | "I1.ping_silence"
  | "I1.pong_withheld"
  | "I2.notice"
  | "I2.silent"
  | "I2.suspended"
  | "I2.join_ignored"
  | "I3.duplicate"
  | "I3.reorder"
  | "I3.joined_frames"
  | "I3.split_frame"
  | "I3.unknown_tags"
  | "I3.unknown_command"
  | "I3.bad_emotes"
  | "I3.huge_tags"
  | "I3.invalid_utf8"
  | "E1.keepalive_silence"
  | "E1.late_welcome"
  | "E1.no_welcome"
  | "E2.close_during_subscribe"
  | "E2.close_before_answer"
  | "E3.bad_url"
  | "E3.refusing_url"
  | "E4.same_id"
  | "E4.new_id_same_event"
  | "E4.reorder"
  | "E4.old_timestamp"
  | "E4.clock_skew"
  | "E4.unknown_field"
  | "E4.unknown_type"
  | "E4.unknown_enum"
  | "E4.missing_nullable"
  | "E4.ints_as_strings"
  | "E5.silent_subscription"
  | "E5.conflict"
  | "E5.too_many_transports"
  | "E5.too_many_conditions"
  | "E5.forbidden"
  | "E5.invalid_transport"
  | "H1.unauthorized"
  | "H2.rate_limited"
  | "H3.server_error"
  | "H4.not_sent"
  | "H4.unprocessable"
  | "H4.reply_refused"
  | "H5.clip_never"
  | "H5.clip_late"
  | "H5.clip_fails"
  | "H5.downloads_null"
  | "H6.cursor_loop"
  | "H6.page_overlap"
  | "H6.cursor_refused"
  | "A1.refused"
  | "A1.refresh_refused"
  | "A1.refresh_unavailable"
  | "A1.refresh_slow"
  | "A1.refresh_answer_lost"
  | "A2.pending"
  | "A2.slow_down"
  | "A2.denied"
  | "A2.expired"
  | "A3.validate_fails"
  | "W1.bad_signature"
  | "W1.replayed_id"
  | "W1.old_timestamp"
  | "W1.retry_header";

/** What happens, described for `match`: channel, login, path, type … */
export type FaultContext = Readonly<Record<string, LogValue>>;

export interface FaultRule {
  kind: FaultKind;
  /** Only where every named value is equal, or the function says so. */
  match?: FaultContext | ((context: FaultContext) => boolean);
  /** How often it happens; 1 when not given. */
  times?: number;
  /** How many matching occasions pass before. */
  after?: number;
  /** Probability per occasion, from the world's seed; 1 when not given. */
  p?: number;
  /** How exactly: `status`, `delayMs`, `msgId` …, as the kind says. */
  with?: Readonly<Record<string, LogValue>>;
}

export interface ActiveFault {
  rule: FaultRule;
  /** Occasions seen and struck so far. */
  seen: number;
  struck: number;
  remove(): void;
}

/** The rules in force. */
export class Faults {
  #active: ActiveFault[] = [];
  #chance: WorldChance;
  #log: WorldLog;

  constructor(chance: WorldChance, log: WorldLog) {
    this.#chance = chance;
    this.#log = log;
  }

  add(rule: FaultRule): ActiveFault {
    const fault: ActiveFault = {
      rule,
      seen: 0,
      struck: 0,
      remove: () => {
        this.#active = this.#active.filter((other) => other !== fault);
      },
    };
    this.#active.push(fault);
    return fault;
  }

  /** The fault that strikes on this occasion, or null. */
  take(kind: FaultKind, context: FaultContext = {}): FaultParams | null {
    if (this.#active.length === 0) return null;
    for (const fault of this.#active) {
      if (fault.rule.kind !== kind || !matches(fault.rule, context)) continue;
      fault.seen++;
      if (fault.seen <= (fault.rule.after ?? 0)) continue;
      if (fault.struck >= (fault.rule.times ?? 1)) continue;
      if (fault.rule.p !== undefined && !this.#chance.is(fault.rule.p)) continue;
      fault.struck++;
      this.#log.add("world", "note", null, `fault ${kind}`, context);
      return new FaultParams(fault.rule.with ?? {});
    }
    return null;
  }

  clear(): void {
    this.#active = [];
  }

  list(): readonly ActiveFault[] {
    return this.#active;
  }
}

/** The values of a rule's `with`, read with a default. */
export class FaultParams {
  #values: Readonly<Record<string, LogValue>>;

  constructor(values: Readonly<Record<string, LogValue>>) {
    this.#values = values;
  }

  number(name: string, otherwise: number): number {
    const value = this.#values[name];
    return typeof value === "number" ? value : otherwise;
  }

  text(name: string, otherwise: string): string {
    const value = this.#values[name];
    return typeof value === "string" ? value : otherwise;
  }

  is(name: string, otherwise = false): boolean {
    const value = this.#values[name];
    return typeof value === "boolean" ? value : otherwise;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#values, name);
  }
}

function matches(rule: FaultRule, context: FaultContext): boolean {
  if (rule.match === undefined) return true;
  if (typeof rule.match === "function") return rule.match(context);
  return Object.entries(rule.match).every(([key, value]) => context[key] === value);
}
