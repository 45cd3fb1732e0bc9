/** What is read of a task in Redis while it runs: plain commands, each bounded by what was asked. */
import type { Millis } from "../../model/time.ts";
import type { PendingEntry } from "../../runtime/store.ts";
import { unsealed } from "../stored_text.ts";
import type { TaskNames } from "./names.ts";
import { allOf, type RedisCommand, type RedisConnection } from "./port.ts";
import * as scripts from "./scripts.ts";

/** Parts of each key, in one round trip. */
export async function readParts(redis: RedisConnection, names: TaskNames, keys: readonly string[]) {
  const answers = await allOf(redis, keys.map((key) => ["HGETALL", names.state(key)]));
  return answers.map((answer) => {
    const pairs = pairsOf(answer);
    return pairs.length === 0 ? undefined : new Map(pairs.map(([part, text]) => [part, unsealed(text)]));
  });
}

export interface Timer {
  readonly id: string;
  readonly due: Millis;
}

export async function readTimers(
  redis: RedisConnection,
  { timers }: TaskNames,
  until: Millis,
  limit: number,
  after: Timer | undefined,
): Promise<readonly Timer[]> {
  const command: RedisCommand = after === undefined
    ? ["ZRANGE", timers, 0, limit - 1, "WITHSCORES"]
    : ["EVAL", scripts.timersBehind, 1, timers, after.due, after.id, limit];
  const [answer] = await allOf(redis, [command]);
  const found = pairsOf(answer).map(([id, due]) => ({ id, due: Number(due) }));
  return found.filter(({ due }) => due <= until);
}

/** A checkpoint may settle some of a page while it is read: then the next page fills it, for short is only the last. */
export async function readPending(
  redis: RedisConnection,
  names: TaskNames,
  lane: string,
  after: number,
  limit: number,
): Promise<readonly PendingEntry[]> {
  const found: PendingEntry[] = [];
  for (let last = after; found.length < limit;) {
    const asked = limit - found.length;
    const seqs = await pageOf(redis, names, lane, last, asked);
    found.push(...await entriesOf(redis, names, lane, seqs));
    if (seqs.length < asked) break;
    last = Number(seqs.at(-1));
  }
  return found;
}

async function pageOf(
  redis: RedisConnection,
  names: TaskNames,
  lane: string,
  after: number,
  limit: number,
): Promise<readonly string[]> {
  const [answer] = await allOf(redis, [
    ["ZRANGEBYSCORE", names.lane(lane), `(${after}`, "+inf", "LIMIT", 0, limit],
  ]);
  return answer as string[];
}

/** The entries of these numbers that are still pending. */
async function entriesOf(
  redis: RedisConnection,
  names: TaskNames,
  lane: string,
  seqs: readonly string[],
): Promise<readonly PendingEntry[]> {
  if (seqs.length === 0) return [];
  const [entries, tries] = await allOf(redis, [
    ["HMGET", names.outbox, ...seqs],
    ["HMGET", names.tries, ...seqs.map((seq) => `${seq}:${lane}`)],
  ]) as [(string | null)[], (string | null)[]];
  return seqs.flatMap((seq, i) => {
    const [text, state] = [entries[i] ?? null, tries[i] ?? null];
    // Settled between the two: then it is pending no more.
    if (text === null) return [];
    return [{ seq: Number(seq), text: unsealed(text), state: state === null ? "" : unsealed(state) }];
  });
}

export async function readDepths(redis: RedisConnection, { depths }: TaskNames): Promise<ReadonlyMap<string, number>> {
  const [answer] = await allOf(redis, [["HGETALL", depths]]);
  return new Map(pairsOf(answer).map(([lane, depth]) => [lane, Number(depth)]));
}

/** Redis gives maps as lists: name, value, name, value. */
function pairsOf(answer: unknown): (readonly [string, string])[] {
  const list = answer as readonly string[];
  return Array.from({ length: list.length / 2 }, (_, i) => [list[2 * i]!, list[2 * i + 1]!]);
}
