import type { SafeHtml } from "../../views/html.ts";

/** HTML that we rendered, as an answer. */
export function page(html: SafeHtml, status = 200, headers: Record<string, string> = {}): Response {
  const answer = html.toResponse();
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  return status === 200 ? answer : new Response(answer.body, { status, headers: answer.headers });
}

/** A value for programs. Dates become ISO 8601. */
export function json(value: object, status = 200, headers: Record<string, string> = {}): Response {
  return Response.json(value, { status, headers });
}

/** "See there", after a form. */
export function seeOther(path: string, cookies: readonly string[] = []): Response {
  const headers = new Headers({ location: path });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}

export function isHtmx(request: Request): boolean {
  return request.headers.get("hx-request") === "true";
}
