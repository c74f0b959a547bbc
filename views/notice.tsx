import { Icon } from "./components.tsx";
import { Html, type SafeHtml } from "./html.ts";
import type { Words } from "./words/index.ts";

/** A refusal as a fragment, for a form that htmx sent. `traceId` finds a bug in the log. */
export function ErrorNotice({
  words,
  message,
  traceId = null,
}: {
  words: Words;
  message: string;
  traceId?: string | null;
}): SafeHtml {
  return (
    <div class="callout bad" role="alert">
      <Icon name="circle-alert" />
      <div>
        {message}
        {traceId ? (
          <p class="dim sm">
            {words.say("error.trace")} <code>{traceId}</code>
          </p>
        ) : null}
      </div>
    </div>
  );
}
