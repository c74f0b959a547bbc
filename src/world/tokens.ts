import type { WorldChance } from "./chance.ts";
import type { WorldClock } from "./clock.ts";
import type { WorldLimits } from "./limits.ts";

export interface WorldClient {
  clientId: string;
  kind: "confidential" | "public";
  /** null for a public client. */
  secret: string | null;
  name: string;
}

export interface WorldToken {
  value: string;
  /** How logs call it: t1, t2 … */
  label: string;
  kind: "user" | "app";
  userId: string | null;
  clientId: string;
  scopes: readonly string[];
  expiresAt: Date;
  revokedAt: Date | null;
  /** Tokens of one consent; all die together. */
  family: string;
}

export interface WorldRefresh {
  value: string;
  label: string;
  userId: string;
  clientId: string;
  scopes: readonly string[];
  /** Public clients: works once. */
  isOneTime: boolean;
  usedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
  family: string;
}

export interface Grant {
  accessToken: string;
  refreshToken: string;
  clientId: string;
  userId: string;
  scopes: readonly string[];
  expiresInS: number;
}

/** All that a bot with every feature may ask for. */
export const EVERY_SCOPE: readonly string[] = [
  "chat:read",
  "chat:edit",
  "user:read:chat",
  "user:write:chat",
  "user:bot",
  "channel:bot",
  "clips:edit",
  "editor:manage:clips",
  "channel:manage:clips",
  "moderator:read:followers",
  "moderator:read:chatters",
  "moderator:manage:banned_users",
  "moderator:manage:chat_messages",
  "moderator:manage:announcements",
  "moderator:manage:shoutouts",
  "channel:moderate",
  "channel:read:subscriptions",
  "bits:read",
  "channel:read:redemptions",
  "channel:manage:redemptions",
  "channel:read:hype_train",
  "channel:read:ads",
  "channel:manage:broadcast",
  "channel:manage:raids",
  "channel:edit:commercial",
  "moderation:read",
  "user:read:email",
];

/** The client of a world whose test says nothing of clients. */
export const DEFAULT_CLIENT: WorldClient = {
  clientId: "worldclient0000000000000000001",
  kind: "confidential",
  secret: "worldsecret000000000000000001",
  name: "World",
};
export const PUBLIC_CLIENT: WorldClient = {
  clientId: "worldclient0000000000000000002",
  kind: "public",
  secret: null,
  name: "World public",
};

/** Clients and tokens, to be put back. */
export interface TokenRecords {
  clients: readonly WorldClient[];
  access: readonly WorldToken[];
  refresh: readonly WorldRefresh[];
  /** How many labels were given out. */
  count: number;
}

/** Every token ever given out. */
export class Tokens {
  readonly clients = new Map<string, WorldClient>();
  readonly access = new Map<string, WorldToken>();
  readonly refresh = new Map<string, WorldRefresh>();
  #chance: WorldChance;
  #clock: WorldClock;
  #limits: WorldLimits;
  #count = 0;

  constructor(deps: { chance: WorldChance; clock: WorldClock; limits: WorldLimits }) {
    this.#chance = deps.chance;
    this.#clock = deps.clock;
    this.#limits = deps.limits;
    this.addClient(DEFAULT_CLIENT);
    this.addClient(PUBLIC_CLIENT);
  }

  addClient(client: WorldClient): WorldClient {
    this.clients.set(client.clientId, client);
    return client;
  }

  /** A user token and its refresh token, as after a consent. */
  grant(userId: string, clientId: string, scopes: readonly string[]): Grant {
    return this.#pair(userId, clientId, scopes, this.#chance.hex(16));
  }

  /**
   * New tokens for a refresh token: a public client's is used up and replaced, a confidential client's stays.
   * `scopes` may only be fewer than before.
   */
  renew(refresh: WorldRefresh, scopes = refresh.scopes): Grant {
    refresh.usedAt ??= this.#clock.now();
    if (refresh.isOneTime) return this.#pair(refresh.userId, refresh.clientId, scopes, refresh.family);
    const token = this.#access(refresh.userId, refresh.clientId, scopes, refresh.family, ++this.#count);
    return this.#grantOf(token, refresh);
  }

  #pair(userId: string, clientId: string, scopes: readonly string[], family: string): Grant {
    const client = this.clients.get(clientId);
    if (!client) throw new Error(`no client ${clientId}`);
    const number = ++this.#count;
    const token = this.#access(userId, clientId, scopes, family, number);
    const isOneTime = client.kind === "public";
    const refresh: WorldRefresh = {
      value: this.#chance.token(50),
      label: `r${number}`,
      userId,
      clientId,
      scopes,
      isOneTime,
      usedAt: null,
      expiresAt: isOneTime ? new Date(this.#clock.now().getTime() + this.#limits.refreshTtlS * 1000) : null,
      revokedAt: null,
      family,
    };
    this.refresh.set(refresh.value, refresh);
    return this.#grantOf(token, refresh);
  }

  #access(userId: string, clientId: string, scopes: readonly string[], family: string, number: number): WorldToken {
    const token: WorldToken = {
      value: this.#chance.token(30),
      label: `t${number}`,
      kind: "user",
      userId,
      clientId,
      scopes,
      expiresAt: new Date(this.#clock.now().getTime() + this.#limits.accessTtlS * 1000),
      revokedAt: null,
      family,
    };
    this.access.set(token.value, token);
    return token;
  }

  #grantOf(token: WorldToken, refresh: WorldRefresh): Grant {
    return {
      accessToken: token.value,
      refreshToken: refresh.value,
      clientId: token.clientId,
      userId: refresh.userId,
      scopes: token.scopes,
      expiresInS: this.#limits.accessTtlS,
    };
  }

  /** An app token (client credentials): no user, no refresh. */
  grantApp(clientId: string): WorldToken {
    const token: WorldToken = {
      value: this.#chance.token(30),
      label: `t${++this.#count}`,
      kind: "app",
      userId: null,
      clientId,
      scopes: [],
      expiresAt: new Date(this.#clock.now().getTime() + this.#limits.appTtlS * 1000),
      revokedAt: null,
      family: this.#chance.hex(16),
    };
    this.access.set(token.value, token);
    return token;
  }

  /** The token if it is good now; null when unknown, expired or revoked. */
  findValid(value: string): WorldToken | null {
    const token = this.access.get(value);
    if (!token || token.revokedAt || token.expiresAt <= this.#clock.now()) return null;
    return token;
  }

  /** Ends every token of a consent. Gives the access tokens that died. */
  revokeFamily(family: string): WorldToken[] {
    const now = this.#clock.now();
    for (const refresh of this.refresh.values()) {
      if (refresh.family === family) refresh.revokedAt ??= now;
    }
    const died: WorldToken[] = [];
    for (const token of this.access.values()) {
      if (token.family !== family || token.revokedAt) continue;
      token.revokedAt = now;
      died.push(token);
    }
    return died;
  }

  /** Whether this person's consent to the client stands, and holds `scope` (any when null). Expiry of a token does not end it. */
  isGranted(userId: string, clientId: string, scope: string | null): boolean {
    for (const refresh of this.refresh.values()) {
      if (refresh.userId !== userId || refresh.clientId !== clientId || refresh.revokedAt) continue;
      if (scope === null || refresh.scopes.includes(scope)) return true;
    }
    return false;
  }

  /** Whether a text holds any token ever given out. */
  isIn(text: string): boolean {
    for (const word of text.match(/[a-z0-9]{30,}/g) ?? []) {
      if (this.access.has(word) || this.refresh.has(word)) return true;
    }
    return false;
  }

  get records(): TokenRecords {
    return {
      clients: [...this.clients.values()],
      access: [...this.access.values()],
      refresh: [...this.refresh.values()],
      count: this.#count,
    };
  }

  /** Knows these in place of all that it knew. */
  restore({ clients, access, refresh, count }: TokenRecords): void {
    refill(this.clients, clients, (client) => client.clientId);
    refill(this.access, access, (token) => token.value);
    refill(this.refresh, refresh, (token) => token.value);
    this.#count = count;
  }

  /** How the log calls this secret: its label, or "unknown". */
  label(value: string): string {
    return this.access.get(value)?.label ?? this.refresh.get(value)?.label ?? "unknown";
  }
}

function refill<T>(map: Map<string, T>, values: readonly T[], keyOf: (value: T) => string): void {
  map.clear();
  for (const value of values) map.set(keyOf(value), value);
}
