import { describe, expect, test } from "bun:test";
import { accessOf } from "../../src/http/gate.ts";
import { safeNext } from "../../src/http/security.ts";
import { admin, startServer } from "./server.ts";

/** What a socket answers to exactly these bytes. */
async function rawRequest(port: number, text: string): Promise<string> {
  const ended = Promise.withResolvers<void>();
  let answer = "";
  await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      open: (socket) => void socket.write(text),
      data: (_, bytes) => {
        answer += bytes.toString();
      },
      close: () => ended.resolve(),
    },
  });
  await ended.promise;
  return answer;
}

const FORM = { "content-type": "application/x-www-form-urlencoded" };

describe("F65: nobody comes in by the side", () => {
  test("the default binds this machine only", async () => {
    await using server = await startServer();
    expect(new URL(server.url).hostname).toBe("127.0.0.1");
  });

  test("every route but the listed ones refuses whoever is not signed in", async () => {
    await using server = await startServer();
    const open: string[] = [];
    for (const { method, path } of server.http.app.routes) {
      const answer = await server.fetch(path.replace(/:\w+/, "x"), {
        method,
        ...(method === "POST" ? { body: "", headers: FORM } : {}),
      });
      const location = answer.headers.get("location") ?? "";
      const isRefused = [401, 403].includes(answer.status) || (answer.status === 303 && location.startsWith("/signin"));
      if (!isRefused) open.push(`${method} ${path}`);
    }
    expect(open.sort()).toEqual([
      "GET /",
      "GET /assets/:name",
      "GET /favicon.ico",
      "GET /health",
      "GET /healthz",
      "GET /openapi.json",
      "GET /ready",
      "GET /signin",
      "POST /dashboard/language",
      "POST /dashboard/theme",
      "POST /signin",
    ]);
  });

  test("paths under the guarded roofs are guarded however they are written", () => {
    for (const path of ["/api", "/api/", "/api/x", "/dashboard", "/dashboard/x/y", "/signout"]) {
      expect(["api", "member"]).toContain(accessOf("GET", path));
    }
    expect(accessOf("POST", "/api/hud/messages")).toBe("api");
    expect(accessOf("GET", "/api/hud/messages")).toBe("hud");
  });

  test("a name in Host that is not ours is refused: a page elsewhere may point its own at us", async () => {
    await using server = await startServer({ allowedHosts: ["byte.example"], publicUrl: "https://live.example" });
    const statusFor = async (host: string, path = "/signin") => (await server.fetch(path, { headers: { host } })).status;
    for (const host of [
      "evil.example",
      "127.0.0.1.evil.example",
      "localhost.evil.example",
      "byte.example.evil",
      "a@b",
      "a b",
      "[::1",
      "x:99999",
      "<x>",
    ]) {
      expect([host, await statusFor(host)]).toEqual([host, 403]);
    }
    for (const host of [
      "localhost",
      "LOCALHOST:1234",
      "127.0.0.1",
      "[::1]:80",
      "192.168.0.7:3000",
      "byte.example",
      "live.example",
      "localhost.",
    ]) {
      expect([host, await statusFor(host)]).toEqual([host, 200]);
    }
    expect(await statusFor("evil.example", "/health")).toBe(200);
  });

  test("no spelling of a request leads the router where the gate did not look", async () => {
    await using server = await startServer({ allowedHosts: ["pi", "x"] });
    const { port } = new URL(server.url);
    const targets = ["/ready", "/health", "/signin", "/nowhere", "//", "/.", "", "/assets/app.js"].flatMap((path) =>
      [
        "?/dashboard",
        "/dashboard",
        "?/api/status",
        "#/dashboard",
        "/../dashboard",
        "?x=/dashboard/settings",
        ";/dashboard",
        "%2f..%2fdashboard",
      ].map((tail) => path + tail),
    );
    for (const host of ["pi", "x", "x:1", "", "a@b", `127.0.0.1:${port}`]) {
      for (const target of [...targets, ...targets.map((one) => `http://x${one}`)]) {
        const answer = await rawRequest(Number(port), `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
        expect([host, target, /"parts"|id="stream"/.test(answer)]).toEqual([host, target, false]);
      }
    }
    const own = await rawRequest(Number(port), "GET /signin?/dashboard HTTP/1.1\r\nHost: pi\r\nConnection: close\r\n\r\n");
    expect(own).toStartWith("HTTP/1.1 200");
  });

  test("a change that another site caused is refused, a program's is not", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    const own = new URL(server.url).host;
    const statusFor = async (headers: Record<string, string>) => {
      const answer = await fetch(`${server.url}/dashboard/theme`, {
        method: "POST",
        redirect: "manual",
        body: "theme=dark",
        headers: { ...FORM, cookie, ...headers },
      });
      return answer.status;
    };
    expect(await statusFor({ "sec-fetch-site": "same-origin" })).toBe(303);
    expect(await statusFor({ origin: `http://${own}` })).toBe(303);
    const refused: Record<string, string>[] = [
      {},
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site", origin: `http://${own}` },
      { "sec-fetch-site": "none" },
      { origin: "null" },
      { origin: "https://evil.example" },
      { origin: `http://${own}.evil.example` },
    ];
    for (const headers of refused) expect([headers, await statusFor(headers)]).toEqual([headers, 403]);
    const program = await fetch(`${server.url}/api/channel-control`, {
      method: "POST",
      body: JSON.stringify({ action: "list" }),
      headers: { "x-byte-admin-token": admin.bearer, "sec-fetch-site": "cross-site" },
    });
    expect(program.status).toBe(200);
  });

  test("no answer allows another origin to read it", async () => {
    await using server = await startServer();
    for (const path of ["/api/status", "/signin", "/nowhere", "/health"]) {
      const answer = await server.fetch(path, { headers: { origin: "https://evil.example", "sec-fetch-site": "cross-site" } });
      expect([...answer.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
    expect((await server.fetch("/api/status", { method: "OPTIONS" })).status).toBe(403);
  });
});

test("every answer carries the security headers: pages, errors, redirects, files, streams", async () => {
  await using server = await startServer();
  const cookie = await server.signIn();
  const answers = await Promise.all([
    server.fetch("/signin"),
    server.fetch("/nowhere"),
    server.fetch("/api/nowhere"),
    server.fetch("/dashboard"),
    server.fetch("/dashboard", { cookie }),
    server.fetch("/health"),
    server.fetch("/assets/app.js"),
    server.fetch("/assets/nothing.js"),
    server.fetch("/signin", { method: "POST", body: "x", headers: FORM }),
    server.fetch("/dashboard/events", { cookie }),
  ]);
  for (const answer of answers) {
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("referrer-policy")).toBe("same-origin");
    await answer.body?.cancel();
  }
});

test("where a sign-in leads to is a page of ours, whatever the form says", () => {
  expect(safeNext("/dashboard/channels?channel=ana#x")).toBe("/dashboard/channels?channel=ana#x");
  const hostile = [
    null,
    7,
    "",
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "/dashboard\\..\\x",
    "javascript:alert(1)",
    "/signout",
    "/dashboardx",
    "/dashboard/../signout",
    "\t//evil.example",
    "/%2f/evil",
    "/api/status",
    "/dashboard@evil.example",
  ];
  for (const next of hostile) expect([next, safeNext(next)]).toEqual([next, "/dashboard"]);
});

describe("errors", () => {
  test("are JSON for programs and a page for people, in their language", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    const program = await server.fetch("/api/nowhere", { ...admin });
    expect([program.status, program.headers.get("content-type")]).toEqual([404, "application/json;charset=utf-8"]);
    expect(await program.json()).toMatchObject({ ok: false, error: "not_found" });
    const pages = await Promise.all(
      ["pt-BR", "en-GB", "ja"].map(async (language) => {
        const answer = await server.fetch("/dashboard/nowhere", { cookie, headers: { "accept-language": language } });
        expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
        return (await answer.text()).match(/<html lang="([^"]+)"/)?.[1];
      }),
    );
    expect(pages).toEqual(["pt-BR", "en", "en"]);
    const fragment = await server.fetch("/dashboard/nowhere", { cookie, headers: { "hx-request": "true" } });
    expect(await fragment.text()).toStartWith('<div class="callout bad" role="alert">');
  });

  test("that nobody foresaw say nothing but a number, which finds them in the log", async () => {
    await using server = await startServer();
    const cookie = await server.signIn();
    server.deps.status = () => {
      throw new Error("the password is hunter2");
    };
    const answer = await server.fetch("/api/status", admin);
    const told = (await answer.json()) as { error: string; trace_id: string };
    expect([answer.status, told.error]).toEqual([500, "internal"]);
    const page = await server.fetch("/dashboard", { cookie });
    expect(page.status).toBe(500);
    const html = await page.text();
    expect(JSON.stringify(told) + html).not.toContain("hunter2");
    const bugs = server.logged.filter((line) => line.includes("http.bug"));
    expect(bugs.length).toBe(2);
    expect(bugs[0]).toContain(told.trace_id);
    expect(bugs.join()).not.toContain("hunter2");
  });

  test("of the database being away are 503 and say when to come again", async () => {
    await using server = await startServer();
    server.deps.channels.figures = async () => {
      throw Object.assign(new Error("gone"), { code: "CONNECTION_CLOSED" });
    };
    const answer = await server.fetch("/api/channels/figures?channel=ana", admin);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(await answer.json()).toMatchObject({ ok: false, error: "database_lost" });
  });
});

describe("files", () => {
  test("are kept for ever under their hash, answered 304, and compressed", async () => {
    await using server = await startServer();
    const html = await (await server.fetch("/signin")).text();
    const address = /\/assets\/byte\.css\?v=[a-z0-9]+/.exec(html)?.[0] ?? "";
    const first = await server.fetch(address, { headers: { "accept-encoding": "gzip" } });
    expect(first.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(first.headers.get("content-encoding")).toBe("gzip");
    const zipped = (await first.text()).length;
    const plain = await server.fetch(address, { headers: { "accept-encoding": "identity" } });
    expect([plain.headers.get("content-encoding"), (await plain.text()).length]).toEqual([null, zipped]);
    const etag = plain.headers.get("etag") ?? "";
    expect((await server.fetch(address, { headers: { "accept-encoding": "identity", "if-none-match": etag } })).status).toBe(304);
    expect((await server.fetch("/assets/byte.css?v=old")).headers.get("cache-control")).toBe("no-cache");
  });

  test("that do not exist are 404, names of JavaScript's own and paths upwards included", async () => {
    await using server = await startServer();
    for (const name of ["nothing.js", "constructor", "__proto__", "..%2f..%2fpackage.json", "%2e%2e/package.json"]) {
      expect([name, (await server.fetch(`/assets/${name}`)).status]).toEqual([name, 404]);
    }
  });
});
