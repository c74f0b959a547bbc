// What the dashboard's pages do beside htmx. Without it they still read, and their forms still send.
(() => {
  const root = document.documentElement;
  root.dataset.js = "";

  const byId = (id) => document.getElementById(id);

  // ── Time zone: the server draws times in the zone that this cookie names.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (root.dataset.zone && zone && zone !== root.dataset.zone) {
    const wasTold = document.cookie.includes(`byte_zone=${zone}`);
    document.cookie = `byte_zone=${zone}; path=/; max-age=31536000; samesite=strict`;
    if (!wasTold && document.cookie.includes(`byte_zone=${zone}`)) location.reload();
  }

  // ── Lists are bounded: the oldest rows leave.
  const trim = (list) => {
    const max = Number(list.dataset.max);
    while (list.childElementCount > max)
      (list.dataset.trim === "start" ? list.firstElementChild : list.lastElementChild).remove();
  };

  // ── A feed that somebody scrolled up in stays where it is, and counts what is new.
  const FOLLOW_PX = 48;
  const newer = document.querySelector("[data-newer]");
  const feedBox = document.querySelector("[data-feed]");
  let unseen = 0;
  const isFollowing = () => !feedBox || feedBox.scrollTop > -FOLLOW_PX;
  const showUnseen = () => {
    if (!newer) return;
    newer.hidden = unseen === 0;
    newer.lastElementChild.textContent = (unseen === 1 ? newer.dataset.one : newer.dataset.other).replace(/\d+/, String(unseen));
  };
  const seeAll = () => {
    unseen = 0;
    showUnseen();
  };
  feedBox?.addEventListener("scroll", () => isFollowing() && unseen > 0 && seeAll(), { passive: true });
  newer?.addEventListener("click", () => {
    feedBox.scrollTo({ top: 0 });
    feedBox.focus({ preventScroll: true });
    seeAll();
  });

  // A reply's row may come after the event that tells how long it took.
  const fillTook = (row) => {
    const took = row.querySelector?.(".took:empty");
    const sent = took?.id && document.querySelector(`#events [data-took-id="${CSS.escape(took.id)}"]`);
    if (sent) took.textContent = sent.dataset.took;
  };

  const watcher = new MutationObserver((changes) => {
    const lists = new Set();
    for (const { target, addedNodes } of changes) {
      lists.add(target);
      if (!feedBox?.contains(target)) continue;
      addedNodes.forEach(fillTook);
      if (!isFollowing()) unseen += addedNodes.length;
    }
    if (unseen > 0) showUnseen();
    for (const list of lists) trim(list);
  });
  for (const list of document.querySelectorAll("[data-max]")) watcher.observe(list, { childList: true });

  // ── Instants that say how long ago they were.
  const relative = new Intl.RelativeTimeFormat(root.lang, { numeric: "auto", style: "narrow" });
  const UNITS = [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
    ["second", 1],
  ];
  const tickAges = () => {
    for (const time of document.querySelectorAll("time[data-ago]")) {
      const seconds = Math.max(0, (Date.now() - Date.parse(time.dateTime)) / 1000);
      const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? UNITS[3];
      const text = relative.format(-Math.floor(seconds / length), unit);
      if (time.textContent !== text) time.textContent = text;
    }
  };

  // ── The stream: a beat comes every 5 s; silence means that there is no contact, whatever the socket says.
  const SILENT_MS = 9_000;
  const LOST_MS = 2_500;
  const lost = byId("lost");
  let heardAt = performance.now();
  let heardTime = new Date();
  let brokenAt = null;
  const hear = () => {
    heardAt = performance.now();
    heardTime = new Date();
    brokenAt = null;
    if (lost && !lost.hidden) {
      lost.hidden = true;
      delete root.dataset.lost;
    }
  };
  const showLost = () => {
    if (!lost.hidden) return;
    const time = heardTime.toLocaleTimeString(root.lang, {
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    });
    lost.querySelector("span").textContent = lost.dataset.text.replace("{time}", time);
    lost.hidden = false;
    root.dataset.lost = "";
  };
  const renewStream = () => {
    const stream = byId("stream");
    const fresh = stream.cloneNode(false);
    stream.replaceWith(fresh);
    window.htmx.process(fresh);
  };
  const watchStream = () => {
    if (!lost) return;
    const now = performance.now();
    const silentMs = now - heardAt;
    if (silentMs > SILENT_MS || (brokenAt !== null && now - brokenAt > LOST_MS)) showLost();
    if (silentMs <= SILENT_MS || now - (watchStream.triedAt ?? 0) < SILENT_MS) return;
    watchStream.triedAt = now;
    const connection = byId("stream")._htmx?.sse;
    if (!connection) renewStream();
    else connection.reader?.cancel();
  };
  const onBroken = (event) => {
    brokenAt ??= performance.now();
    if (event.detail?.status === 401 || event.detail?.status === 403) location.reload();
  };
  document.addEventListener("htmx:sse:after:connection", hear);
  document.addEventListener("htmx:sse:after:message", hear);
  document.addEventListener("htmx:sse:error", onBroken);
  document.addEventListener("htmx:sse:before:connection", (event) => {
    if (event.detail.connection.attempt > 0) brokenAt ??= performance.now();
  });
  addEventListener("online", () => byId("stream")?._htmx?.sse?.delayCanceller?.());

  setInterval(() => {
    tickAges();
    watchStream();
  }, 1_000);

  // ── Copying. Outside https and localhost there is no clipboard API; selecting the text still works.
  const COPIED_MS = 1_600;
  const copyText = async (source) => {
    const text = source.textContent;
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "vh";
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    await copyText(byId(button.dataset.copy));
    const word = button.querySelector("span");
    const before = word.textContent;
    if (before === button.dataset.copied) return;
    word.textContent = button.dataset.copied;
    setTimeout(() => {
      word.textContent = before;
    }, COPIED_MS);
  });

  // ── Theme: applied at once, kept by the server's cookie.
  const NEXT = { dark: "light", light: "auto", auto: "dark" };
  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.("[data-theme-form]");
    if (!form) return;
    event.preventDefault();
    const theme = form.elements.theme.value;
    root.dataset.theme = theme;
    void fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
    for (const other of document.querySelectorAll("[data-theme-form]")) other.elements.theme.value = NEXT[theme];
  });

  // ── The HUD's address follows the choices under it; usual ones are left out.
  const writeHudUrl = (form) => {
    const target = byId(form.dataset.hudOptions);
    let url = form.dataset.hudUrl;
    for (const choice of form.querySelectorAll("select")) {
      if (choice.value !== choice.dataset.usual) url += `&${choice.name}=${encodeURIComponent(choice.value)}`;
    }
    target.textContent = url;
    const masked = target.closest(".secret").querySelector("summary code");
    masked.textContent = url.replace(/token=[^&#]+/, "token=••••••••");
  };
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("[data-hud-options]");
    if (form) writeHudUrl(form);
  });
})();
