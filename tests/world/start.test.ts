import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startWorld } from "../../src/world/index.ts";
import { Wire } from "./support.ts";

test("it refuses production, unless it stands in for Twitch in a demonstration or a replay", async () => {
  await expect(startWorld({ environment: "production" })).rejects.toThrow("does not start in production");
  await expect(startWorld({ environment: "production", purpose: "world" })).rejects.toThrow("does not start in production");
  await using demo = await startWorld({ environment: "production", purpose: "demo" });
  expect(demo.port).toBeGreaterThan(0);
});

test("it listens on 127.0.0.1 alone: another address of the same machine is refused", async () => {
  await using world = await startWorld();
  const at = (host: string) =>
    fetch(`http://${host}:${world.port}/v1/models`).then(
      (response) => response.status,
      () => "refused",
    );
  // Every address of 127/8 is this machine: whoever listens on all of its addresses answers there.
  expect([await at("127.0.0.1"), await at("127.0.0.2")]).toEqual([200, "refused"]);
});

const openssl = Bun.which("openssl");

describe.skipIf(openssl === null)("with a certificate", () => {
  test("it speaks TLS: wss for chat, https for the rest", async () => {
    const folder = mkdtempSync(join(tmpdir(), "byte-tls-"));
    try {
      const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
      const made = Bun.spawnSync(
        [openssl ?? "", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"].concat([
          "-addext",
          "subjectAltName=IP:127.0.0.1",
          "-keyout",
          key,
          "-out",
          cert,
        ]),
      );
      expect(made.exitCode).toBe(0);
      const ca = await Bun.file(cert).text();
      await using world = await startWorld({ tls: { cert: ca, key: await Bun.file(key).text() } });
      expect([world.urls.irc, world.urls.helix]).toEqual([
        `wss://127.0.0.1:${world.port}/irc`,
        `https://127.0.0.1:${world.port}/helix`,
      ]);
      expect((await fetch(`${world.urls.model}/models`, { tls: { ca } })).status).toBe(200);
      const wire = await new Wire(world.urls.irc, "irc", { ca }).opened();
      wire.send("NICK justinfan1");
      expect(await wire.next((text) => text.includes(" 001 "))).toContain("Welcome");
      wire.close();
      await wire.closed;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
