import { type AuthFailureKind, scopesOf } from "../../src/domain/accounts.ts";
import { AppError, type ErrorParams } from "../../src/domain/errors.ts";
import type { AccountSummary, FeatureGap, TwitchSignin } from "../../src/domain/snapshots.ts";
import type { AccountControl } from "../../src/http/deps.ts";
import type { Bus } from "../../src/runtime/bus.ts";

const CODE_MS = 30 * 60_000;
const SIGNINS_MAX = 5;

/** Stands where the runtime will: it keeps accounts and sign-ins, and the test says what Twitch does. */
export interface ScriptedAccounts extends AccountControl {
  canConnect: boolean;
  chatMode: "irc" | "eventsub";
  /** What the next sign-in is refused with. */
  refusal: AppError | null;
  setAccounts(accounts: readonly AccountSummary[]): void;
  setGaps(gaps: readonly FeatureGap[]): void;
  /** Somebody typed the code and agreed. */
  finish(id: string, login: string): void;
  /** Twitch asks the same person once more, with another code. */
  askAgain(id: string, userCode: string): void;
  fail(id: string, reason: AuthFailureKind, params?: ErrorParams): void;
  /** What the next sign-in's address is. */
  verificationUrl: string;
  /** Who did what, in order. */
  done: string[];
}

export function scriptAccounts(bus: Bus, now: () => Date): ScriptedAccounts {
  const signins = new Map<string, TwitchSignin>();
  let accounts: readonly AccountSummary[] = [];
  let gaps: readonly FeatureGap[] = [];
  const tell = () => bus.publish({ kind: "accounts_changed" });
  const change = (id: string, over: Partial<TwitchSignin>) => {
    const before = signins.get(id);
    if (before) signins.set(id, { ...before, ...over });
  };
  const control: ScriptedAccounts = {
    canConnect: true,
    chatMode: "irc",
    refusal: null,
    verificationUrl: "https://www.twitch.tv/activate",
    done: [],
    list: () => accounts,
    gaps: () => gaps,
    setAccounts(fresh) {
      accounts = fresh;
      tell();
    },
    setGaps(fresh) {
      gaps = fresh;
      tell();
    },
    async connect({ role, tiers, by }) {
      if (!control.canConnect) throw new AppError("invalid", "auth_client_missing");
      if (scopesOf(role, tiers).length === 0) throw new AppError("invalid", "auth_tiers_missing", {}, "tiers");
      if (control.refusal) throw control.refusal;
      const waiting = [...signins.values()].filter(({ state }) => state === "waiting").length;
      if (waiting >= SIGNINS_MAX) throw new AppError("too_many", "auth_signins_many");
      const id = crypto.randomUUID();
      const { verificationUrl } = control;
      const expiresAt = new Date(now().getTime() + CODE_MS);
      const signin: TwitchSignin = {
        id,
        role,
        tiers,
        userCode: "KQDV7MHP",
        verificationUrl,
        expiresAt,
        state: "waiting",
        login: null,
        reason: null,
        params: {},
      };
      signins.set(id, signin);
      control.done.push(`connect ${role} ${tiers.join(" ")} by ${by.kind}`);
      return signin;
    },
    findSignin: (id) => signins.get(id) ?? null,
    cancel: (id) => void signins.delete(id),
    async disconnect(userId, by) {
      const account = accounts.find((one) => one.userId === userId);
      if (account === undefined) throw new AppError("not_found", "account_unknown");
      if (account.source === "environment") throw new AppError("conflict", "account_of_environment");
      control.done.push(`disconnect ${account.login} by ${by.kind}`);
      control.setAccounts(accounts.filter((one) => one !== account));
    },
    finish(id, login) {
      const signin = signins.get(id);
      if (signin === undefined) return;
      change(id, { state: "done", login });
      control.setAccounts([...accounts, anAccount({ login, displayName: login, role: signin.role, tiers: signin.tiers })]);
    },
    askAgain: (id, userCode) => change(id, { userCode, expiresAt: new Date(now().getTime() + CODE_MS) }),
    fail: (id, reason, params = {}) => change(id, { state: "failed", reason, params }),
  };
  return control;
}

export const anAccount = (over: Partial<AccountSummary> = {}): AccountSummary => ({
  userId: "9001",
  login: "bytebot",
  displayName: "bytebot",
  role: "bot",
  source: "signed_in",
  state: "ok",
  reason: null,
  scopes: ["chat:read", "user:read:chat"],
  tiers: ["read"],
  expiresAt: new Date("2026-11-22T15:00:00Z"),
  validatedAt: new Date("2026-11-22T12:00:00Z"),
  ...over,
});
