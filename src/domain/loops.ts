/**
 * Keeps the agent out of talk with other bots (two of ours included): each would answer the other for
 * ever. Chat does not say who is a bot, so that signs decide: a name, a pace no person types at, the same
 * words again, and a row of calls that each follow soon upon our answer.
 */

/** Bots of many channels, by login. They are recorded and never answered. */
export const KNOWN_BOTS: ReadonlySet<string> = new Set([
  "botisimo",
  "botrixoficial",
  "coebot",
  "commanderroot",
  "creatisbot",
  "deepbot",
  "fossabot",
  "frostytoolsdotcom",
  "kofistreambot",
  "lolrankbot",
  "moobot",
  "nightbot",
  "own3d",
  "phantombot",
  "playwithviewersbot",
  "pokemoncommunitygame",
  "pretzelrocks",
  "remasuri_bot",
  "rainmaker",
  "restreambot",
  "sery_bot",
  "songlistbot",
  "soundalerts",
  "streamelements",
  "streamlabs",
  "streamstickers",
  "supibot",
  "tangiabot",
  "trackerggbot",
  "wizebot",
]);

/** Whether the login is a bot's, as everybody knows or as the operator says. */
export function isKnownBot(login: string, named: readonly string[]): boolean {
  return KNOWN_BOTS.has(login) || named.some((name) => name.toLowerCase() === login);
}

/** What is known of a chatter who called before. */
export interface Caller {
  /** When we last answered; null: not yet. */
  answeredAt: Date | null;
  /** What they last asked, after our name. */
  prompt: string;
  /** Calls in a row that each followed soon upon our answer. */
  chain: number;
}

/** A call that comes later than this after our answer begins anew. */
const CHAIN_GAP_MS = 30_000;
/** Calls in a row before a rest of `CHAIN_GAP_MS`: an eager person gets this far. */
const CHAIN_MAX = 4;
/** The same for an account that calls itself a bot. */
const CHAIN_BOT_MAX = 1;
/** Least time to see an answer and begin to write. */
const NOTICE_MS = 1_000;
/** About 150 words a minute: faster than people write to a chat. */
const TYPING_MS_PER_CHAR = 80;
/** No call is too long to have been written in this time. */
const TYPING_MS_MAX = 10_000;
const BOT_NAME = /bot(?:_*\d*)$/;

/** The chatter's place in the row, when they call again at `now`. */
export function nextChain(caller: Caller, now: Date): number {
  return isSoon(caller, now) ? caller.chain + 1 : 0;
}

/** Whether answering this call would talk with a bot. `prompt` is what was written after our name. */
export function findLoop(caller: Caller, login: string, prompt: string, now: Date): boolean {
  if (!isSoon(caller, now) || caller.answeredAt === null) return false;
  const chainMax = BOT_NAME.test(login) ? CHAIN_BOT_MAX : CHAIN_MAX;
  if (nextChain(caller, now) >= chainMax || prompt === caller.prompt) return true;
  const writingMs = Math.min(NOTICE_MS + prompt.length * TYPING_MS_PER_CHAR, TYPING_MS_MAX);
  return now.getTime() - caller.answeredAt.getTime() < writingMs;
}

function isSoon(caller: Caller, now: Date): boolean {
  return caller.answeredAt !== null && now.getTime() - caller.answeredAt.getTime() < CHAIN_GAP_MS;
}
