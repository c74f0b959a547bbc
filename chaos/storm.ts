import type { Rig } from "../bench/rig.ts";
import { WorldChance } from "../src/world/chance.ts";
import type { Violation } from "../src/world/checks.ts";
import type { ActiveFault } from "../src/world/faults.ts";
import { deal, type Planned } from "./deck.ts";
import type { Fault, Scene } from "./faults.ts";
import type { Mode } from "./options.ts";
import { type Outage, Outages } from "./outages.ts";
import { type Ledger, readLedger } from "./recount.ts";
import { BOT, Stage } from "./stage.ts";
import { idOf } from "./tally.ts";

export interface StormPlan {
  mode: Mode;
  seed: number;
  channels: number;
  /** Messages per second over all channels. */
  perS: number;
  lastsMs: number;
  faults: number;
  cards: readonly Fault[];
  /** Connections broken or moved on purpose, in any minute. */
  breaksPerMinMax: number;
}

/** What a storm came to. */
export interface StormReport {
  /** World time from the start to the last of all channels joined; null when that never happened. */
  joinedMs: number | null;
  said: number;
  /** Lines that went to a live connection. */
  delivered: number;
  /** Of those: not stored. */
  lost: number[];
  /** Stored though no live connection had them. */
  unexplained: number;
  /** Lines delivered more often than once, and what became of that. */
  again: number;
  repeated: number;
  ledger: Ledger;
  calls: number;
  callsDelivered: number;
  answered: number;
  answersPerCallMax: number;
  outages: readonly Outage[];
  struck: ReadonlyMap<string, number>;
  planned: number;
  violations: readonly Violation[];
  joinedAtEnd: number;
  rssMb: number;
  /** Of the machine's time. */
  tookS: number;
}

const STEP_MS = 100;
const MIN_MS = 60_000;
/** All channels must be there within this before it storms. */
const JOIN_MS_MAX = 120_000;
/** Afterwards: a channel from which the bot was thrown out is tried again after a minute, and after another one when that failed. */
const CALM_MS = 160_000;
const CALM_STEPS = CALM_MS / STEP_MS;
/** Faults that had to wait for a connection have so much longer. */
const OVERTIME_STEPS = 300_000 / STEP_MS;
const AFTER_LINES = CALM_STEPS + OVERTIME_STEPS;
/** No fault in the first and in the last seconds of the storm. */
const MARGIN_MS = 2_000;
/** A connection lives so long before it is broken again. */
const UP_MS = 8_000;
/** One line in so many is a call: about one a second at 500 lines a second. */
const CALL_EVERY = 500;
const VIEWERS = 2_000;
const WORDS = "the run boss again nice try what how love this song clip that gg kkkk não sei 😂 Kappa bom demais".split(" ");

/** Runs a world and an app through `plan`, and counts. */
export async function storm(rig: Rig, plan: StormPlan, tell: (text: string) => void): Promise<StormReport> {
  const startedAt = performance.now();
  const steps = Math.ceil(plan.lastsMs / STEP_MS);
  const perStep = (plan.perS * STEP_MS) / 1_000;
  const channels = Array.from({ length: plan.channels }, (_, index) => `room_${index}`);
  await using stage = await Stage.open({ ...plan, channels, linesMax: steps * perStep + AFTER_LINES });
  stage.world.model.script(({ number }) => ({ text: `Answer ${number}.` }));
  await stage.start(rig);
  const joinedMs = await joinAll(stage);
  tell(
    `${plan.mode}: ${stage.joined()} of ${plan.channels} channels joined after ${(joinedMs ?? JOIN_MS_MAX) / 1_000} s of the world's time`,
  );

  const show = new Show(stage, plan, perStep);
  const all = steps * perStep;
  let step = 0;
  for (; stage.tally.said < all; step++) {
    await show.step(step * STEP_MS);
    if (step % (steps / 10) === 0) tell(`${plan.mode}: ${show.told()}`);
  }
  for (const until = step + OVERTIME_STEPS; show.isOwing && step < until; step++) await show.step(step * STEP_MS, 1);
  await show.calm();
  return await show.report(joinedMs, startedAt);
}

/** Steps until every channel is joined; gives how long that took. */
async function joinAll(stage: Stage): Promise<number | null> {
  const from = stage.clock.now().getTime();
  await stage.settle();
  while (stage.joined() < stage.channels.length) {
    if (stage.clock.now().getTime() - from > JOIN_MS_MAX) return null;
    await stage.step(STEP_MS);
  }
  return stage.clock.now().getTime() - from;
}

/** The storm itself: people talk, and things go wrong. */
class Show {
  readonly #stage: Stage;
  readonly #plan: StormPlan;
  readonly #perStep: number;
  readonly #talk: WorldChance;
  readonly #outages: Outages;
  readonly #scene: Scene;
  readonly #due: Planned<Fault>[];
  /** Kills whose time has come while there was nothing to kill. */
  readonly #waiting: Fault[] = [];
  readonly #struck = new Map<string, number>();
  /** Rules that have not struck yet, by the fault they belong to. */
  #rules: { name: string; fault: ActiveFault }[] = [];
  #striking = "";
  #hushedUntilMs = 0;
  /** When connections were broken on purpose, newest last. */
  #breaks: number[] = [];
  readonly #calls = new Set<string>();
  /** Lines of the bot that the world took, by whichever way, by the line that they answer. */
  readonly #answers = new Map<string, number>();

  constructor(stage: Stage, plan: StormPlan, perStep: number) {
    const chance = new WorldChance(plan.seed);
    this.#stage = stage;
    this.#plan = plan;
    this.#perStep = perStep;
    this.#talk = chance.fork("talk");
    this.#outages = new Outages(stage);
    stage.world.chat.onMessage(({ message }) => {
      const call = message.user.login === BOT ? message.reply?.parent.id : undefined;
      if (call !== undefined) this.#answers.set(call, (this.#answers.get(call) ?? 0) + 1);
    });
    const times = { fromMs: MARGIN_MS, toMs: plan.lastsMs - MARGIN_MS };
    this.#due = deal({ ...plan, ...times, count: plan.faults }, chance.fork("deck"));
    this.#scene = {
      stage,
      outages: this.#outages,
      chance: chance.fork("faults"),
      set: (rule) => {
        const fault = stage.world.faults.add(rule);
        this.#rules.push({ name: this.#striking, fault });
        return fault;
      },
      hush: (ms) => {
        this.#hushedUntilMs = this.#now() + ms;
      },
    };
  }

  /** Whether there are faults left that have not struck. */
  get isOwing(): boolean {
    return this.#due.length + this.#waiting.length > 0;
  }

  /** One step of the storm, `atMs` after its beginning, with so many lines. */
  async step(atMs: number, lines = this.#perStep): Promise<void> {
    while (this.#due[0] && this.#due[0].atMs <= atMs) await this.#take(this.#due.shift()?.card);
    await this.#catchUp();
    if (this.#now() >= this.#hushedUntilMs) for (let line = 0; line < lines; line++) this.#say();
    await this.#stage.settle();
    this.#sweep();
    await this.#stage.step(STEP_MS);
    this.#outages.look();
  }

  /** Nothing new goes wrong: what can come back comes back, what was begun is finished. Somebody speaks now and then: what was set to go wrong with a line needs one. */
  async calm(): Promise<void> {
    for (let step = 0; step < CALM_STEPS; step++) {
      this.#say();
      await this.#stage.settle();
      this.#sweep();
      await this.#stage.step(STEP_MS);
      this.#outages.look();
    }
    await this.#stage.app.recorder.flush();
  }

  told(): string {
    const { tally } = this.#stage;
    return `${tally.said} lines said, ${[...this.#struck.values()].reduce((sum, count) => sum + count, 0)} faults, ${this.#stage.unheard.length} lines unheard`;
  }

  async report(joinedMs: number | null, startedAt: number): Promise<StormReport> {
    const { tally, world, app } = this.#stage;
    const ledger = await readLedger(app.database.sql, tally.said);
    const numbers = Array.from({ length: tally.said }, (_, line) => line);
    const isDelivered = (line: number) => (tally.delivered[line] ?? 0) > 0;
    const answers = this.#answers;
    return {
      joinedMs,
      said: tally.said,
      delivered: numbers.filter(isDelivered).length,
      lost: numbers.filter((line) => isDelivered(line) && (ledger.stored[line] ?? 0) === 0),
      unexplained: numbers.filter((line) => !isDelivered(line) && (ledger.stored[line] ?? 0) > 0).length,
      again: numbers.reduce((sum, line) => sum + Math.max(0, (tally.delivered[line] ?? 0) - 1), 0),
      repeated: app.channels.repeated,
      ledger,
      calls: this.#calls.size,
      callsDelivered: numbers.filter((line) => this.#calls.has(idOf(line)) && isDelivered(line)).length,
      answered: answers.size,
      answersPerCallMax: Math.max(0, ...answers.values()),
      outages: this.#outages.all,
      struck: this.#struck,
      planned: this.#plan.faults,
      violations: world.checks(),
      joinedAtEnd: this.#stage.joined(),
      rssMb: process.memoryUsage().rss / 1e6,
      tookS: (performance.now() - startedAt) / 1_000,
    };
  }

  async #take(fault: Fault | undefined): Promise<void> {
    if (fault && !this.#isReady(fault)) this.#waiting.push(fault);
    else await this.#strike(fault);
  }

  /** Strikes what had to wait, the oldest that may. */
  async #catchUp(): Promise<void> {
    const at = this.#waiting.findIndex((fault) => this.#isReady(fault));
    if (at >= 0) await this.#strike(this.#waiting.splice(at, 1)[0]);
  }

  /** Whether there is what the fault needs: a connection that is well, and to be broken one that has had a moment to live. */
  #isReady({ needs }: Fault): boolean {
    if (needs === "none") return true;
    const isWell = this.#outages.upMs > 0 && this.#stage.links().length > 0 && this.#stage.chatState() === "connected";
    if (needs === "link") return isWell;
    this.#breaks = this.#breaks.filter((at) => this.#now() - at < MIN_MS);
    const isRested = this.#outages.upMs >= UP_MS && this.#now() - (this.#breaks.at(-1) ?? 0) >= UP_MS;
    return isWell && isRested && this.#breaks.length < this.#plan.breaksPerMinMax;
  }

  async #strike(fault: Fault | undefined): Promise<void> {
    if (!fault) return;
    await this.#stage.settle();
    this.#striking = fault.name;
    if (fault.needs === "breaks") this.#breaks.push(this.#now());
    const rulesBefore = this.#rules.length;
    await fault.strike(this.#scene);
    // A fault that is nothing but a rule counts when the rule has struck.
    if (fault.needs !== "none") {
      this.#count(fault.name);
      for (const entry of this.#rules.slice(rulesBefore)) entry.name = "";
    }
  }

  /** Takes the rules that have struck out of the world's way, and counts them. */
  #sweep(): void {
    this.#rules = this.#rules.filter(({ name, fault }) => {
      if (fault.struck === 0) return true;
      fault.remove();
      if (name !== "") this.#count(name);
      return false;
    });
  }

  #count(name: string): void {
    this.#struck.set(name, (this.#struck.get(name) ?? 0) + 1);
  }

  /** Somebody says something, somewhere; sometimes to the bot. */
  #say(): void {
    const { world, tally, channels } = this.#stage;
    const id = idOf(tally.next());
    const isCall = this.#talk.int(1, CALL_EVERY) === 1;
    const words = Array.from({ length: this.#talk.int(1, 8) }, () => this.#talk.pick(WORDS)).join(" ");
    if (isCall) this.#calls.add(id);
    const viewer = `viewer_${this.#talk.int(1, VIEWERS)}`;
    world.say(this.#talk.pick(channels), viewer, isCall ? `byte, ${words}?` : words, { id });
  }

  #now(): number {
    return this.#stage.clock.now().getTime();
  }
}
