import type { Level } from "../../src/domain/events.ts";
import type { ChannelSummary, FeatureGap } from "../../src/domain/snapshots.ts";
import { Ago, Dot, Empty, Face, Field, Icon, Pane } from "../components.tsx";
import { type Child, Html, raw, type SafeHtml } from "../html.ts";
import { channelSentence } from "../verdict.ts";
import type { Words } from "../words/index.ts";
import type { Fault } from "./hud.tsx";

const STATE_LEVEL: Readonly<Record<ChannelSummary["state"], Level | "off">> = {
  joined: "ok",
  joining: "off",
  waiting: "off",
  elsewhere: "info",
  failed: "warn",
};

/** The level at which a channel is shown. */
export function channelLevel(channel: ChannelSummary): Level | "off" {
  return STATE_LEVEL[channel.state];
}

interface RowsProps {
  words: Words;
  now: Date;
  channels: readonly ChannelSummary[];
  /** What is off for want of a Twitch account or a permission. */
  gaps?: readonly FeatureGap[];
  /** Login of the channel in focus, if one is. */
  focused?: string | null;
}

/** The rows of the list of channels. */
export function ChannelRows(p: RowsProps): SafeHtml {
  return (
    <>
      {p.channels.map((channel) => (
        <ChannelRow {...p} channel={channel} />
      ))}
    </>
  );
}

function ChannelRow(p: RowsProps & { channel: ChannelSummary }): SafeHtml {
  const { words, channel } = p;
  const { login } = channel;
  const leave = `/dashboard/channels/${encodeURIComponent(login)}/part`;
  return (
    <tr id={`c-${login}`} aria-current={login === p.focused ? "true" : undefined}>
      <th scope="row">
        <a class="cell-name" href={`/dashboard?channel=${encodeURIComponent(login)}`}>
          <Face login={login} />
          <span>
            <bdi>{login}</bdi>
            <small>
              <Dot level={channelLevel(channel)} />
              {channelSentence(words, channel)}
            </small>
          </span>
        </a>
        <GapCount {...p} />
      </th>
      <td class="n opt2">{words.format.number(channel.messages10m)}</td>
      <td class="n opt dim">
        {channel.lastMessageAt ? <Ago at={channel.lastMessageAt} now={p.now} words={words} /> : words.say("channels.never")}
      </td>
      <td class="n">
        <form method="post" action={leave} hx-post={leave} hx-target="#notice" hx-swap="innerHTML">
          <button class="btn" type="submit" aria-label={words.say("channels.part_of", { channel: login })}>
            <Icon name="log-out" />
            {words.say("channels.part")}
          </button>
        </form>
      </td>
    </tr>
  );
}

/** How many features are off in the channel, and a way to what turns them on. */
function GapCount({ words, channel, gaps = [] }: RowsProps & { channel: ChannelSummary }): SafeHtml {
  const count = new Set(gaps.filter(({ channelLogin }) => channelLogin === channel.login).map(({ feature }) => feature)).size;
  if (count === 0) return raw("");
  return (
    <a class="gap-count" href="/dashboard/settings#twitch-off">
      {words.say("channels.gaps", { count })}
    </a>
  );
}

/** Joins a channel. With `fault` it keeps what was typed and says how to mend it. */
export function JoinForm({ words, fault = null }: { words: Words; fault?: Fault | null }): SafeHtml {
  return (
    <form
      class="body form"
      id="join-form"
      method="post"
      action="/dashboard/channels"
      novalidate
      hx-post="/dashboard/channels"
      hx-target="#join-form"
      hx-swap="outerHTML"
    >
      <Field
        id="login"
        label={words.say("channels.join_label")}
        error={fault?.error ?? null}
        help={words.say("channels.join_help")}
      >
        <span class="with-btn">
          <input
            class="input"
            type="text"
            id="login"
            name="login"
            required
            maxlength="60"
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            value={fault?.value}
            aria-invalid={fault ? "true" : undefined}
            aria-describedby={fault ? "login-e login-h" : "login-h"}
          />
          <button class="btn main" type="submit">
            <Icon name="plus" />
            {words.say("channels.join")}
          </button>
        </span>
      </Field>
    </form>
  );
}

/** Says that a channel was left, and takes it back on request. Goes where `#notice` is. */
export function PartedNotice({ words, login }: { words: Words; login: string }): SafeHtml {
  return (
    <form
      class="undo"
      method="post"
      action="/dashboard/channels"
      hx-post="/dashboard/channels"
      hx-target="#notice"
      hx-swap="innerHTML"
    >
      <Icon name="log-out" />
      <p role="status">{words.parts("channels.parted_toast", { channel: <bdi>{login}</bdi> })}</p>
      <input type="hidden" name="login" value={login} />
      <button class="btn" type="submit">
        <Icon name="undo-2" />
        {words.say("channels.undo")}
      </button>
    </form>
  );
}

/** Says that a channel is being joined. */
export function JoinedNotice({ words, login }: { words: Words; login: string }): SafeHtml {
  return (
    <p class="callout ok" role="status">
      <Icon name="circle-check" />
      <span>{words.parts("channels.joined_toast", { channel: <bdi>{login}</bdi> })}</span>
    </p>
  );
}

/** How many channels there are, in words. */
export function ChannelCount({ words, channels }: { words: Words; channels: readonly ChannelSummary[] }): SafeHtml {
  const joined = channels.filter(({ state }) => state === "joined").length;
  return <>{words.say("channels.joined_count", { count: joined })}</>;
}

/** All channels, and how to add one. */
export function ChannelsPanels(p: RowsProps & { fault?: Fault | null; children?: Child }): SafeHtml {
  const { words } = p;
  return (
    <div class="cols-2">
      <div class="stack">
        <div id="notice" />
        <Pane
          id="channels"
          title={words.say("channels.title")}
          count={
            <span class="count" id="channels-count">
              <ChannelCount {...p} />
            </span>
          }
        >
          <table class="table">
            <thead>
              <tr>
                <th scope="col">{words.say("channels.name")}</th>
                <th scope="col" class="n opt2">
                  {words.say("channels.messages10m")}
                </th>
                <th scope="col" class="n opt">
                  {words.say("channels.last")}
                </th>
                <th scope="col" class="n">
                  <span class="vh">{words.say("channels.actions")}</span>
                </th>
              </tr>
            </thead>
            <tbody id="channel-rows">
              <ChannelRows {...p} />
            </tbody>
          </table>
          <Empty icon="radio-tower" title={words.say("channels.empty_title")} text={words.say("channels.empty_text")} />
        </Pane>
        {p.children}
      </div>
      <div class="stack">
        <Pane id="join" title={words.say("channels.join_title")}>
          <JoinForm words={words} fault={p.fault ?? null} />
        </Pane>
        <FromChat words={words} />
      </div>
    </div>
  );
}

function FromChat({ words }: { words: Words }): SafeHtml {
  return (
    <Pane id="from-chat" title={words.say("channels.from_chat")}>
      <div class="body">
        <p class="soft">{words.say("channels.from_chat_text")}</p>
        <ul class="commands">
          {["byte channels", "byte join alice", "byte part alice"].map((command) => (
            <li>
              <code>{command}</code>
            </li>
          ))}
        </ul>
        <p class="dim sm">{words.say("channels.from_chat_owner")}</p>
      </div>
    </Pane>
  );
}
