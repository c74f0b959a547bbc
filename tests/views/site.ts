import { ASSETS, type AssetName } from "../../views/assets/index.ts";
import { SafeHtml } from "../../views/html.ts";

/** The policy that the product's pages are served under. */
export const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** What a path of the site answers with. */
export type Answer = SafeHtml | Response | ((request: Request) => SafeHtml | Response | Promise<SafeHtml | Response>);

/** Serves rendered pages and the assets on a free port, under the product's content security policy. */
export function startSite(pages: Readonly<Record<string, Answer>>): { url: string } & Disposable {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const asset = ASSETS[pathname.slice("/assets/".length) as AssetName];
      if (pathname.startsWith("/assets/") && asset) {
        return new Response(new Uint8Array(asset.bytes), {
          headers: { "content-type": asset.type, "cache-control": "max-age=31536000, immutable" },
        });
      }
      const page = pages[pathname];
      if (page === undefined) return new Response("", { status: 404 });
      const answer = typeof page === "function" ? await page(request) : page;
      const response = answer instanceof SafeHtml ? answer.toResponse() : answer.clone();
      response.headers.set("content-security-policy", CSP);
      response.headers.set("x-content-type-options", "nosniff");
      return response;
    },
  });
  return { url: server.url.origin, [Symbol.dispose]: () => void server.stop(true) };
}
