import { ADMIN_TOKEN, type Byte } from "./byte.ts";

/** What the process of many readers is asked for. */
export type ClientsQuestion =
  /** Opens `count` streams; answers when the head of each has come. */
  | { op: "open"; url: string; path: string; cookie: string; count: number }
  /** What came of the messages that left at these instants, waiting for the last at most `waitMs`. */
  | { op: "heard"; sentAt: readonly number[]; waitMs: number };

/** What the readers got. */
export interface Heard {
  /** Of each message the time to reader 0, 1, 2 …; of thousands of readers a fair sample. */
  tookMs: number[];
  /** Messages that some reader did not get, or not in their order. */
  missed: number;
  /** Readers whose stream has ended. */
  closed: number;
  bytes: number;
}

/** Text of the message `number`, that a reader finds again among markup. */
export const markedText = (number: number): string => `${MARK}${number}${MARK_END} look at the chat, there is a question`;
export const MARK = "zq";
export const MARK_END = "qz";

/** Signs in with the code that Byte printed; gives the cookie. */
export async function signIn(byte: Byte): Promise<string> {
  const answer = await fetch(`${byte.url}/signin`, {
    method: "POST",
    body: new URLSearchParams({ code: byte.code }),
    headers: { origin: byte.url, "sec-fetch-site": "same-origin" },
    redirect: "manual",
  });
  const cookie = answer.headers.getSetCookie().find((one) => one.startsWith("byte_session="));
  if (cookie === undefined) throw new Error(`signing in: HTTP ${answer.status}`);
  return cookie.split(";")[0] ?? "";
}

/** Sends message `number` as a program does. */
export async function tellHud(byte: Byte, channel: string, number: number): Promise<void> {
  const answer = await fetch(`${byte.url}/api/hud/messages`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ channel, text: markedText(number), source: "bench" }),
  });
  if (answer.status !== 201) throw new Error(`POST /api/hud/messages: HTTP ${answer.status}`);
  await answer.body?.cancel();
}
