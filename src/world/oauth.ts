import { brokenBody } from "./broken-body.ts";
import { DeviceCodes } from "./device-codes.ts";
import { withHttpFaults } from "./http-faults.ts";
import type { Grant, WorldClient, WorldRefresh, WorldToken } from "./tokens.ts";
import type { World } from "./world.ts";

interface Code {
  clientId: string;
  redirectUri: string;
  scopes: readonly string[];
  userId: string;
  isUsed: boolean;
}

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** Sign-in: authorization code, device code, client credentials, refresh, validate, revoke. */
export class OAuth {
  readonly devices: DeviceCodes;
  /** Who sits at the consent page: their login, or null when they refuse. A `login` in the URL comes first. */
  approver: string | null = null;
  #world: World;
  #codes = new Map<string, Code>();
  #count = 0;

  constructor(world: World) {
    this.#world = world;
    this.devices = new DeviceCodes(world);
  }

  /** Answers a request. `path` begins after `/oauth2`. */
  async handle(request: Request, path: string): Promise<Response> {
    const { log, tokens } = this.#world;
    const url = new URL(request.url);
    const conn = `id-${++this.#count}`;
    const form = await readForm(request, url);
    const given = form.get("refresh_token") ?? form.get("token") ?? bearerOf(request) ?? "";
    log.add("id", "in", conn, `${request.method} ${path}`, {
      grant: form.get("grant_type") ?? null,
      client: form.get("client_id") ?? null,
      token: given === "" ? null : tokens.label(given),
      secretInUrl: tokens.isIn(url.href),
    });
    const context = { path, grant: form.get("grant_type") ?? null, client: form.get("client_id") ?? null };
    const response = await withHttpFaults(this.#world, context, () => {
      const refused = this.#world.faults.take("A1.refused", context);
      return refused
        ? failure(refused.number("status", 400), refused.text("message", "refused"))
        : this.#answer(request, path, url, form);
    });
    log.add("id", "out", conn, `${request.method} ${path}`, { status: response.status });
    return response;
  }

  #answer(request: Request, path: string, url: URL, form: URLSearchParams): Response | Promise<Response> {
    if (path === "/authorize" && request.method === "GET") return this.#authorize(url);
    if (path === "/validate" && request.method === "GET") return this.#validate(request);
    if (request.method !== "POST") return failure(404, "not found");
    if (path === "/device") return this.#device(form);
    if (path === "/token") return this.#token(form);
    return path === "/revoke" ? this.#revoke(form) : failure(404, "not found");
  }

  #authorize(url: URL): Response {
    const { state, tokens, chance } = this.#world;
    const query = url.searchParams;
    const client = tokens.clients.get(query.get("client_id") ?? "");
    if (!client) return failure(400, "invalid client");
    const redirectUri = query.get("redirect_uri") ?? "";
    if (!URL.canParse(redirectUri)) return failure(400, "redirect_mismatch");
    if (query.get("response_type") !== "code") return failure(400, "invalid response type");
    const back = new URL(redirectUri);
    const login = query.get("login") ?? this.approver;
    const given = query.get("state");
    if (given !== null) back.searchParams.set("state", given);
    if (login === null) {
      back.searchParams.set("error", "access_denied");
      back.searchParams.set("error_description", "The user denied you access");
      return Response.redirect(back.href, 302);
    }
    const scope = query.get("scope") ?? "";
    const code = chance.token(30);
    this.#codes.set(code, {
      clientId: client.clientId,
      redirectUri,
      scopes: words(scope),
      userId: state.user(login).id,
      isUsed: false,
    });
    back.searchParams.set("code", code);
    back.searchParams.set("scope", scope);
    return Response.redirect(back.href, 302);
  }

  #device(form: URLSearchParams): Response {
    const client = this.#world.tokens.clients.get(form.get("client_id") ?? "");
    if (!client) return failure(400, "invalid client id");
    const scopes = form.get("scopes");
    if (scopes === null) return failure(400, "missing scopes");
    const { limits } = this.#world;
    const device = this.devices.add(client.clientId, words(scopes));
    return Response.json({
      device_code: device.deviceCode,
      expires_in: limits.dcfExpiresS,
      interval: limits.dcfIntervalS,
      user_code: device.userCode,
      verification_uri: `http://127.0.0.1:${this.#world.port}/activate?public=true&device-code=${device.userCode}`,
    });
  }

  #token(form: URLSearchParams): Response | Promise<Response> {
    const { tokens } = this.#world;
    const client = tokens.clients.get(form.get("client_id") ?? "");
    if (!client) return failure(400, "invalid client id");
    switch (form.get("grant_type")) {
      case "authorization_code":
        return this.#exchange(client, form);
      case "client_credentials":
        return isSecret(client, form)
          ? appAnswer(tokens.grantApp(client.clientId), this.#world.limits.appTtlS)
          : failure(403, "invalid client secret");
      case "refresh_token":
        return this.#refresh(client, form);
      case DEVICE_GRANT: {
        const polled = this.devices.poll(client.clientId, form.get("device_code") ?? "");
        return typeof polled === "string"
          ? failure(400, polled)
          : grantAnswer(tokens.grant(polled.userId, client.clientId, polled.scopes));
      }
      default:
        return failure(400, "invalid grant type");
    }
  }

  #exchange(client: WorldClient, form: URLSearchParams): Response {
    if (client.kind === "public" || !isSecret(client, form))
      return failure(client.kind === "public" ? 400 : 403, "invalid client secret");
    const code = this.#codes.get(form.get("code") ?? "");
    if (!code || code.isUsed || code.clientId !== client.clientId) return failure(400, "Invalid authorization code");
    if (code.redirectUri !== form.get("redirect_uri"))
      return failure(400, "Parameter redirect_uri does not match registered URI");
    code.isUsed = true;
    return grantAnswer(this.#world.tokens.grant(code.userId, client.clientId, code.scopes));
  }

  async #refresh(client: WorldClient, form: URLSearchParams): Promise<Response> {
    const { tokens, faults, clock, log } = this.#world;
    const value = form.get("refresh_token") ?? "";
    const context = { refresh: tokens.label(value) };
    const refused = faults.take("A1.refresh_refused", context);
    if (refused) return failure(refused.number("status", 400), "Invalid refresh token");
    const away = faults.take("A1.refresh_unavailable", context);
    if (away) return failure(away.number("status", 503), "service unavailable");
    const slow = faults.take("A1.refresh_slow", context);
    if (slow) await new Promise<void>((resolve) => clock.after(slow.number("delayMs", 10_000), resolve));
    if (client.kind === "confidential" && !isSecret(client, form)) return failure(403, "invalid client secret");

    const refresh = tokens.refresh.get(value);
    const problem = this.#refreshProblem(refresh, client);
    log.add("id", "note", null, "refresh", {
      refresh: tokens.label(value),
      ok: problem === null,
      oneTime: refresh?.isOneTime ?? null,
      usedBefore: refresh?.usedAt != null,
    });
    if (problem !== null || !refresh) return failure(400, problem ?? "Invalid refresh token");
    const asked = form.get("scope");
    const scopes = asked === null || asked === "" ? refresh.scopes : words(asked);
    if (!scopes.every((scope) => refresh.scopes.includes(scope))) return failure(400, "invalid scope requested");
    const grant = tokens.renew(refresh, scopes);
    if (faults.take("A1.refresh_answer_lost", context))
      return new Response(brokenBody("{"), { headers: { "content-type": "application/json" } });
    return grantAnswer(grant);
  }

  /** Why a refresh token is refused; a one-time token that comes again may take its whole family along. */
  #refreshProblem(refresh: WorldRefresh | undefined, client: WorldClient): string | null {
    const { tokens, clock, limits } = this.#world;
    if (!refresh || refresh.clientId !== client.clientId || refresh.revokedAt) return "Invalid refresh token";
    if (refresh.expiresAt && refresh.expiresAt <= clock.now()) return "Invalid refresh token";
    if (!refresh.isOneTime || !refresh.usedAt) return null;
    if (limits.refreshReuseRevokes) for (const token of tokens.revokeFamily(refresh.family)) this.#world.tokenDied(token);
    return "Invalid refresh token";
  }

  #validate(request: Request): Response {
    const { tokens, state, clock, faults, log } = this.#world;
    const value = bearerOf(request) ?? "";
    const token = tokens.findValid(value);
    const user = token?.userId == null ? undefined : state.usersById.get(token.userId);
    log.add("id", "note", null, "validate", { token: tokens.label(value), login: user?.login ?? null, ok: token !== null });
    if (!token || faults.take("A3.validate_fails", { token: tokens.label(value) })) return failure(401, "invalid access token");
    return Response.json({
      client_id: token.clientId,
      ...(user ? { login: user.login, user_id: user.id } : {}),
      scopes: token.scopes,
      expires_in: Math.max(0, Math.floor((token.expiresAt.getTime() - clock.now().getTime()) / 1000)),
    });
  }

  #revoke(form: URLSearchParams): Response {
    const { tokens, clock } = this.#world;
    const client = tokens.clients.get(form.get("client_id") ?? "");
    if (!client) return failure(404, "client does not exist");
    const token = tokens.access.get(form.get("token") ?? "");
    if (!token || token.revokedAt || token.clientId !== client.clientId) return failure(400, "Invalid token");
    token.revokedAt = clock.now();
    for (const died of tokens.revokeFamily(token.family)) this.#world.tokenDied(died);
    this.#world.tokenDied(token);
    return new Response(null, { status: 200 });
  }
}

const words = (text: string): string[] => text.split(/[ +]/).filter((word) => word !== "");

const isSecret = (client: WorldClient, form: URLSearchParams): boolean =>
  client.secret !== null && form.get("client_secret") === client.secret;

/** Errors of the sign-in host have no `error` field. */
const failure = (status: number, message: string): Response => Response.json({ status, message }, { status });

const grantAnswer = (grant: Grant): Response =>
  Response.json({
    access_token: grant.accessToken,
    expires_in: grant.expiresInS,
    refresh_token: grant.refreshToken,
    scope: grant.scopes,
    token_type: "bearer",
  });

const appAnswer = (token: WorldToken, ttlS: number): Response =>
  Response.json({ access_token: token.value, expires_in: ttlS, token_type: "bearer" });

/** What came as a form, as JSON or in the query (all three are used by clients). */
async function readForm(request: Request, url: URL): Promise<URLSearchParams> {
  const form = new URLSearchParams(url.searchParams);
  if (request.method !== "POST") return form;
  const text = await request.text();
  if (text.startsWith("{")) {
    const parsed: unknown = JSON.parse(text);
    for (const [key, value] of Object.entries(parsed as Record<string, unknown>)) form.set(key, String(value));
  } else for (const [key, value] of new URLSearchParams(text)) form.set(key, value);
  return form;
}

const bearerOf = (request: Request): string | null =>
  /^(?:OAuth|Bearer) (\S+)$/.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;
