import { AppError } from "../domain/errors.ts";
import type { TimelineEvent } from "../domain/events.ts";
import type { Log } from "../ports.ts";
import type { Bus, BusMessage } from "../runtime/bus.ts";
import { Feeds, type FeedsDeps } from "./feeds.ts";
import type { LiveFeed } from "./live-feed.ts";
import type { LogItem, LogSlice } from "./live-log.ts";
import type { FreshRows, LiveRenderer, PartKind, ViewSpec } from "./live-view.ts";
import { BEAT, type Cursor, encodeCursor, encodeFrame, STREAM_HEADERS, STREAM_OPENING } from "./sse.ts";

export interface HubDeps extends FeedsDeps {
  bus: Bus;
  log: Log;
  renderer: LiveRenderer;
  /** Broadcaster id of a channel, or null while it is not known. */
  channelId(login: string): string | null;
  /** Whether what opened a stream (`pass`) still may. Asked once a second for each pass in use. */
  isValid(pass: string): Promise<boolean>;
}

/** Streams open at once; one more is refused. */
const CLIENTS_MAX = 4_000;
/** Bytes that may wait for one reader; who is further behind is cut off, comes back and is replayed. */
const HIGH_WATER_BYTES = 256 * 1024;
/** Below the 8 s that the slowest of the known timeouts allows. */
const BEAT_MS = 5_000;
const TICK_MS = 1_000;
/** Least time between two flushes of a view; longer after a flood, which nobody could read. */
const FLUSH_MS = 20;
const FLUSH_FLOOD_MS = 200;
const FLOOD_ROWS = 10;
/** Chat rows of one flush; the newest are kept, the rest is told as a number. */
const FLUSH_ROWS_MAX = 40;
/** Figures are drawn again after this long even when nobody chats: the minute moves on. */
const FIGURES_MS = 10_000;
/** Changes of status that come within this time are told as one. */
const STATUS_MS = 50;
/** Catch-ups kept at once: after a restart all readers come with the same cursor. */
const CATCH_UPS_MAX = 32;

type Out = ReadableStreamDefaultController<Uint8Array>;

interface Client {
  pass: string;
  /** Null once it left. */
  out: Out | null;
  /** Null until it has caught up. */
  view: View | null;
}

interface View {
  key: string;
  spec: ViewSpec;
  feed: LiveFeed;
  clients: Set<Client>;
  /** All up to this place was sent to every reader. */
  sentN: number;
  linesSeen: number;
  flushedAt: number;
  flushEveryMs: number;
  timer: ReturnType<typeof setTimeout> | "soon" | null;
  parts: Map<string, string>;
  figuresAt: number;
  figuresLines: number;
  isStatusDue: boolean;
  catchUps: Map<string, Uint8Array>;
}

/** How the streams are, for the status page and the benchmark. */
export interface HubStats {
  clients: number;
  views: number;
  opened: number;
  /** Readers cut off because they were too slow. */
  cut: number;
  refused: number;
}

/** Live streams: each view is drawn and encoded once, and its bytes go to all who look at it. */
export class Hub {
  readonly #deps: HubDeps;
  readonly #views = new Map<string, View>();
  readonly #feeds: Feeds;
  readonly #encoder = new TextEncoder();
  readonly #opening = this.#encoder.encode(STREAM_OPENING);
  readonly #beat = this.#encoder.encode(BEAT);
  readonly #timers: ReturnType<typeof setInterval>[];
  readonly #unsubscribe: () => void;
  readonly #stats = { clients: 0, opened: 0, cut: 0, refused: 0 };
  #statusTimer: ReturnType<typeof setTimeout> | null = null;
  #isTicking = false;
  #isClosed = false;

  constructor(deps: HubDeps) {
    this.#deps = deps;
    this.#feeds = new Feeds(deps);
    this.#unsubscribe = deps.bus.subscribe((message) => this.#take(message));
    this.#timers = [setInterval(() => this.#sendBeat(), BEAT_MS), setInterval(() => void this.#tick(), TICK_MS)];
  }

  stats(): HubStats {
    return { ...this.#stats, views: this.#views.size };
  }

  /**
   * Opens a stream that begins after `cursor` (null: with what comes next). `pass` names what opened
   * it, for `isValid` and `cutOff`. Throws `unavailable` when there are too many.
   */
  open(spec: ViewSpec, pass: string, cursor: Cursor | null, signal: AbortSignal): Response {
    if (this.#isClosed || this.#stats.clients >= CLIENTS_MAX) {
      this.#stats.refused += 1;
      throw new AppError("unavailable", "clients_full");
    }
    const client: Client = { pass, out: null, view: null };
    const leave = () => this.#remove(client);
    const body = new ReadableStream<Uint8Array>(
      {
        start: (out) => {
          client.out = out;
          this.#stats.clients += 1;
          this.#stats.opened += 1;
          out.enqueue(this.#opening);
          this.#join(client, spec, cursor).catch((error: unknown) => {
            this.#complain("live.join_failed", error);
            this.#end(client);
          });
        },
        cancel: leave,
      },
      new ByteLengthQueuingStrategy({ highWaterMark: HIGH_WATER_BYTES }),
    );
    signal.addEventListener("abort", leave, { once: true });
    return new Response(body, { headers: STREAM_HEADERS });
  }

  /** What is remembered of a channel, for a page that cannot ask the database; null when nothing is. */
  recall(login: string): { log: LogSlice; cursor: Cursor } | null {
    const feed = this.#feeds.find("dashboard", this.#deps.channelId(login));
    return feed === null ? null : { log: feed.log.after(-1), cursor: feed.cursorAt(feed.log.head) };
  }

  /** Ends the streams whose pass is such, at once. */
  cutOff(isSuch: (pass: string) => boolean): void {
    for (const view of this.#views.values()) {
      for (const client of [...view.clients]) if (isSuch(client.pass)) this.#end(client);
    }
  }

  /** Ends all streams; no more are opened. */
  close(): void {
    this.#isClosed = true;
    this.#unsubscribe();
    for (const timer of this.#timers) clearInterval(timer);
    if (this.#statusTimer !== null) clearTimeout(this.#statusTimer);
    this.cutOff(() => true);
  }

  async #join(client: Client, spec: ViewSpec, cursor: Cursor | null): Promise<void> {
    const feed = this.#feeds.get(spec.kind, this.#deps.channelId(spec.login), () => this.#feedsInUse());
    await (cursor === null ? feed.open() : feed.prepare(cursor));
    if (client.out === null || this.#isClosed) return this.#end(client);
    const view = this.#view(spec, feed);
    this.#flush(view);
    view.clients.add(client);
    client.view = view;
    if (cursor === null) return;
    this.#send(client, this.#catchUp(view, cursor));
    view.parts.clear();
    [view.figuresAt, view.isStatusDue] = [Number.NEGATIVE_INFINITY, true];
  }

  /** What a reader at `cursor` must be sent to be where all others of the view are. */
  #catchUp(view: View, cursor: Cursor): Uint8Array {
    const key = encodeCursor(cursor);
    const known = view.catchUps.get(key);
    if (known !== undefined) return known;
    const slice = view.feed.since(cursor);
    const isWhole = slice === null && view.spec.kind === "dashboard";
    const rows = { ...(slice ?? view.feed.log.after(-1)), skipped: 0 };
    const bytes = this.#encode(view, rows, isWhole);
    if (view.catchUps.size < CATCH_UPS_MAX) view.catchUps.set(key, bytes);
    return bytes;
  }

  #take(message: BusMessage): void {
    const { kind } = message;
    if (kind !== "event" && kind !== "lines" && kind !== "lines_deleted") return this.#statusChanged();
    const channelId = message.kind === "event" ? message.event.channelId : message.channelId;
    this.#feeds.take(message, channelId);
    for (const view of this.#views.values()) {
      if (channelId === null || view.feed.channelId === channelId) this.#schedule(view);
    }
  }

  /** The first of a while goes at once, the rest together; all that is told in one turn is one message. */
  #schedule(view: View): void {
    if (view.timer !== null || view.clients.size === 0 || view.feed.log.head === view.sentN) return;
    const waitMs = view.flushedAt + view.flushEveryMs - performance.now();
    const flush = () => {
      view.timer = null;
      try {
        this.#flush(view);
      } catch (error) {
        this.#complain("live.flush_failed", error);
      }
    };
    if (waitMs <= 0) {
      view.timer = "soon";
      queueMicrotask(flush);
    } else view.timer = setTimeout(flush, waitMs);
  }

  #flush(view: View): void {
    const { log } = view.feed;
    if (log.head === view.sentN) return;
    const slice = log.after(view.sentN, FLUSH_ROWS_MAX);
    const skipped = Math.max(0, log.linesEver - view.linesSeen - slice.lines.length);
    [view.sentN, view.linesSeen, view.flushedAt] = [log.head, log.linesEver, performance.now()];
    view.flushEveryMs = slice.lines.length > FLOOD_ROWS ? FLUSH_FLOOD_MS : FLUSH_MS;
    view.catchUps.clear();
    if (view.clients.size > 0) this.#sendAll(view, this.#encode(view, { ...slice, skipped }, false));
  }

  #encode(view: View, rows: FreshRows, isWhole: boolean): Uint8Array {
    const { feed, spec } = view;
    const at = (n: number, item?: LogItem<TimelineEvent>) => encodeCursor(feed.cursorAt(n, item?.value.id ?? undefined));
    if (spec.kind === "hud") {
      const frames = rows.events.map((item) => {
        return encodeFrame({ id: at(item.n, item), event: "hud", data: this.#deps.renderer.hudEvent(spec, item.value) });
      });
      return this.#encoder.encode(frames.join(""));
    }
    if (!isWhole && rows.lines.length + rows.events.length + rows.deleted.length + rows.skipped === 0) return new Uint8Array();
    const data = isWhole ? this.#deps.renderer.whole(spec, rows) : this.#deps.renderer.rows(spec, rows);
    return this.#encoder.encode(encodeFrame({ id: at(feed.log.head), data }));
  }

  #statusChanged(): void {
    this.#statusTimer ??= setTimeout(() => {
      this.#statusTimer = null;
      for (const view of this.#views.values()) {
        this.#refocus(view)
          .then(() => this.#sendParts(view, "status"))
          .catch((error: unknown) => this.#complain("live.status_failed", error));
      }
    }, STATUS_MS);
  }

  /** A channel whose id became known, or changed, is watched under it from now on. */
  async #refocus(view: View): Promise<void> {
    const channelId = this.#deps.channelId(view.spec.login);
    if (channelId === view.feed.channelId) return;
    const feed = this.#feeds.get(view.spec.kind, channelId, () => this.#feedsInUse());
    await feed.open();
    this.#move(view, feed);
  }

  /** From now on the view is told by another feed: a dashboard is drawn as a whole, a HUD gets what it has not seen. */
  #move(view: View, feed: LiveFeed): void {
    const { timelineId, historySeq } = view.feed.cursorAt(view.sentN);
    view.feed = feed;
    [view.sentN, view.linesSeen] = [feed.log.head, feed.log.linesEver];
    view.catchUps.clear();
    const isWhole = view.spec.kind === "dashboard";
    const missed = isWhole ? null : feed.since({ timelineId, historySeq, position: null });
    this.#sendAll(view, this.#encode(view, { ...(missed ?? feed.log.after(-1)), skipped: 0 }, isWhole));
  }

  async #sendParts(view: View, what: PartKind): Promise<void> {
    if (view.spec.kind === "hud" || view.clients.size === 0) return;
    const parts = await this.#deps.renderer.parts(view.spec, what);
    const fresh = [...parts].filter(([name, html]) => view.parts.get(name) !== html);
    if (fresh.length === 0) return;
    for (const [name, html] of fresh) view.parts.set(name, html);
    this.#sendAll(view, this.#encoder.encode(encodeFrame({ data: fresh.map(([, html]) => html).join("") })));
  }

  /** Once a second: figures of the views that changed, passes that are no longer good, feeds that nobody reads. */
  async #tick(): Promise<void> {
    if (this.#isTicking) return;
    this.#isTicking = true;
    try {
      const now = performance.now();
      for (const view of this.#views.values()) await this.#tickView(view, now);
      await this.#sweepPasses();
      this.#feeds.sweep(this.#feedsInUse(), now);
      await this.#feeds.restartEmpty((old, fresh) => {
        for (const view of this.#views.values()) if (view.feed === old) this.#move(view, fresh);
      });
    } catch (error) {
      this.#complain("live.tick_failed", error);
    } finally {
      this.#isTicking = false;
    }
  }

  async #tickView(view: View, now: number): Promise<void> {
    const { linesEver } = view.feed.log;
    if (view.isStatusDue) {
      view.isStatusDue = false;
      await this.#sendParts(view, "status");
    }
    if (linesEver === view.figuresLines && now - view.figuresAt < FIGURES_MS) return;
    [view.figuresLines, view.figuresAt] = [linesEver, now];
    await this.#sendParts(view, "figures");
  }

  async #sweepPasses(): Promise<void> {
    const passes = new Set([...this.#views.values()].flatMap((view) => [...view.clients].map((client) => client.pass)));
    for (const pass of passes) {
      if (!(await this.#deps.isValid(pass))) this.cutOff((its) => its === pass);
    }
  }

  #feedsInUse(): ReadonlySet<LiveFeed> {
    return new Set([...this.#views.values()].map((view) => view.feed));
  }

  #view(spec: ViewSpec, feed: LiveFeed): View {
    const key = `${spec.kind} ${spec.login} ${spec.language} ${spec.zone}`;
    const known = this.#views.get(key);
    if (known !== undefined) return known;
    const { head, linesEver } = feed.log;
    const view: View = {
      key,
      spec,
      feed,
      clients: new Set(),
      sentN: head,
      linesSeen: linesEver,
      flushedAt: 0,
      flushEveryMs: FLUSH_MS,
      timer: null,
      parts: new Map(),
      figuresAt: 0,
      figuresLines: linesEver,
      isStatusDue: false,
      catchUps: new Map(),
    };
    this.#views.set(key, view);
    return view;
  }

  #sendBeat(): void {
    for (const view of this.#views.values()) this.#sendAll(view, this.#beat);
  }

  #sendAll(view: View, bytes: Uint8Array): void {
    for (const client of [...view.clients]) this.#send(client, bytes);
  }

  #send(client: Client, bytes: Uint8Array): void {
    const { out } = client;
    if (out === null || bytes.length === 0) return;
    if ((out.desiredSize ?? 0) > 0) out.enqueue(bytes);
    else {
      this.#stats.cut += 1;
      this.#end(client);
    }
  }

  #end(client: Client): void {
    const { out } = client;
    this.#remove(client);
    try {
      out?.close();
    } catch {
      // It was closed from the other side meanwhile.
    }
  }

  #remove(client: Client): void {
    if (client.out === null) return;
    client.out = null;
    this.#stats.clients -= 1;
    const { view } = client;
    if (view === null || !view.clients.delete(client) || view.clients.size > 0) return;
    if (view.timer !== null && view.timer !== "soon") clearTimeout(view.timer);
    this.#views.delete(view.key);
  }

  #complain(event: string, error: unknown): void {
    this.#deps.log.warn(event, {
      reason: error instanceof AppError ? error.reason : error instanceof Error ? error.name : "unknown",
    });
  }
}
