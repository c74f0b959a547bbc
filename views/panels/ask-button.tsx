import type { AccountRole, Tier } from "../../src/domain/accounts.ts";
import { Icon } from "../components.tsx";
import { type Child, Html, type SafeHtml } from "../html.ts";
import type { IconName } from "../icons.ts";

/** Where every form that begins a sign-in sends to; the fragment keeps the panel in view when it is refused. */
export const SIGNINS = "/dashboard/twitch/signins#twitch";

/** A button that begins a sign-in for exactly these permissions. */
export function AskButton(p: {
  of: AccountRole;
  tiers: readonly Tier[];
  icon: IconName;
  label?: string;
  class?: string;
  children: Child;
}): SafeHtml {
  return (
    <form method="post" action={SIGNINS}>
      <input type="hidden" name="role" value={p.of} />
      {[...new Set(p.tiers)].map((tier) => (
        <input type="hidden" name={tier} value="on" />
      ))}
      <button class={p.class ?? "btn"} type="submit" aria-label={p.label}>
        <Icon name={p.icon} />
        {p.children}
      </button>
    </form>
  );
}
