import type { Badge, HistoryLine } from "../../src/domain/chat.ts";
import { Ago, Empty, Icon, Pane, When, Who } from "../components.tsx";
import { safeId } from "../format.ts";
import { type Child, Html, type SafeHtml } from "../html.ts";
import type { IconName } from "../icons.ts";
import type { Words } from "../words/index.ts";

/** Rows kept in the page; older ones leave at the top. */
export const CHAT_ROWS_MAX = 200;

const BADGE: Readonly<Record<Badge, IconName>> = {
  broadcaster: "radio-tower",
  moderator: "sword",
  vip: "gem",
  subscriber: "star",
  first: "user-plus",
};

interface RowsProps {
  words: Words;
  zone: string;
  /** Oldest first. */
  lines: readonly HistoryLine[];
  /** Lines before these that were stored but not shown. */
  skipped?: number;
  /** How long our replies took, in milliseconds, by trace. */
  latencies?: ReadonlyMap<string, number>;
}

/** Chat lines as rows of the feed. */
export function ChatRows({ words, zone, lines, skipped = 0, latencies }: RowsProps): SafeHtml {
  return (
    <>
      {skipped > 0 ? <li class="daymark">{words.say("chat.skipped", { count: skipped })}</li> : null}
      {lines.map((line) => (
        <ChatRow words={words} zone={zone} line={line} latencyMs={line.traceId ? latencies?.get(line.traceId) : undefined} />
      ))}
    </>
  );
}

/** The HTML id of a line's row. */
export function lineId(messageId: string): string {
  return safeId("m", messageId);
}

/** The HTML id of the place where our reply says how long it took. */
export function tookId(traceId: string): string {
  return safeId("took", traceId);
}

function ChatRow(p: { words: Words; zone: string; line: HistoryLine; latencyMs: number | undefined }): SafeHtml {
  const { words, zone, line } = p;
  const isOurs = line.kind === "reply";
  return (
    <li class={isOurs ? "msg byte" : "msg"} id={lineId(line.messageId)}>
      <When at={line.sentAt} words={words} zone={zone} />
      <p>
        {line.badges.map((badge) => (
          <Icon name={BADGE[badge]} label={words.say(`badge.${badge}`)} class="badge" />
        ))}
        {isOurs ? (
          <bdi class="who ours">{line.displayName}</bdi>
        ) : (
          <Who name={line.displayName || line.login} id={line.chatterId} />
        )}{" "}
        <span class="txt" dir="auto">
          <LineText line={line} />
        </span>
        {isOurs ? (
          <>
            {" "}
            <Sent {...p} />
          </>
        ) : null}
        <span class="mark">{line.deletedAt ? <Removed words={words} /> : null}</span>
      </p>
    </li>
  );
}

/** The text with its emotes marked. Ranges are code points; one that is out of order or bounds is left as text. */
function LineText({ line }: { line: HistoryLine }): SafeHtml {
  if (line.emotes.length === 0) return <>{line.text}</>;
  const points = [...line.text];
  const pieces: Child[] = [];
  let from = 0;
  for (const { start, end } of [...line.emotes].sort((a, b) => a.start - b.start)) {
    if (start < from || end < start || end >= points.length) continue;
    pieces.push(points.slice(from, start).join(""), <span class="emo">{points.slice(start, end + 1).join("")}</span>);
    from = end + 1;
  }
  return <>{[...pieces, points.slice(from).join("")]}</>;
}

/** Message ids of replies that Twitch did not confirm begin with this. */
const UNCONFIRMED = "unconfirmed-";

function Sent(p: { words: Words; line: HistoryLine; latencyMs: number | undefined }): SafeHtml {
  const isUnsure = p.line.messageId.startsWith(UNCONFIRMED);
  const word = p.words.say(isUnsure ? "chat.unconfirmed" : "chat.confirmed");
  return (
    <span class={isUnsure ? "sent is-warn" : "sent"} title={isUnsure ? p.words.say("chat.unconfirmed_help") : undefined}>
      <Icon name={isUnsure ? "circle-help" : "check-check"} />
      <span>{word}</span>
      <span class="took" id={p.line.traceId ? tookId(p.line.traceId) : undefined}>
        {p.latencyMs === undefined ? null : p.words.format.duration(p.latencyMs)}
      </span>
    </span>
  );
}

/** What marks a line that Twitch took back; its text is struck by `.msg:has(.gone)`. */
export function Removed({ words }: { words: Words }): SafeHtml {
  return <span class="chip gone">{words.say("chat.deleted")}</span>;
}

/** The live chat. */
export function ChatPanel(p: RowsProps & { now: Date; pace: number | null; trigger?: string }): SafeHtml {
  const { words, lines } = p;
  const last = lines.at(-1);
  return (
    <Pane
      id="chat"
      title={words.say("chat.title")}
      count={
        <span class="count" id="pace">
          {p.pace === null ? null : words.say("chat.pace", { count: p.pace })}
        </span>
      }
    >
      <div class="scroll tail" tabindex="0" role="log" aria-live="off" aria-labelledby="chat-t" data-feed="chat">
        <ol class="feed" id="feed" data-max={CHAT_ROWS_MAX} data-trim="start">
          <ChatRows {...p} />
        </ol>
        <ChatEmpty words={words} trigger={p.trigger ?? "byte"} />
      </div>
      <button
        class="newer btn main"
        type="button"
        hidden
        data-newer="chat"
        data-one={words.say("chat.new", { count: 1 })}
        data-other={words.say("chat.new", { count: 2 })}
      >
        <Icon name="arrow-down" />
        <span />
      </button>
      <footer>
        <span class="dim" id="last-line">
          {last ? (
            <>
              {words.say("chat.last")} <Ago at={last.sentAt} now={p.now} words={words} />
            </>
          ) : null}
        </span>
      </footer>
    </Pane>
  );
}

function ChatEmpty({ words, trigger }: { words: Words; trigger: string }): SafeHtml {
  return (
    <Empty icon="message-square" title={words.say("chat.empty_title")} text={words.say("chat.empty_text")}>
      <p>
        <code>{trigger} help</code>
      </p>
    </Empty>
  );
}
