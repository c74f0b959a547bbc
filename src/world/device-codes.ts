import type { WorldCore } from "./core.ts";

export interface Device {
  deviceCode: string;
  userCode: string;
  clientId: string;
  scopes: readonly string[];
  expiresAt: Date;
  polledAt: Date | null;
  state: "pending" | "approved" | "denied" | "used";
  userId: string | null;
}

/** Device codes: given out, approved on the page or by the world, and polled for. */
export class DeviceCodes {
  #core: WorldCore;
  #devices = new Map<string, Device>();

  constructor(core: WorldCore) {
    this.#core = core;
  }

  add(clientId: string, scopes: readonly string[]): Device {
    const { chance, clock, limits } = this.#core;
    const device: Device = {
      deviceCode: chance.token(40),
      userCode: chance.token(8).toUpperCase(),
      clientId,
      scopes,
      expiresAt: new Date(clock.now().getTime() + limits.dcfExpiresS * 1000),
      polledAt: null,
      state: "pending",
      userId: null,
    };
    this.#devices.set(device.deviceCode, device);
    return device;
  }

  /** Somebody enters the code and agrees, or does not. False when no such code waits. */
  decide(userCode: string, login: string, agrees: boolean): boolean {
    const device = [...this.#devices.values()].find(
      (each) => each.userCode === userCode.toUpperCase().trim() && each.state === "pending",
    );
    if (!device || device.expiresAt <= this.#core.clock.now()) return false;
    device.state = agrees ? "approved" : "denied";
    device.userId = this.#core.state.user(login).id;
    this.#core.log.add("id", "note", null, "device decided", { login, agrees });
    return true;
  }

  /** The codes that wait for somebody. */
  pending(): string[] {
    return [...this.#devices.values()].filter((device) => device.state === "pending").map((device) => device.userCode);
  }

  get records(): Device[] {
    return [...this.#devices.values()];
  }

  /** Knows these in place of all that it knew. */
  restore(records: readonly Device[]): void {
    this.#devices = new Map(records.map((device) => [device.deviceCode, device]));
  }

  /** What a poll gets: who agreed to what, or Twitch's word for not yet. */
  poll(clientId: string, deviceCode: string): { userId: string; scopes: readonly string[] } | string {
    const { clock, faults, limits } = this.#core;
    const device = this.#devices.get(deviceCode);
    if (!device || device.clientId !== clientId || device.state === "used") return "invalid device code";
    const now = clock.now();
    const isFast = device.polledAt !== null && now.getTime() - device.polledAt.getTime() < limits.dcfIntervalS * 1000;
    device.polledAt = now;
    if (device.expiresAt <= now || faults.take("A2.expired", { client: clientId })) return "invalid device code";
    if (device.state === "denied" || faults.take("A2.denied", { client: clientId })) return "access_denied";
    if (isFast) {
      this.#core.log.add("id", "note", null, "device polled too fast", { client: clientId });
      return "slow_down";
    }
    if (faults.take("A2.slow_down", { client: clientId })) return "slow_down";
    if (device.state === "pending" || device.userId === null || faults.take("A2.pending", { client: clientId }))
      return "authorization_pending";
    device.state = "used";
    return { userId: device.userId, scopes: device.scopes };
  }
}

/** The page where a person types the code. */
export function activatePage(userCode: string, note = ""): Response {
  const safe = userCode.replace(/[^A-Za-z0-9]/g, "");
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Activate (pretend Twitch)</title>
<body><h1>Activate your device</h1><p>${note}</p>
<form method="post" action="/activate">
<label>Code <input name="user_code" value="${safe}" required></label>
<label>Sign in as <input name="user" required></label>
<button name="decision" value="agree">Authorize</button>
<button name="decision" value="deny">Cancel</button>
</form></body></html>`;
  return new Response(html, { headers: { "content-type": "text/html; charset=utf-8" } });
}
