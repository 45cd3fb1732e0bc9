/** What an HTTP answer means for a delivery (alerts.md §3): the only place that knows status codes. */
import { now } from "../../engine/adapters/clock.ts";
import type { Millis } from "../../engine/model/time.ts";
import type { Verdict } from "../sink.ts";
import { hidden } from "../text/secrets.ts";
import { type Answer, type HttpClient, HttpError, type HttpRequest } from "./client.ts";

/** Client errors that pass by waiting: timeout, too early, too many. */
const passing = new Set([408, 425, 429]);

/** What the operator of a sink can mend without touching the alert: credentials, permissions, a missing table. */
export const mendable: ReadonlySet<number> = new Set([401, 403, 404, 407]);

export type Judge = (answer: Answer, reason: string) => Verdict | undefined;

export interface VerdictRules {
  /** Client errors that are tried again beside 408, 425 and 429. */
  readonly retry?: ReadonlySet<number>;
  /** Texts that no reason may contain. */
  readonly secrets: readonly string[];
  /** A better judgement than the status alone, given what a reason may say; undefined to go by the status. */
  readonly judge?: Judge;
}

/** Sends a request and says what became of it. Never rejects. */
export async function post(client: HttpClient, request: HttpRequest, rules: VerdictRules): Promise<Verdict> {
  try {
    const answer = await client.send(request);
    return rules.judge?.(answer, reasonOf(answer, rules.secrets)) ?? verdictOf(answer, rules);
  } catch (error) {
    const reason = hidden(error instanceof Error ? error.message : String(error), rules.secrets);
    if (error instanceof HttpError && error.forbidden) return { result: "rejected", reason };
    return { result: "retry", after: undefined, reason };
  }
}

export function verdictOf(answer: Answer, { retry, secrets }: VerdictRules): Verdict {
  const { status } = answer;
  if (status >= 200 && status < 300) return { result: "delivered" };
  const reason = reasonOf(answer, secrets);
  if (status === 410) return { result: "rejected", reason, gone: true };
  if (status < 400 || status >= 500 || passing.has(status) || retry?.has(status)) {
    return { result: "retry", after: waitOf(answer.retryAfter), reason };
  }
  return { result: "rejected", reason };
}

/** One line: who answered what, with the beginning of the answer and without secrets. */
function reasonOf({ host, status, text }: Answer, secrets: readonly string[]): string {
  const said = hidden(text.slice(0, 4_000), secrets).replace(/[\p{Cc}\s]+/gu, " ").trim().slice(0, 200);
  const redirect = status >= 300 && status < 400 ? " (a redirect, which is not followed)" : "";
  return `${host} answered ${status}${redirect}${said === "" ? "" : `: ${said}`}`;
}

/** A receiver may ask for a day at most. */
const longestWait = 86_400_000;

/** Milliseconds that `Retry-After` asks for: seconds or an HTTP date; undefined when it asks for nothing. */
export function waitOf(retryAfter: string | undefined): Millis | undefined {
  if (retryAfter === undefined) return undefined;
  const wait = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - now();
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), longestWait);
}
