/** What a command may do to the outside. `main.ts` gives the real one. */
export interface Console {
  environment: Readonly<Record<string, string | undefined>>;
  /** One line for the person, on stdout. */
  print(text: string): void;
  /** One line of what went wrong, on stderr. */
  complain(text: string): void;
  /** A finished line of the log. */
  log(line: string): void;
  /** Calls `stop` whenever the process is asked to end. */
  onStop(stop: (signal: string) => void): void;
  /** Calls `tell` for whatever nobody caught. */
  onBug(tell: (error: unknown) => void): void;
}
