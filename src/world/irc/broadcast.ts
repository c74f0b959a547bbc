import type { Delivery } from "../chat.ts";
import type { FaultContext } from "../faults.ts";
import { privmsgLine, type ServerLine } from "./render.ts";
import type { IrcServer } from "./server.ts";
import type { IrcSession } from "./session.ts";

/** Sends a chat line to every session of its room but its own, with whatever faults are set for it. */
export function broadcastPrivmsg(server: IrcServer, delivery: Delivery): void {
  const { channel, message } = delivery;
  const room = server.room(channel);
  if (room.size === 0) return;
  const context: FaultContext = { channel: channel.user.login, login: message.user.login };
  const line = bend(server, privmsgLine(channel, message, delivery.home, delivery.nonce), context);
  const frames = framesOf(server, line, context);
  const hide = delivery.viaHelix && !server.core.limits.helixEchoToIrc ? message.user : null;
  for (const session of room) {
    if (session === delivery.exceptSession || (hide && session.user === hide)) continue;
    send(server, session, frames(session));
  }
}

/** Faults that change the line itself. */
function bend(server: IrcServer, line: ServerLine, context: FaultContext): ServerLine {
  const { faults } = server.core;
  let { tags } = line;
  if (faults.take("I3.unknown_tags", context)) tags += ";never-seen-before=1;custom-thing=a=b=c;=;lonely";
  if (faults.take("I3.bad_emotes", context)) tags = tags.replace(/;emotes=[^;]*/, ";emotes=25:04/1902:9-2,900-904/:/86:x-y");
  if (faults.take("I3.huge_tags", context)) tags += `;huge=${"x".repeat(HUGE_TAG_CHARS)}`;
  return { ...line, tags };
}

/** Twitch allows about 8 KB of tags. */
const HUGE_TAG_CHARS = 8_000;

/** Faults that change how often and in which frames it comes. */
function framesOf(server: IrcServer, line: ServerLine, context: FaultContext): (session: IrcSession) => (string | Uint8Array)[] {
  const { faults } = server.core;
  const copies = faults.take("I3.duplicate", context) ? 2 : 1;
  const isJoined = faults.take("I3.joined_frames", context) !== null;
  const isSplit = faults.take("I3.split_frame", context) !== null || server.core.limits.ircFrameSplit;
  const stranger = faults.take("I3.unknown_command", context)
    ? [`:tmi.twitch.tv NEVERSEEN #${String(context.channel)} :what is this`]
    : [];
  const isInvalid = faults.take("I3.invalid_utf8", context) !== null;
  return (session) => {
    const own = session.textOf(line);
    const lines = [...stranger, ...Array<string>(copies).fill(own)].map((text) => `${text}\r\n`);
    const invalid = isInvalid ? [invalidBytes(own)] : [];
    if (isJoined) return [`${lines.join("")}PING :tmi.twitch.tv\r\n`, ...invalid];
    if (isSplit) return [...lines.flatMap((text) => [text.slice(0, text.length >> 1), text.slice(text.length >> 1)]), ...invalid];
    return [...lines, ...invalid];
  };
}

/** The line in a binary frame, with bytes that are not UTF-8 after it. */
function invalidBytes(text: string): Uint8Array {
  const good = new TextEncoder().encode(text);
  const bytes = new Uint8Array(good.length + 5);
  bytes.set(good);
  bytes.set([0xc3, 0x28, 0xff, 0x0d, 0x0a], good.length);
  return bytes;
}

/** Sends frames now, or after the next line's when the order is to be broken. */
function send(server: IrcServer, session: IrcSession, frames: readonly (string | Uint8Array)[]): void {
  const held = server.held.get(session);
  if (!held && server.core.faults.take("I3.reorder", { conn: session.id })) {
    server.held.set(session, frames);
    return;
  }
  server.held.delete(session);
  for (const frame of held ? [...frames, ...held] : frames) {
    if (typeof frame === "string") session.writeFrame(frame);
    else session.writeBytes(frame);
  }
}
