import type { ChannelFigures, ChannelSummary, PartName, PartStatus, SystemStatus } from "../../src/domain/snapshots.ts";
import type { Stream } from "../../src/domain/streams.ts";
import { Tape } from "../charts.tsx";
import { Icon } from "../components.tsx";
import { type Child, Html, type SafeHtml } from "../html.ts";
import { partLevel, partSentence, verdictOf, worstOf } from "../verdict.ts";
import type { Words } from "../words/index.ts";
import { liveTime } from "./streams.tsx";

export interface StripProps {
  words: Words;
  system: SystemStatus;
  summary: ChannelSummary | null;
  figures: ChannelFigures | null;
  /** How many channels the installation has. */
  channelCount: number;
  /** The focused channel's stream that has not ended. */
  stream?: Stream | null;
  now: Date;
}

/** What stands in the strip (and, smaller, in the pulse): the verdict, then what is measured, then what is connected. */
export function StripPart(p: StripProps): SafeHtml {
  const { words, figures } = p;
  const number = words.format.number;
  const verdict = verdictOf(words, p.system, p.summary, p.channelCount);
  const live = liveTime(words, p.stream ?? null, p.now);
  const focus = p.summary ? `/dashboard?channel=${encodeURIComponent(p.summary.login)}` : "/dashboard";
  return (
    <>
      <div class="verdict" data-state={verdict.state} role="status">
        <Icon name={verdict.icon} />
        <b>{verdict.title}</b>
        <span>
          {live ? `${words.say("strip.live", { time: live })} · ` : ""}
          {verdict.detail}
        </span>
      </div>
      <Tile href={`${focus}#tape`} name={words.say("strip.pace")} value={figures ? number(pace(figures)) : "–"}>
        {figures ? words.say("strip.pace_detail", { count: figures.messages10m }) : words.say("none.yet")}
      </Tile>
      <Tile href={`${focus}#chat`} name={words.say("strip.chatters")} value={figures ? number(figures.chatters10m) : "–"}>
        {figures ? words.say("strip.chatters_detail", { total: figures.chattersTotal }) : words.say("none.yet")}
      </Tile>
      <Tile href={`${focus}#timeline`} name={words.say("strip.replies")} value={figures ? number(figures.repliesTotal) : "–"}>
        {figures ? words.say("strip.replies_detail", { total: figures.messagesTotal }) : words.say("none.yet")}
      </Tile>
      <PartTile {...p} name="model" />
      <PartTile {...p} name="database" />
      <PartTile {...p} name="chat" />
    </>
  );
}

/** Messages of the last full minute, or of the running one when that has more already. */
export function pace(figures: ChannelFigures): number {
  return Math.max(figures.minutes.at(-1)?.messages ?? 0, figures.minutes.at(-2)?.messages ?? 0);
}

function Tile(p: { href: string; name: string; value: string; children: Child }): SafeHtml {
  return (
    <a href={p.href} class="figure">
      <span class="k">{p.name}</span>
      <span class="v">{p.value}</span>
      <span class="s">{p.children}</span>
    </a>
  );
}

function PartTile(p: { words: Words; system: SystemStatus; name: PartName & ("chat" | "database" | "model") }): SafeHtml {
  const { words, system } = p;
  const part = (p.name === "chat" ? twitchTrouble(system) : undefined) ?? system.parts.find(({ name }) => name === p.name);
  const level = part ? partLevel(part) : "info";
  const sentence = part ? partSentence(words, part) : words.say("none.yet");
  const name = part?.name ?? p.name;
  const anchor = name === "accounts" ? "twitch" : "status";
  return (
    <a href={`/dashboard/settings#${anchor}`} class="wire" title={sentence}>
      <span class="k">{words.sayOr(`strip.${name}`, `strip.${p.name}`)}</span>
      <span class="v word" data-level={level}>
        {words.sayOr(`strip.${name}.${level}`, `strip.${p.name}.${level}`)}
      </span>
      <span class="s">{sentence}</span>
    </a>
  );
}

/** What is worst of all that hangs on Twitch; undefined while chat, accounts and events are well. */
function twitchTrouble(system: SystemStatus): PartStatus | undefined {
  const worst = worstOf(system.parts.filter(({ name }) => name === "chat" || name === "accounts" || name === "events"));
  return worst && ["warn", "bad"].includes(partLevel(worst)) ? worst : undefined;
}

/** The tape under the strip: the last hour of the focused channel. */
export function TapePart(p: { words: Words; zone: string; figures: ChannelFigures | null }): SafeHtml {
  return (
    <>
      <Tape words={p.words} zone={p.zone} minutes={p.figures?.minutes ?? []} />
      {p.figures && p.figures.dropped > 0 ? (
        <p class="sm is-warn dropped">
          <Icon name="triangle-alert" />
          {p.words.say("strip.dropped", { count: p.figures.dropped })}
        </p>
      ) : null}
    </>
  );
}
