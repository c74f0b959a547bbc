import { Elysia } from "elysia";
import { AppError } from "../domain/errors.ts";
import { accountRoutes } from "./accounts.ts";
import { assetRoutes } from "./assets.ts";
import { Auth } from "./auth.ts";
import { channelRoutes } from "./channels.ts";
import { createContext } from "./context.ts";
import { dashboardRoutes } from "./dashboard.tsx";
import type { HttpDeps } from "./deps.ts";
import { eventRoutes } from "./events.ts";
import { createGate, type Entry, refuseOtherRoute } from "./gate.ts";
import { healthRoutes } from "./health.ts";
import { historyRoutes } from "./history.ts";
import { Hub, type HubStats } from "./hub.ts";
import { hudApiRoutes } from "./hud-api.ts";
import { hudPageRoutes } from "./hud-page.tsx";
import { createLiveRenderer } from "./live.tsx";
import { createLiveSource } from "./live-source.ts";
import { moodRoutes } from "./moods.ts";
import { openapiRoutes } from "./openapi.ts";
import { answerRefusal } from "./refusals.tsx";
import { createSecretBox } from "./secrets.ts";
import { SECURITY_HEADERS } from "./security.ts";
import { settingsRoutes } from "./settings.ts";
import { signinRoutes } from "./signin.tsx";
import { statusRoutes } from "./status.ts";
import { streamRoutes } from "./streams.ts";
import { createStreamsReader } from "./streams-reader.ts";
import { twitchSigninRoutes } from "./twitch-signin.tsx";

/** What the socket takes at most; the gate refuses far less, in words. This is for who does not tell a length. */
const SOCKET_BODY_BYTES_MAX = 1024 * 1024;
/** A connection on which nothing moves is closed; streams are exempt. */
const IDLE_S = 30;

export interface HttpServer {
  /** The routes, for tests that need no socket. */
  app: Pick<Elysia, "handle"> & { routes: readonly { method: string; path: string }[] };
  /** Binds. Throws `unavailable` (`port_in_use`). */
  listen(): Promise<{ url: string; port: number }>;
  /** Ends the streams, lets what is being answered finish within the deadline, then closes. */
  stop(deadlineMs: number): Promise<void>;
  streams(): HubStats;
}

/** The HTTP side of the application: nothing is bound until `listen`. */
export function createServer(deps: HttpDeps, { idleS = IDLE_S } = {}): HttpServer {
  const { config, db, bus, log, clock, chance, channels } = deps;
  const secrets = createSecretBox(deps.key);
  const auth = new Auth({ db, secrets, adminToken: config.adminToken, now: () => clock.now() });
  const streams = createStreamsReader(db, clock, log);
  const hub = new Hub({
    bus,
    log,
    renderer: createLiveRenderer(deps, streams),
    channelId: (login) => channels.find(login)?.channelId ?? null,
    source: createLiveSource(db),
    isValid: (pass) => auth.isValid(pass),
    word: () => chance.uuid().replaceAll("-", "").slice(0, 10),
  });
  const entries = new WeakMap<Request, Entry>();
  const http = createContext(deps, secrets, hub, auth, streams, entries);
  const gate = createGate({ config, auth });

  // Its router looks for the path behind 11 characters of the URL by default, which a short host name does not fill.
  const app = new Elysia({ handler: { standardHostname: false } })
    .onRequest(async ({ request, set }) => {
      Object.assign(set.headers, SECURITY_HEADERS, { "cache-control": "no-store" });
      const entry = await gate(request);
      if (entry instanceof Response) return entry;
      entries.set(request, entry);
    })
    .onBeforeHandle({ as: "global" }, ({ request, route }) => refuseOtherRoute(entries.get(request), request.method, route))
    .onError({ as: "global" }, ({ error, code, request }) => {
      return answerRefusal(http, request, code === "NOT_FOUND" ? new AppError("not_found", "not_found") : error);
    })
    .use(healthRoutes(http))
    .use(assetRoutes())
    .use(signinRoutes(http))
    .use(dashboardRoutes(http))
    .use(settingsRoutes(http))
    .use(hudPageRoutes(http))
    .use(eventRoutes(http))
    .use(channelRoutes(http))
    .use(accountRoutes(http))
    .use(twitchSigninRoutes(http))
    .use(historyRoutes(http))
    .use(moodRoutes(http))
    .use(streamRoutes(http))
    .use(hudApiRoutes(http))
    .use(statusRoutes(http))
    .use(openapiRoutes(http));

  return {
    app,
    async listen() {
      try {
        // Elysia shares a port that is taken unless it is told not to.
        const socket = { hostname: config.host, port: config.port, reusePort: false };
        app.listen({ ...socket, maxRequestBodySize: SOCKET_BODY_BYTES_MAX, idleTimeout: idleS });
      } catch (error) {
        throw portFault(error, config.port);
      }
      const port = app.server?.port ?? config.port;
      return { url: config.publicUrl ?? `http://${shownHost(config.host)}:${port}`, port };
    },
    async stop(deadlineMs) {
      hub.close();
      if (app.server === null) return;
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, deadlineMs);
      await Promise.race([app.stop(), late.promise]);
      clearTimeout(timer);
      if (app.server !== null) await app.stop(true);
    },
    streams: () => hub.stats(),
  };
}

function portFault(error: unknown, port: number): unknown {
  const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  return isTaken ? new AppError("unavailable", "port_in_use", { port: String(port) }) : error;
}

/** Where somebody at this machine reaches what is bound to `host`. */
function shownHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
