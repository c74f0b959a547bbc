import { brokenBody } from "./broken-body.ts";
import type { WorldCore } from "./core.ts";

/** A request to somebody's webhook URL, as the pretend receiver got it. */
export interface ReceivedWebhook {
  number: number;
  at: Date;
  /** After `/webhook`, such as `/orders`; "" for the bare URL. */
  path: string;
  method: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** What was answered; null when nothing was. */
  status: number | null;
}

export interface WebhookStep {
  /** 204 when not given. */
  status?: number;
  body?: string;
  latencyMs?: number;
  /** Never answers. */
  hangs?: boolean;
  /** Breaks the connection in the middle of the answer. */
  resets?: boolean;
  /** Answers with a redirect to this place. */
  redirectTo?: string;
  headers?: Readonly<Record<string, string>>;
}

export interface WebhookRule extends WebhookStep {
  /** Only on this path. */
  path?: string;
  /** How often; without end when not given. */
  times?: number;
  after?: number;
}

const KEPT = 10_000;

/** A receiver of webhooks that fails as it is told: for what the product sends out. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  #core: WorldCore;
  #rules: { rule: WebhookRule; seen: number; used: number }[] = [];
  #count = 0;

  constructor(core: WorldCore) {
    this.#core = core;
  }

  /** What happens from now on; the first rule that fits counts. */
  script(rules: readonly WebhookRule[] | WebhookRule): void {
    this.#rules = [rules].flat().map((rule) => ({ rule, seen: 0, used: 0 }));
  }

  async handle(request: Request, path: string): Promise<Response> {
    const entry: ReceivedWebhook = {
      number: ++this.#count,
      at: this.#core.clock.now(),
      path,
      method: request.method,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
      status: null,
    };
    this.received.push(entry);
    if (this.received.length > KEPT) this.received.shift();
    this.#core.log.add("webhook", "in", `webhook-${entry.number}`, `${request.method} ${path}`, { bytes: entry.body.length });
    const step = this.#step(path);
    if (step.latencyMs) await new Promise<void>((resolve) => this.#core.clock.after(step.latencyMs ?? 0, resolve));
    if (step.hangs) return new Promise<Response>(() => {});
    entry.status = step.redirectTo === undefined ? (step.status ?? 204) : 302;
    if (step.resets) return new Response(brokenBody("{"), { status: entry.status === 204 ? 200 : entry.status });
    if (step.redirectTo !== undefined) return new Response(null, { status: 302, headers: { location: step.redirectTo } });
    const body = entry.status === 204 || entry.status === 304 ? null : (step.body ?? "");
    return new Response(body, { status: entry.status, headers: { ...step.headers } });
  }

  #step(path: string): WebhookStep {
    for (const entry of this.#rules) {
      if (entry.rule.path !== undefined && entry.rule.path !== path) continue;
      entry.seen++;
      if (entry.seen <= (entry.rule.after ?? 0) || entry.used >= (entry.rule.times ?? Number.POSITIVE_INFINITY)) continue;
      entry.used++;
      return entry.rule;
    }
    return {};
  }
}
