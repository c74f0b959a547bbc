import { safeNext } from "./security.ts";

const ROOFS = ["/dashboard", "/signin"];

/** The page that a form was sent from, as a path of ours; `/dashboard` when it does not say. */
export function pageBefore(request: Request, wanted: string | undefined): string {
  if (wanted !== undefined && wanted !== "") return safeNext(wanted, ROOFS);
  const referer = request.headers.get("referer");
  if (referer === null || !URL.canParse(referer)) return "/dashboard";
  const url = new URL(referer);
  return url.host === request.headers.get("host") ? safeNext(url.pathname + url.search, ROOFS) : "/dashboard";
}
