import type { Db } from "../store/db.ts";
import { addSigninCode } from "../store/signin.ts";
import { freshCode, hashToken, plainCode } from "./secrets.ts";

/** A code that nobody used is worth nothing after this long. */
const CODE_MS = 24 * 60 * 60 * 1000;

/**
 * Makes a one-time code for signing in and keeps its hash; the code itself (`ABCD-EFGH`) is only ever
 * returned here, to be printed. `label` names whoever signs in with it.
 */
export async function issueSigninCode(db: Db, { now, label }: { now: Date; label: string }): Promise<string> {
  const code = freshCode();
  await addSigninCode(
    db,
    { codeHash: hashToken(plainCode(code) ?? ""), label, expiresAt: new Date(now.getTime() + CODE_MS) },
    now,
  );
  return code;
}
