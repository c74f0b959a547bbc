import { RAIDERS } from "./cast.ts";
import { LINE_BOOKS } from "./lines.ts";
import type { ChannelShow } from "./show.ts";

/** What can happen on a stream, with how often against the others. */
const INCIDENTS: readonly (readonly [weight: number, run: (show: ChannelShow) => void])[] = [
  [4, resub],
  [3, newSub],
  [3, cheer],
  [2, gifts],
  [1, raid],
  [1.5, nuisance],
  [2, followers],
  [1, streak],
  [1, slip],
];

export function runIncident(show: ChannelShow): void {
  let at = show.chance.next() * INCIDENTS.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, run] of INCIDENTS) {
    at -= weight;
    if (at <= 0) return run(show);
  }
}

function resub(show: ChannelShow): void {
  const who = show.someone((chatter) => chatter.role === "sub" || chatter.role === "mod");
  if (!who) return;
  const { world, channel } = show;
  const sub = world.state.channel(channel.login).subs.get(world.state.user(who.login).id);
  const text = show.writer.write("own_support", who, { streamer: channel.login, game: channel.game, name: who.displayName });
  world.sub(channel.login, who.login, {
    months: (sub?.months ?? 1) + 1,
    isPrime: show.chance.is(0.4),
    text: show.chance.is(0.7) ? text : "",
  });
  show.chorus("support", show.chance.int(1, 3), 9_000);
}

function newSub(show: ChannelShow): void {
  const who = show.someone((chatter) => chatter.role === "viewer" || chatter.role === "newcomer");
  if (!who) return;
  show.world.sub(show.channel.login, who.login, { isPrime: show.chance.is(0.5) });
  show.chorus("support", show.chance.int(2, 4), 10_000);
}

function cheer(show: ChannelShow): void {
  const who = show.someone();
  if (!who) return;
  const text = show.writer.write("own_support", who, {
    streamer: show.channel.login,
    game: show.channel.game,
    name: who.displayName,
  });
  show.world.cheer(show.channel.login, who.login, show.chance.pick([50, 100, 100, 200, 300, 500, 1_000]), text);
  show.chorus("support", show.chance.int(1, 3), 8_000);
}

function gifts(show: ChannelShow): void {
  const who = show.someone();
  if (!who) return;
  const count = show.chance.pick([1, 1, 2, 3, 5]);
  const recipients = show.cast.filter((chatter) => chatter !== who).map((chatter) => chatter.login);
  show.world.gift(show.channel.login, who.login, count, {
    recipients: recipients.slice(0, count),
    isAnonymous: show.chance.is(0.15),
  });
  show.chorus("support", 2 + count, 10_000);
}

function raid(show: ChannelShow): void {
  const from = show.chance.pick(RAIDERS[show.channel.language]);
  const viewers = show.chance.int(12, 140);
  show.world.addUser({ login: from.toLowerCase(), displayName: from });
  show.world.raid(from.toLowerCase(), show.channel.login, viewers);
  const stream = show.world.state.channel(show.channel.login).stream;
  show.world.setViewers(show.channel.login, (stream?.viewerCount ?? 0) + viewers);
  show.chorus("raid", show.chance.int(6, 12), 15_000);
  show.mood = "hype";
}

/** Somebody misbehaves, is silenced by a moderator, and the chat breathes again. */
function nuisance(show: ChannelShow): void {
  const { world, channel, chance } = show;
  const login = `${chance.pick(["xx_hater", "promo_gratis", "angry_pigeon", "spam_lord", "free_stuff"])}${chance.int(10, 999)}`;
  const lines = LINE_BOOKS[channel.language].lines.nuisance;
  world.say(channel.login, login, chance.pick(lines));
  show.later(1_500, () => world.say(channel.login, login, chance.pick(lines)));
  show.later(4_000, () => world.timeout(channel.login, login, chance.pick([60, 300, 600]), "spam"));
  show.later(6_500, () => show.say("after_nuisance"));
  show.later(9_000, () => show.say("after_nuisance"));
}

function followers(show: ChannelShow): void {
  for (let i = show.chance.int(1, 3); i > 0; i--)
    show.world.follow(show.channel.login, `viewer_${show.chance.int(1_000, 99_999)}`);
  show.chorus("greet", 1, 6_000);
}

function streak(show: ChannelShow): void {
  const who = show.someone((chatter) => chatter.role !== "newcomer");
  if (who) show.world.watchStreak(show.channel.login, who.login, show.chance.pick([3, 5, 7, 10, 15]));
}

/** A moderator takes one message back. */
function slip(show: ChannelShow): void {
  const id = show.say("calm");
  if (id !== null) show.later(3_500, () => show.world.delete(show.channel.login, id));
}
