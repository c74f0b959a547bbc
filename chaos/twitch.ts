import { figure, median } from "../bench/figures.ts";
import type { Row } from "../bench/report.ts";
import type { Rig } from "../bench/rig.ts";
import { EVENTSUB_FAULTS } from "./faults-eventsub.ts";
import { IRC_FAULTS } from "./faults-irc.ts";
import type { ChaosOptions, Mode } from "./options.ts";
import { noticeMs, type Outage, resumeMs } from "./outages.ts";
import { type StormPlan, type StormReport, storm } from "./storm.ts";

const CHANNELS = 50;
const PER_S = 500;
const LASTS_MS = 600_000;
const FAULTS = 200;
/** What a quick run is shortened by. */
const QUICK = 20;

/**
 * The world calls more than ten connects in a minute a storm of the client's: the breaking itself must not cause one. Over
 * EventSub each break costs two connects, because fifty channels need more subscriptions than one connection may have.
 */
const BREAKS_PER_MIN_MAX = { irc: 7, eventsub: 3 } as const;

const JOINED_MS_MAX = 30_000;
const RESUME_MS_MAX = 5_000;
const NOTICE_MS_MAX = 15_000;

/** Levels of the connection to Twitch: a storm over each way to read chat, and its figures as rows. */
export async function stormRows(rig: Rig, mode: Mode, options: ChaosOptions, tell: (text: string) => void): Promise<Row[]> {
  const scale = options.isQuick ? QUICK : 1;
  const plan: StormPlan = {
    mode,
    seed: options.seed,
    channels: CHANNELS,
    perS: PER_S,
    lastsMs: LASTS_MS / scale,
    faults: FAULTS / scale,
    cards: mode === "irc" ? IRC_FAULTS : EVENTSUB_FAULTS,
    breaksPerMinMax: BREAKS_PER_MIN_MAX[mode],
  };
  const report = await storm(rig, plan, tell);
  return [joinRow(plan, report), ...lineRows(plan, report), ...linkRows(plan, report), ...worldRows(plan, report)];
}

function joinRow(plan: StormPlan, { joinedMs, violations }: StormReport): Row {
  const over = violations.filter((violation) => violation.check === "join_budget").length;
  return {
    what: `${plan.mode}: ${plan.channels} channels joined`,
    level: `≤ ${JOINED_MS_MAX / 1_000} s, 0 over 20 per 10 s`,
    measured: `${joinedMs === null ? "never" : `${seconds(joinedMs)} s`}, ${over} over`,
    isMet: joinedMs !== null && joinedMs <= JOINED_MS_MAX && over === 0,
    beside: "world time from the start; the JOINs of all later reconnects count for the second figure",
  };
}

function lineRows({ mode }: StormPlan, report: StormReport): Row[] {
  const { ledger, lost, delivered, said } = report;
  const twice = ledger.twice + ledger.miscounted + ledger.askedTwice + ledger.sentTwice;
  return [
    {
      what: `${mode}: lost of what reached a live connection`,
      level: "0",
      measured: `${figure(lost.length)} of ${figure(delivered)}`,
      isMet: lost.length === 0 && report.unexplained === 0 && delivered > 0,
      beside: `${figure(said)} said, ${figure(said - delivered)} while away or not in the room; ${figure(report.unexplained)} stored that no live connection had`,
    },
    {
      what: `${mode}: stored or handled twice`,
      level: "0",
      measured: figure(twice),
      isMet: twice === 0,
      beside: `rows ${ledger.twice}, figures off by ${ledger.miscounted}, calls taken up ${ledger.askedTwice}, said ${ledger.sentTwice}; ${report.again} lines came again, ${report.repeated} known at once`,
    },
    {
      what: `${mode}: answers per call`,
      level: "≤ 1",
      measured: figure(report.answersPerCallMax),
      isMet: report.answersPerCallMax <= 1 && report.answered > 0,
      beside: `${figure(report.calls)} calls, ${figure(report.callsDelivered)} heard, ${figure(report.answered)} answered`,
    },
  ];
}

function linkRows({ mode }: StormPlan, { outages }: StormReport): Row[] {
  const isSlow = (outage: Outage) => outage.kind === "login refused" || outage.kind === "token expired";
  const quick = outages.filter((outage) => !isSlow(outage));
  const resumed = quick.map(resumeMs);
  const noticed = outages.filter((outage) => outage.kind === "half open").map(noticeMs);
  return [
    {
      what: `${mode}: resumed after a break`,
      level: `≤ ${RESUME_MS_MAX / 1_000} s`,
      measured: `p100 ${worst(resumed)}`,
      isMet: resumed.every((ms) => ms !== null && ms <= RESUME_MS_MAX),
      beside: `${quick.length} breaks, half of them within ${half(resumed)}, ${resumed.filter((ms) => ms === null || ms > RESUME_MS_MAX).length} slower than the level; first channel after ${worst(quick.map(firstJoinMs))}; after a refused login or token ${worst(outages.filter(isSlow).map(resumeMs))}`,
    },
    {
      what: `${mode}: half open, noticed with traffic expected`,
      level: `≤ ${NOTICE_MS_MAX / 1_000} s`,
      measured: noticed.length === 0 ? "none happened" : `p100 ${worst(noticed)}`,
      isMet: noticed.length === 0 ? null : noticed.every((ms) => ms !== null && ms <= NOTICE_MS_MAX),
      beside: `${noticed.length} times`,
    },
  ];
}

/** From the welcome to the first channel; null when the next break came before. */
const firstJoinMs = (outage: Outage): number | null =>
  outage.firstJoinAt === null || outage.connectedAt === null ? 0 : outage.firstJoinAt - outage.connectedAt;

function worldRows({ mode, channels, faults }: StormPlan, report: StormReport): Row[] {
  const struck = [...report.struck.values()].reduce((sum, count) => sum + count, 0);
  const kinds = new Map<string, number>();
  for (const { check } of report.violations) kinds.set(check, (kinds.get(check) ?? 0) + 1);
  return [
    {
      what: `${mode}: Twitch's rules broken`,
      level: "0",
      measured: figure(report.violations.length),
      isMet: report.violations.length === 0,
      beside: [...kinds].map(([kind, count]) => `${kind} ${count}`).join(", "),
    },
    {
      what: `${mode}: in all channels again at the end`,
      level: figure(channels),
      measured: figure(report.joinedAtEnd),
      isMet: report.joinedAtEnd === channels,
      beside: "160 s of the world's time after the storm",
    },
    {
      what: `${mode}: faults that struck`,
      level: figure(faults),
      measured: figure(struck),
      isMet: struck >= faults,
      beside: `${report.struck.size} kinds; memory (RSS) of world and app together ${figure(report.rssMb)} MB; ${figure(report.tookS)} s on the machine's clock`,
    },
  ];
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(1);

/** The median, of those that ended. */
function half(values: readonly (number | null)[]): string {
  const ended = values.filter((ms) => ms !== null);
  return ended.length === 0 ? "never" : `${seconds(median(ended))} s`;
}

/** The longest; "never" when one of them never ended. */
function worst(values: readonly (number | null)[]): string {
  if (values.includes(null)) return "never";
  return values.length === 0 ? "none" : `${seconds(Math.max(...(values as number[])))} s`;
}
