import type { SystemStatus } from "../../src/domain/snapshots.ts";
import { Dot, Pane, When } from "../components.tsx";
import { Html, type SafeHtml } from "../html.ts";
import { partLevel, partSentence } from "../verdict.ts";
import type { Words } from "../words/index.ts";

interface StatusProps {
  words: Words;
  zone: string;
  system: SystemStatus;
}

/** Each part: level, what it is, why it is so, since when. */
export function StatusPart({ words, zone, system }: StatusProps): SafeHtml {
  return (
    <>
      {system.parts.map((part) => {
        const level = partLevel(part);
        const sentence = partSentence(words, part);
        return (
          <li data-level={level}>
            <span class="part">
              <Dot level={level} />
              <b>{words.say(`part.${part.name}`)}</b>
              <span class="vh">{words.say(`level.${level}`)}: </span>
              <small title={sentence}>{sentence}</small>
            </span>
            <span class="end dim sm">{part.since ? <When at={part.since} words={words} zone={zone} /> : null}</span>
          </li>
        );
      })}
    </>
  );
}

/** How many parts are not as they should be, in words. */
export function StatusCount({ words, system }: { words: Words; system: SystemStatus }): SafeHtml {
  const count = system.parts.filter((part) => ["warn", "bad"].includes(partLevel(part))).length;
  return <>{count === 0 ? words.say("status.all_well") : words.say("status.not_well", { count })}</>;
}

/** The status of the installation. */
export function StatusPanel(p: StatusProps): SafeHtml {
  return (
    <Pane
      id="status"
      title={p.words.say("status.title")}
      count={
        <span class="count" id="status-count">
          <StatusCount words={p.words} system={p.system} />
        </span>
      }
    >
      <ul class="rows parts scroll" id="parts" tabindex="0" aria-labelledby="status-t">
        <StatusPart {...p} />
      </ul>
    </Pane>
  );
}
