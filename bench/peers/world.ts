// The pretend world of the bench, in a process of its own: sends chat, answers as the model, and measures what comes back.
import { renderPrivmsg, startWorld } from "../../src/world/index.ts";
import { answerQuestions } from "../peer.ts";
import { type Answered, BOT, type Sent, type WorldQuestion } from "../pretend.ts";

const world = await startWorld({ purpose: "replay", openChannels: true });
world.addUser({ login: BOT });
const { accessToken } = world.issueToken(BOT);
process.stdout.write(
  `${JSON.stringify({ port: world.port, urls: world.urls, modelUrl: world.urls.model, token: accessToken })}\n`,
);

const CHATTERS = 2_000;
const TEXTS = [
  "pog",
  "kkkkkk",
  "that was amazing",
  "LUL",
  "mano que isso",
  "gg wp",
  "what a play Kappa",
  "primeira vez aqui, adorei a live",
  "hello chat how are you all today",
  "alguém sabe qual é a música que estava tocando agora há pouco?",
];
/** Lines that are due are sent this often. */
const PACE_MS = 5;
const ANSWER_MS_MAX = 8_000;
/** Numbers all lines and chatters of this process. */
let numbered = 0;

/** Lines of `count` chatters' talk; their ids end with a number that grows with the order of sending. */
function* lines(channel: string, count: number): Generator<string> {
  const channelId = world.state.channel(channel).user.id;
  const sentAtMs = Date.now();
  for (let at = 0; at < count; at += 1) {
    numbered += 1;
    const chatter = (numbered * 7_919) % CHATTERS;
    const isSubscriber = chatter % 3 === 0;
    yield renderPrivmsg({
      channelLogin: channel,
      channelId,
      login: `chatter${chatter}`,
      userId: String(900_000 + chatter),
      displayName: `Chatter${chatter}`,
      color: "#1E90FF",
      badges: isSubscriber ? "subscriber/12" : "",
      badgeInfo: isSubscriber ? "subscriber/14" : "",
      isSubscriber,
      // As random ids are: the first part is scattered over the index.
      id: `${scattered(numbered)}-0000-4000-8000-${numbered.toString(16).padStart(12, "0")}`,
      text: `${TEXTS[numbered % TEXTS.length]} ${numbered}`,
      sentAtMs,
    });
  }
}

/** Knuth's multiplicative hash, 32 bits in hex. */
const scattered = (number: number): string => (Math.imul(number, 2_654_435_761) >>> 0).toString(16).padStart(8, "0");

async function feed(channel: string, perS: number, ms: number): Promise<Sent> {
  const startedAt = performance.now();
  const total = Math.round((perS * ms) / 1000);
  let due = 0;
  let sent = 0;
  while (due < total) {
    const now = Math.min(total, Math.floor(((performance.now() - startedAt) / 1000) * perS));
    if (now > due) {
      sent += await world.feed(channel, lines(channel, now - due));
      due = now;
    }
    await Bun.sleep(PACE_MS);
  }
  return { sent, tookMs: performance.now() - startedAt };
}

async function flood(channel: string, count: number): Promise<Sent> {
  const startedAt = performance.now();
  const sent = await world.feed(channel, lines(channel, count));
  return { sent, tookMs: performance.now() - startedAt };
}

/** Says `text` as somebody new; gives how long the bot took to answer there, in ms. */
async function call(channel: string, text: string): Promise<number> {
  numbered += 1;
  const answered = world.said(channel, BOT, ANSWER_MS_MAX);
  const startedAt = performance.now();
  world.say(channel, `caller${numbered}`, text);
  await answered;
  return performance.now() - startedAt;
}

async function calls({ channels, count, modelMs, besidePerS }: Extract<WorldQuestion, { op: "calls" }>) {
  let tookMs = 0;
  world.model.script(async ({ number }) => {
    const startedAt = performance.now();
    await Bun.sleep(modelMs);
    tookMs = performance.now() - startedAt;
    return `That would be answer number ${number}, I think.`;
  });
  const beside = { isOver: false };
  const talk = background(channels, besidePerS, beside);
  const answered: Answered[] = [];
  for (let at = 0; at < count; at += 1) {
    const channel = channels[at % channels.length] ?? "";
    const wholeMs = await call(channel, `byte what do you think of boss number ${at}?`);
    answered.push({ wholeMs, modelMs: tookMs });
    // Not in step with the recorder's batches.
    await Bun.sleep(20 + ((at * 37) % 41));
  }
  beside.isOver = true;
  await talk;
  return { answered };
}

/** Ordinary talk in these channels while something is measured there. */
async function background(channels: readonly string[], perS: number, until: { isOver: boolean }): Promise<void> {
  if (perS === 0) return;
  for (let at = 0; !until.isOver; at += 1) {
    const channel = channels[at % channels.length] ?? "";
    await world.feed(channel, lines(channel, 1));
    await Bun.sleep(1000 / perS);
  }
}

/** One round of calls asks for the status, the next for help: the same answer twice would be held back. */
const BUILT_INS = ["byte status", "byte help"];

async function quiet({ channels, ms, calls: wanted, busy }: Extract<WorldQuestion, { op: "quiet" }>) {
  const flooded = busy === null ? null : feed(busy.channel, busy.perS, ms);
  const startedAt = performance.now();
  const waiting: Promise<number>[] = [];
  let said = 0;
  for (let pastMs = 0; pastMs < ms; pastMs = performance.now() - startedAt) {
    while (waiting.length < Math.floor((pastMs / ms) * wanted)) {
      const text = BUILT_INS[Math.floor(waiting.length / channels.length) % BUILT_INS.length] ?? "";
      waiting.push(call(channels[waiting.length % channels.length] ?? "", text));
    }
    for (; said < Math.floor((pastMs * channels.length) / 1000); said += 1) {
      await world.feed(channels[said % channels.length] ?? "", lines(channels[said % channels.length] ?? "", 1));
    }
    await Bun.sleep(PACE_MS);
  }
  const told = await Promise.allSettled(waiting);
  const answeredMs = told.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  return { said, answeredMs, unanswered: told.length - answeredMs.length, busySent: (await flooded)?.sent ?? 0 };
}

async function answer(question: WorldQuestion): Promise<object> {
  switch (question.op) {
    case "channels":
      for (const login of question.logins) world.addChannel(login, { mods: [BOT] });
      return {};
    case "joined":
      for (const login of question.logins) await world.joined(login, question.login ?? undefined, 60_000);
      return {};
    case "flood":
      return await flood(question.channel, question.count);
    case "feed":
      return await feed(question.channel, question.perS, question.ms);
    case "calls":
      return await calls(question);
    case "quiet":
      return await quiet(question);
    case "raid":
      world.raid(`raider${question.viewers}`, question.channel, question.viewers);
      return {};
  }
}

await answerQuestions(answer);
await world.stop();
