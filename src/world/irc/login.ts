import { writeTags } from "./line.ts";
import type { IrcServer } from "./server.ts";
import type { IrcSession } from "./session.ts";

const ANONYMOUS = /^justinfan\d+$/;

/** NICK: who is this, may they in, and the welcome. */
export function logIn(server: IrcServer, session: IrcSession, nick: string): void {
  const { core } = server;
  const login = nick.toLowerCase();
  if (session.isLoggedIn) return;
  if (ANONYMOUS.test(login)) {
    core.log.add("irc", "in", session.id, "login", { login, ok: true, token: null });
    welcome(session, login);
    return;
  }
  const refusal = refusalOf(server, session, login);
  const token = session.password?.replace(/^oauth:/, "") ?? "";
  core.log.add("irc", "in", session.id, "login", { login, ok: refusal === null, token: core.tokens.label(token) });
  if (refusal !== null) return server.refuse(session, refusal);
  const valid = core.tokens.findValid(token);
  session.user = valid?.userId ? (core.state.usersById.get(valid.userId) ?? null) : null;
  session.token = token;
  if (valid)
    session.cancelExpiry = core.clock.after(valid.expiresAt.getTime() - core.clock.now().getTime(), () =>
      expire(server, session),
    );
  welcome(session, session.user?.login ?? login);
}

/** The session's token has come to its end: with `ircExpiredCloses` so has the session. */
function expire(server: IrcServer, session: IrcSession): void {
  if (server.core.limits.ircExpiredCloses) server.refuse(session);
}

/** Why this login is refused, in Twitch's words, or null. */
function refusalOf(server: IrcServer, session: IrcSession, login: string): string | null {
  const { core } = server;
  const { authMax, authWindowMs } = core.limits;
  if (!server.admit(server.logins, login, authMax, authWindowMs)) return "Login unsuccessful";
  if (core.faults.take("I1.login_failed", { login })) return "Login authentication failed";
  if (session.password === null || !session.password.startsWith("oauth:")) return "Improperly formatted auth";
  const token = core.tokens.findValid(session.password.slice("oauth:".length));
  if (token?.kind !== "user" || !token.scopes.includes("chat:read")) return "Login authentication failed";
  return core.state.usersById.get(token.userId ?? "")?.login === login ? null : "Login authentication failed";
}

function welcome(session: IrcSession, nick: string): void {
  session.nick = nick;
  session.isLoggedIn = true;
  const lines = [
    `:tmi.twitch.tv 001 ${nick} :Welcome, GLHF!`,
    `:tmi.twitch.tv 002 ${nick} :Your host is tmi.twitch.tv`,
    `:tmi.twitch.tv 003 ${nick} :This server is rather new`,
    `:tmi.twitch.tv 004 ${nick} :-`,
    `:tmi.twitch.tv 375 ${nick} :-`,
    `:tmi.twitch.tv 372 ${nick} :You are in a maze of twisty passages, all alike.`,
    `:tmi.twitch.tv 376 ${nick} :>`,
  ];
  const { user } = session;
  if (user && session.capabilities.has("twitch.tv/commands")) {
    const tags = writeTags({
      "badge-info": "",
      badges: "",
      color: user.color,
      "display-name": user.displayName,
      "emote-sets": "0",
      turbo: 0,
      "user-id": user.id,
      "user-type": user.type,
    });
    lines.push(session.textOf({ tags, line: ":tmi.twitch.tv GLOBALUSERSTATE" }));
  }
  session.write(...lines);
}
