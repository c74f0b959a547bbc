import type { EventBody } from "../domain/events.ts";
import type { FeatureGap } from "../domain/snapshots.ts";
import { featureOf, type PlanInput, planSubscriptions } from "../domain/subscriptions.ts";
import type { EventSub, SubscriptionState } from "../ports-twitch.ts";

/** Refusals remembered so that each is told once; above it the oldest is forgotten. */
const TOLD_MAX = 5_000;
/** What passes by itself, or is the matter of the whole account. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set(["down", "busy", "login_needed", "authorization_revoked"]);

interface SubscriptionsOptions {
  eventsub: Pick<EventSub, "setWanted" | "states">;
  input(): PlanInput;
  onEvent(body: EventBody, channelId: string | null): void;
  /** Twitch took back what an account had allowed: its token is to be looked at. */
  onRevoked(account: string): void;
  onChange(): void;
}

/** Has EventSub subscribe what the channels we hold and the accounts we have make possible, and tells what is not. */
export class Subscriptions {
  readonly #o: SubscriptionsOptions;
  #accounts: readonly string[] = [];
  #gaps: readonly FeatureGap[] = [];
  readonly #told = new Set<string>();

  constructor(options: SubscriptionsOptions) {
    this.#o = options;
  }

  /** Plans anew: channels, accounts, scopes or our standing somewhere changed. Cheap when nothing did. */
  update(): void {
    const { wanted, gaps } = planSubscriptions(this.#o.input());
    this.#gaps = gaps;
    for (const account of this.#accounts) if (!wanted.has(account)) this.#o.eventsub.setWanted(account, []);
    for (const [account, list] of wanted) this.#o.eventsub.setWanted(account, list);
    this.#accounts = [...wanted.keys()];
    this.#o.onChange();
  }

  /** What is off for want of an account, a scope or Twitch's consent. */
  gaps(): readonly FeatureGap[] {
    const { channels, bot, broadcasters } = this.#o.input();
    const refused = this.#accounts.flatMap((account) =>
      this.#o.eventsub.states(account).flatMap((state): FeatureGap[] => {
        if (state.state !== "failed" && state.state !== "revoked") return [];
        const channel = channels.find((one) => one.channelId === channelOf(state));
        const owner = account === bot?.userId ? bot : broadcasters.get(account);
        const feature = featureOf(state.type);
        const role = account === bot?.userId ? "bot" : "broadcaster";
        return [
          {
            feature,
            role,
            channelLogin: channel?.login ?? null,
            accountLogin: owner?.login ?? null,
            tier: feature === "chat_read" || feature === "stream" ? "read" : "events",
            reason: state.reason === "cost_limit" ? "cost_limit" : "refused",
          },
        ];
      }),
    );
    return [...this.#gaps, ...unique(refused)];
  }

  /** A subscription is in another state than before. */
  onSubscription(state: SubscriptionState): void {
    const key = `${state.account} ${featureOf(state.type)} ${channelOf(state)}`;
    if (state.state === "enabled") this.#told.delete(key);
    if (state.state === "revoked" && state.reason === "authorization_revoked") this.#o.onRevoked(state.account);
    if (state.state === "failed" || state.state === "revoked") this.#tell(key, state);
    this.#o.onChange();
  }

  #tell(key: string, state: SubscriptionState): void {
    if (TOLD_ELSEWHERE.has(state.reason ?? "") || this.#told.has(key)) return;
    this.#told.add(key);
    if (this.#told.size > TOLD_MAX) for (const oldest of this.#told) return void this.#told.delete(oldest);
    const channelId = channelOf(state);
    const login = this.#o.input().channels.find((one) => one.channelId === channelId)?.login ?? channelId;
    this.#o.onEvent({ type: "feature.off", feature: featureOf(state.type), login, reason: state.reason ?? "refused" }, channelId);
  }
}

function channelOf({ condition }: SubscriptionState): string {
  return condition.broadcaster_user_id ?? condition.to_broadcaster_user_id ?? "";
}

/** One gap per channel and feature, however many subscriptions of it are missing. */
function unique(gaps: readonly FeatureGap[]): FeatureGap[] {
  return [...new Map(gaps.map((gap) => [`${gap.feature} ${gap.channelLogin} ${gap.accountLogin}`, gap])).values()];
}
