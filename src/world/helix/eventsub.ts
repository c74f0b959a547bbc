import { plainTime } from "../eventsub/frames.ts";
import { subscribe, totalCost, WEBHOOK_COST_MAX } from "../eventsub/subscribe.ts";
import type { Subscription } from "../eventsub/types.ts";
import { type Endpoint, type HelixCall, isAnswer, noContent, ok, page, problem } from "./answer.ts";

export const createSubscription: Endpoint = {
  async run(call) {
    const outcome = await subscribe(call.world.eventsub, call.token, call.body);
    if (outcome.status !== 202)
      return problem(outcome.status, outcome.message, outcome.id === undefined ? {} : { id: outcome.id });
    const own = ownSubscriptions(call);
    return { status: 202, body: { data: [subscriptionJson(call, outcome.subscription)], ...totals(call, own) } };
  },
};

const FILTERS = ["status", "type", "user_id", "subscription_id", "conduit_id"];

export const getSubscriptions: Endpoint = {
  run(call) {
    const given = FILTERS.filter((name) => call.query.has(name));
    if (given.length > 1) return problem(400, "The filters are mutually exclusive");
    const own = ownSubscriptions(call);
    const [filter] = given;
    const value = filter === undefined ? "" : (call.query.get(filter) ?? "");
    const found = own.filter((each) => filter === undefined || hasValue(each, filter, value));
    const paged = page(call, found, { first: 100, max: 100 });
    return isAnswer(paged)
      ? paged
      : ok({ ...totals(call, own), ...paged, data: paged.data.map((each) => subscriptionJson(call, each)) });
  },
};

export const deleteSubscription: Endpoint = {
  run(call) {
    const found = call.world.eventsub.subscriptions.get(call.query.get("id") ?? "");
    if (!found || found.clientId !== call.token.clientId) return problem(404, "subscription not found");
    call.world.eventsub.subscriptions.delete(found.id);
    return noContent();
  },
};

/** Those that this token's client (and user) made. */
function ownSubscriptions(call: HelixCall): Subscription[] {
  return [...call.world.eventsub.subscriptions.values()].filter(
    (each) => each.clientId === call.token.clientId && each.userId === call.token.userId,
  );
}

function totals(call: HelixCall, own: readonly Subscription[]): object {
  const enabled = own.filter((each) => each.disabledAt === null);
  return {
    total: own.length,
    total_cost: totalCost(enabled),
    max_total_cost: call.token.kind === "user" ? call.core.limits.esMaxCost : WEBHOOK_COST_MAX,
  };
}

function hasValue(subscription: Subscription, filter: string, value: string): boolean {
  if (filter === "user_id") return Object.values(subscription.condition).includes(value);
  if (filter === "subscription_id") return subscription.id === value;
  if (filter === "status") return subscription.status === value;
  return filter === "type" && subscription.type === value;
}

function subscriptionJson(call: HelixCall, subscription: Subscription): object {
  const { transport } = subscription;
  const { frames } = call.world.eventsub;
  if (transport.method === "webhook") return frames.subscription(subscription);
  return {
    ...frames.subscription(subscription),
    transport: {
      method: "websocket",
      session_id: transport.sessionId,
      connected_at: plainTime(transport.connectedAt),
      ...(transport.disconnectedAt ? { disconnected_at: plainTime(transport.disconnectedAt) } : {}),
    },
  };
}
