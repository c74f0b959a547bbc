// What OBS runs for hours: bounded nodes, text only, and a stream that comes back for ever.
(() => {
  const { body } = document;
  const plates = document.getElementById("plates");
  const contact = document.getElementById("contact");
  const max = Number(body.dataset.max);
  const hideMs = Number(body.dataset.hideMs ?? 0);
  const isDock = body.dataset.dock !== undefined;
  const SVG = "http://www.w3.org/2000/svg";

  /** How far this clock is ahead of the server's, as the stream's Date header tells. */
  let skewMs = 0;

  // ── Messages
  const element = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) {
      node.dir = "auto";
      node.textContent = text;
    }
    return node;
  };
  const icon = (name) => {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", "i");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS(SVG, "use");
    use.setAttribute("href", `#i-${String(name).replace(/[^a-z0-9-]/g, "")}`);
    svg.append(use);
    return svg;
  };
  // OBS has its own time zone; the server could only guess it.
  const clock = (at) =>
    new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  for (const time of plates.querySelectorAll("time")) time.textContent = clock(time.dateTime);

  const LEVELS = new Set(["info", "ok", "warn", "bad"]);

  const build = (message) => {
    const level = LEVELS.has(message.level) ? message.level : "info";
    const node = element("div", isDock ? "alert" : `plate ${level}`);
    node.dataset.level = level;
    node.append(icon(message.icon), element(isDock ? "b" : "span", "", String(message.text)));
    if (isDock) {
      const time = document.createElement("time");
      time.dateTime = String(message.at);
      time.textContent = clock(message.at);
      node.append(time);
    }
    if (message.detail) node.append(element("small", "", String(message.detail)));
    return node;
  };

  // Urgent messages stay until there is no room; the others leave after their time.
  const leaveLater = (node, ageMs) => {
    if (hideMs > 0 && node.dataset.level !== "bad" && !node.classList.contains("bad")) {
      setTimeout(() => node.remove(), Math.max(1_000, hideMs - ageMs));
    }
  };
  const show = (message) => {
    const ageMs = Math.max(0, Date.now() - skewMs - Date.parse(message.at));
    if (hideMs > 0 && ageMs > hideMs && message.level !== "bad") return;
    const node = build(message);
    plates.append(node);
    while (plates.childElementCount > max) plates.firstElementChild.remove();
    leaveLater(node, ageMs);
  };
  for (const node of plates.children) {
    const at = Date.parse(node.dataset.at ?? "");
    if (at > 0) leaveLater(node, Math.max(0, Date.now() - at));
  }

  // ── Contact, shown in a dock only: viewers have no use for it
  const say = (state, iconName, title, detail) => {
    if (!contact || contact.dataset.says === title) return;
    contact.dataset.says = title;
    contact.dataset.state = state;
    contact.querySelector("use").setAttribute("href", `#i-${iconName}`);
    contact.querySelector("b").textContent = title;
    if (detail !== null) contact.querySelector("span").textContent = detail;
  };
  const channel = contact?.querySelector("span")?.textContent ?? null;

  // ── The stream, by fetch: its status can be read, and its silence be noticed.
  const FIRST_WAIT_MS = 500;
  const LAST_WAIT_MS = 15_000;
  const GROWTH = 1.6;
  const JITTER = 0.3;
  /** A beat comes every 5 s. */
  const SILENT_MS = 13_000;
  /** The address was refused: a new token was made, or the server is being set up. */
  const REFUSED = new Set([401, 403, 404]);
  let lastId = null;
  const seen = new Set();
  const SEEN_MAX = 500;

  const take = (event, data, id) => {
    if (id) lastId = id;
    if (event !== "hud" || !data) return;
    const message = JSON.parse(data);
    if (message.id !== null && seen.has(message.id)) return;
    if (message.id !== null) seen.add(message.id);
    if (seen.size > SEEN_MAX) seen.delete(seen.values().next().value);
    show(message);
  };

  const takeFrame = (frame) => {
    const fields = { event: "message", data: "", id: "" };
    for (const line of frame.split("\n")) {
      const [, name, text] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
      if (name === "data" && fields.data) fields.data += `\n${text}`;
      else if (name in fields) fields[name] = text;
    }
    take(fields.event, fields.data, fields.id);
  };

  /** Reads frames until the stream ends; `onBytes` is told of every sign of life. */
  const read = async (response, onBytes) => {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onBytes();
      const frames = (rest + value).replaceAll("\r\n", "\n").split("\n\n");
      rest = frames.pop();
      for (const frame of frames) takeFrame(frame);
    }
  };

  const connect = async () => {
    const abort = new AbortController();
    let timer = setTimeout(() => abort.abort(), SILENT_MS);
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), SILENT_MS);
    };
    try {
      const url = new URL(body.dataset.events, location.href);
      const headers = { accept: "text/event-stream" };
      if (lastId === null) url.searchParams.set("cursor", body.dataset.cursor);
      else headers["last-event-id"] = lastId;
      const response = await fetch(url, { headers, cache: "no-store", signal: abort.signal });
      if (!response.ok) return response.status;
      const serverNow = Date.parse(response.headers.get("date") ?? "");
      if (serverNow > 0) skewMs = Date.now() - serverNow;
      say("ok", "circle-check", body.dataset.connected, channel);
      alive();
      await read(response, alive);
      return 200;
    } catch {
      return 0;
    } finally {
      clearTimeout(timer);
      abort.abort();
    }
  };

  const run = async () => {
    let waitMs = FIRST_WAIT_MS;
    for (;;) {
      const startedAt = performance.now();
      const status = await connect();
      if (REFUSED.has(status)) say("warn", "key-round", body.dataset.refused, body.dataset.refusedDetail);
      else say("bad", "unplug", body.dataset.lost, body.dataset.lostDetail);
      if (status === 200 && performance.now() - startedAt > LAST_WAIT_MS) waitMs = FIRST_WAIT_MS;
      const jittered = waitMs * (1 + JITTER * (2 * Math.random() - 1));
      waitMs = Math.min(waitMs * GROWTH, LAST_WAIT_MS);
      await new Promise((resolve) => setTimeout(resolve, jittered));
    }
  };
  void run();
})();
