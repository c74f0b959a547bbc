import type { Language } from "../../views/words/index.ts";
import type { TimelineEvent } from "../domain/events.ts";
import type { FeedKind } from "./live-feed.ts";
import type { LogSlice } from "./live-log.ts";

/** What a stream shows. Streams that show the same share every byte. */
export interface ViewSpec {
  kind: FeedKind;
  /** The focused channel; "" for none. */
  login: string;
  language: Language;
  /** IANA time zone of the times in rows. */
  zone: string;
}

/** Chat rows and timeline rows of one flush. */
export interface FreshRows extends LogSlice {
  /** Chat lines that are left out before `lines`. */
  skipped: number;
}

/** How views are drawn; pure but for `parts`, which reads figures. All give HTML (or JSON for the HUD). */
export interface LiveRenderer {
  rows(spec: ViewSpec, fresh: FreshRows): string;
  /** The lists as a whole, for a reader who missed more than the log keeps. */
  whole(spec: ViewSpec, all: FreshRows): string;
  hudEvent(spec: ViewSpec, event: TimelineEvent): string;
  /** What is shown beside the lists, by the name of the part. Figures are asked for at most once a second. */
  parts(spec: ViewSpec, what: PartKind): Promise<ReadonlyMap<string, string>>;
}

/** `figures` change with chat and time, `status` with the parts of the installation and the list of channels. */
export type PartKind = "figures" | "status";
