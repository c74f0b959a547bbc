import type postgres from "postgres";
import { AppError } from "../domain/errors.ts";

/** How long a query may take, its wait for a connection included, and what to do when the connection itself is stuck. */
export interface QueryDeadline {
  ms: number;
  /** False for the embedded engine, which knows no cancelling: a query that it has runs to its end. */
  canCancel: boolean;
  /** Called when a query was still running `STUCK_MS` after it was told to stop: its connection is no good. */
  onStuck(): void;
}

/** How long a query that was told to stop has to do so, in milliseconds. */
const STUCK_MS = 300;

/**
 * The same client, but every query ends: after `deadline.ms` it is rejected with `unavailable`, as `database_busy`
 * when it still waited for a connection, as `database_no_answer` when the server had it. It is then cancelled, and if
 * that does not help, the connection is given up. The driver by itself waits for as long as the network lets it.
 */
export function withDeadline<Client extends postgres.ISql>(client: Client, deadline: QueryDeadline): Client {
  return new Proxy(client, {
    apply: (target, self, args) => watched(Reflect.apply(target, self, args), deadline),
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      if (name === "unsafe" || name === "file" || name === "notify")
        return (...args: unknown[]) => watched(member.apply(target, args), deadline);
      if (name === "begin") return (...args: unknown[]) => begin((given) => member.apply(target, given), args, deadline);
      if (name === "savepoint")
        return (...args: unknown[]) =>
          member.apply(
            target,
            args.map((arg) => onDeadlinedClient(arg, deadline)),
          );
      if (name === "reserve") return () => reserve(member.apply(target, []), deadline);
      return member;
    },
  });
}

/** A query of the driver, as far as we use it. It is sent when somebody waits for it, not before. */
interface Query extends Promise<unknown> {
  /** Null until a connection took it. */
  state: unknown;
  canceller: ((query: Query) => Promise<void>) | null;
}

/** `result` itself unless it is a query; else the query with a deadline, which starts when it is waited for. */
function watched(result: unknown, deadline: QueryDeadline): unknown {
  if (!isQuery(result)) return result;
  let outcome: Promise<unknown> | null = null;
  const wait = () => {
    outcome ??= untilDeadline(result, deadline);
    return outcome;
  };
  const proxy: object = new Proxy(result, {
    get(query, name) {
      if (name === "then" || name === "catch" || name === "finally")
        return (...args: unknown[]) => Reflect.apply(wait()[name], wait(), args);
      const member: unknown = Reflect.get(query, name);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        const value: unknown = member.apply(query, args);
        return value === query ? proxy : value;
      };
    },
  });
  return proxy;
}

function isQuery(value: unknown): value is Query {
  return value instanceof Promise && "canceller" in value && "state" in value;
}

async function untilDeadline(query: Query, deadline: QueryDeadline): Promise<unknown> {
  const late = Promise.withResolvers<never>();
  let stuck: ReturnType<typeof setTimeout> | undefined;
  const timer = setTimeout(() => {
    const wasSent = query.state !== null;
    late.reject(noAnswer(wasSent ? "database_no_answer" : "database_busy", deadline));
    if (wasSent) stuck = setTimeout(() => deadline.onStuck(), STUCK_MS);
    if (!wasSent || deadline.canCancel) cancel(query);
  }, deadline.ms);
  const answer = query.finally(() => {
    clearTimeout(timer);
    clearTimeout(stuck);
  });
  return await Promise.race([answer, late.promise]);
}

/** As the driver's own `cancel`, which forgets the promise: where the server cannot be reached, its rejection would be nobody's. */
function cancel(query: Query): void {
  query.canceller?.(query).catch(() => undefined);
  query.canceller = null;
}

/**
 * A transaction: it must begin within the deadline, and end within the deadline after `work` is done; each query of
 * `work` has its own.
 */
async function begin(start: (args: unknown[]) => Promise<unknown>, args: unknown[], deadline: QueryDeadline): Promise<unknown> {
  const late = Promise.withResolvers<never>();
  const work = args.at(-1);
  if (typeof work !== "function") return await start(args);
  let isLate = false;
  let isOver = false;
  let timer = setTimeout(() => {
    isLate = true;
    late.reject(noAnswer("database_busy", deadline));
  }, deadline.ms);
  const run = async (tx: postgres.TransactionSql) => {
    clearTimeout(timer);
    if (isLate) throw noAnswer("database_busy", deadline);
    try {
      return await work(withDeadline(tx, deadline));
    } finally {
      if (!isOver) timer = setTimeout(giveUp, deadline.ms);
    }
  };
  const giveUp = () => {
    late.reject(noAnswer("database_no_answer", deadline));
    deadline.onStuck();
  };
  const answer = start([...args.slice(0, -1), run]).finally(() => {
    isOver = true;
    clearTimeout(timer);
  });
  return await Promise.race([answer, late.promise]);
}

async function reserve(reserving: Promise<postgres.ReservedSql>, deadline: QueryDeadline): Promise<postgres.ReservedSql> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(noAnswer("database_busy", deadline));
    reserving.then(
      (reserved) => reserved.release(),
      () => undefined,
    );
  }, deadline.ms);
  try {
    return withDeadline(await Promise.race([reserving, late.promise]), deadline);
  } finally {
    clearTimeout(timer);
  }
}

/** The function of a savepoint, given a client with the deadline; anything else as it is. */
function onDeadlinedClient(arg: unknown, deadline: QueryDeadline): unknown {
  return typeof arg === "function" ? (tx: postgres.TransactionSql) => arg(withDeadline(tx, deadline)) : arg;
}

const noAnswer = (reason: "database_busy" | "database_no_answer", deadline: QueryDeadline) =>
  new AppError("unavailable", reason, { seconds: Math.round(deadline.ms / 1000) });
