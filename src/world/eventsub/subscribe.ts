import { findBan, isModerator, type WorldChannel } from "../state.ts";
import type { WorldToken } from "../tokens.ts";
import type { EventSubServer } from "./server.ts";
import type { EventSubSession } from "./session.ts";
import { SUBSCRIPTION_TYPES, type Subscription, type SubscriptionType, type Transport } from "./types.ts";

export type Outcome =
  | { status: 202; subscription: Subscription }
  | { status: 400 | 401 | 403 | 404 | 409 | 429; message: string; id?: string };

/** Makes a subscription as `POST /eventsub/subscriptions` asks, with every refusal that Twitch knows, in its order. */
export async function subscribe(server: EventSubServer, token: WorldToken, body: unknown): Promise<Outcome> {
  const asked = readRequest(body);
  if (typeof asked === "string") return { status: 400, message: asked };
  const refusal = injected(server, asked) ?? checkType(asked) ?? checkTransport(server, token, asked);
  if (refusal) return refusal;
  const type = typeOf(asked.type);
  const unauthorised = checkAuthorization(server, token, asked, type);
  if (unauthorised) return unauthorised;
  const cost = costOf(server, token, asked, type);
  const limited = checkLimits(server, token, asked, cost);
  if (limited) return limited;

  const subscription = add(server, token, asked, cost);
  if (server.core.faults.take("E2.close_before_answer", { type: asked.type })) closeSession(server, asked, 4003);
  if (subscription.transport.method === "webhook") void verify(server, subscription, subscription.transport);
  return { status: 202, subscription };
}

interface Asked {
  type: string;
  version: string;
  condition: Readonly<Record<string, string>>;
  method: string;
  sessionId: string;
  callback: string;
  secret: string;
}

/** The request's body, or what is wrong with it. */
function readRequest(body: unknown): Asked | string {
  if (!isRecord(body)) return "invalid request body";
  const { type, version, condition, transport } = body;
  if (typeof type !== "string" || type === "") return "missing required parameter: type";
  if (typeof version !== "string") return "missing required parameter: version";
  if (!isRecord(condition)) return "missing required parameter: condition";
  if (!isRecord(transport)) return "missing required parameter: transport";
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  return {
    type,
    version,
    condition: Object.fromEntries(Object.entries(condition).map(([key, value]) => [key, String(value)])),
    method: text(transport.method),
    sessionId: text(transport.session_id),
    callback: text(transport.callback),
    secret: text(transport.secret),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

type Refusal = Exclude<Outcome, { status: 202 }>;

function injected(server: EventSubServer, asked: Asked): Refusal | null {
  const { faults } = server.core;
  const context = { type: asked.type };
  if (faults.take("E2.close_during_subscribe", context)) closeSession(server, asked, 4003);
  if (faults.take("E5.forbidden", context)) return { status: 403, message: FORBIDDEN };
  if (faults.take("E5.invalid_transport", context)) return { status: 400, message: WRONG_TOKEN };
  if (faults.take("E5.too_many_transports", context)) return { status: 429, message: TOO_MANY_TRANSPORTS };
  if (faults.take("E5.too_many_conditions", context)) return { status: 429, message: TOO_MANY_CONDITIONS };
  const conflict = faults.take("E5.conflict", context);
  if (!conflict) return null;
  return { status: 409, message: EXISTS, ...(conflict.is("withId", true) ? { id: server.core.chance.uuid() } : {}) };
}

const FORBIDDEN = "subscription missing proper authorization";
const WRONG_TOKEN = "invalid transport and auth combination";
const TOO_MANY_TRANSPORTS = "number of websocket transports limit exceeded";
const TOO_MANY_CONDITIONS = "maximum subscriptions with type and condition exceeded";
const EXISTS = "subscription already exists";

function typeOf(name: string): SubscriptionType {
  const type = Object.hasOwn(SUBSCRIPTION_TYPES, name) ? SUBSCRIPTION_TYPES[name] : undefined;
  if (!type) throw new Error(`unknown subscription type ${name}`);
  return type;
}

function checkType(asked: Asked): Refusal | null {
  if (!Object.hasOwn(SUBSCRIPTION_TYPES, asked.type)) return { status: 400, message: "invalid subscription type and version" };
  const type = typeOf(asked.type);
  if (type.version !== asked.version) return { status: 400, message: "invalid subscription type and version" };
  const given = type.condition.filter((key) => (asked.condition[key] ?? "") !== "");
  const isEnough = type.anyOf ? given.length >= 1 : given.length === type.condition.length;
  return isEnough
    ? null
    : { status: 400, message: `missing required parameter in condition: ${type.condition.find((key) => !given.includes(key))}` };
}

function checkTransport(server: EventSubServer, token: WorldToken, asked: Asked): Refusal | null {
  if (asked.method !== "websocket" && asked.method !== "webhook") return { status: 400, message: "invalid transport method" };
  if ((asked.method === "websocket") !== (token.kind === "user")) return { status: 400, message: WRONG_TOKEN };
  if (asked.method === "webhook") {
    if (!/^https?:\/\//.test(asked.callback)) return { status: 400, message: "invalid callback" };
    return asked.secret.length >= 10 && asked.secret.length <= 100
      ? null
      : { status: 400, message: "secret must be between 10 and 100 characters" };
  }
  const session = server.sessions.get(asked.sessionId);
  if (!session || session.endedAt)
    return { status: 400, message: "websocket transport session does not exist or has already disconnected" };
  if (session.userId !== null && session.userId !== token.userId) {
    return { status: 400, message: "websocket transport cannot have subscriptions created by different users" };
  }
  return null;
}

function checkAuthorization(server: EventSubServer, token: WorldToken, asked: Asked, type: SubscriptionType): Refusal | null {
  const { state, clock } = server.core;
  if (type.scopeOf === null) return null;
  const personId = asked.condition[type.scopeOf] ?? "";
  const channel = state.findChannelById(asked.condition.broadcaster_user_id ?? "");
  const isAllowed =
    token.kind === "user" ? isAllowedUser(token, type, personId) : isAllowedApp(server, token, type, personId, channel);
  const isModeratorEnough = !type.needsModerator || (channel !== null && isModerator(channel, personId));
  const isBanned = type.isChat === true && channel !== null && findBan(channel, personId, clock.now()) !== null;
  return isAllowed && isModeratorEnough && !isBanned ? null : { status: 403, message: FORBIDDEN };
}

const isAllowedUser = (token: WorldToken, type: SubscriptionType, personId: string): boolean =>
  token.userId === personId && type.scopes.some((scope) => token.scopes.includes(scope));

/** App tokens live by the consents that people gave to the client; to read chat they also need user:bot and a welcome in the channel. */
function isAllowedApp(
  server: EventSubServer,
  token: WorldToken,
  type: SubscriptionType,
  personId: string,
  channel: WorldChannel | null,
): boolean {
  const { tokens } = server.core;
  if (!type.scopes.some((scope) => tokens.isGranted(personId, token.clientId, scope))) return false;
  if (!type.isChat) return true;
  if (channel === null || !tokens.isGranted(personId, token.clientId, "user:bot")) return false;
  return isModerator(channel, personId) || tokens.isGranted(channel.user.id, token.clientId, "channel:bot");
}

/** 0 when the broadcaster (or whoever the condition names) authorised the client, or the type needs a scope; else 1. */
function costOf(server: EventSubServer, token: WorldToken, asked: Asked, type: SubscriptionType): number {
  if (type.scopes.length > 0) return 0;
  return Object.values(asked.condition).some((id) => server.core.tokens.isGranted(id, token.clientId, null)) ? 0 : 1;
}

function checkLimits(server: EventSubServer, token: WorldToken, asked: Asked, cost: number): Refusal | null {
  const { limits } = server.core;
  const mine = [...server.subscriptions.values()].filter((each) => each.clientId === token.clientId && each.disabledAt === null);
  const same = mine.filter((each) => each.type === asked.type && isEqual(each.condition, asked.condition));
  const twin = same.find((each) => keyOf(each.transport) === (asked.method === "websocket" ? asked.sessionId : asked.callback));
  if (twin) return { status: 409, message: EXISTS, id: twin.id };
  if (same.length >= limits.esSameCond) return { status: 429, message: TOO_MANY_CONDITIONS };
  const own = mine.filter((each) => each.transport.method === asked.method && each.userId === token.userId);
  if (asked.method === "websocket") {
    const sessions = new Set(own.map((each) => keyOf(each.transport)));
    if (!sessions.has(asked.sessionId) && sessions.size >= limits.esMaxConn) return { status: 429, message: TOO_MANY_TRANSPORTS };
    if (own.filter((each) => keyOf(each.transport) === asked.sessionId).length >= limits.esMaxSubs)
      return { status: 429, message: "number of subscriptions limit exceeded" };
  }
  const max = asked.method === "websocket" ? limits.esMaxCost : WEBHOOK_COST_MAX;
  return totalCost(own) + cost > max ? { status: 429, message: "maximum total cost exceeded" } : null;
}

/** What an app may spend on webhooks. */
export const WEBHOOK_COST_MAX = 10_000;

export const totalCost = (subscriptions: readonly Subscription[]): number =>
  subscriptions.reduce((sum, each) => sum + each.cost, 0);

const keyOf = (transport: Transport): string => (transport.method === "websocket" ? transport.sessionId : transport.callback);

function isEqual(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].every((key) => (one[key] ?? "") === (other[key] ?? ""));
}

function add(server: EventSubServer, token: WorldToken, asked: Asked, cost: number): Subscription {
  const { clock, chance } = server.core;
  const session = server.sessions.get(asked.sessionId);
  const transport: Transport =
    asked.method === "websocket"
      ? {
          method: "websocket",
          sessionId: asked.sessionId,
          connectedAt: session?.connectedAt ?? clock.now(),
          disconnectedAt: null,
        }
      : { method: "webhook", callback: asked.callback, secret: asked.secret };
  const subscription: Subscription = {
    id: chance.uuid(),
    type: asked.type,
    version: asked.version,
    condition: asked.condition,
    status: transport.method === "websocket" ? "enabled" : "webhook_callback_verification_pending",
    cost,
    createdAt: clock.now(),
    clientId: token.clientId,
    userId: token.userId,
    family: token.family,
    transport,
    disabledAt: null,
    failures: 0,
  };
  server.subscriptions.set(subscription.id, subscription);
  if (session) claim(session, token);
  return subscription;
}

function claim(session: EventSubSession, token: WorldToken): void {
  session.userId ??= token.userId;
  session.clientId ??= token.clientId;
  session.cancelUnused?.();
  session.cancelUnused = null;
}

async function verify(
  server: EventSubServer,
  subscription: Subscription,
  transport: Extract<Transport, { method: "webhook" }>,
): Promise<void> {
  const isProven = await server.webhooks.verify(server.frames, subscription, transport);
  subscription.status = isProven ? "enabled" : "webhook_callback_verification_failed";
  if (!isProven) subscription.disabledAt = server.core.clock.now();
  server.core.log.add("eventsub", "note", null, "callback verified", { type: subscription.type, ok: isProven });
}

function closeSession(server: EventSubServer, asked: Asked, code: number): void {
  const socket = server.sessions.get(asked.sessionId)?.socket;
  if (socket) server.close(socket, code, true);
}
