/**
 * How a task is dropped: first it has no checkpoint any more, then its names are removed some at a time. Whoever finds a
 * drop that was cut off does it again, under a name of its own, and the one before removes nothing more.
 */
import { patternOf, type TaskNames } from "./names.ts";
import { allOf, type RedisConnection } from "./port.ts";
import * as scripts from "./scripts.ts";

/** Names that are looked at, and removed, at a time. */
const some = 500;

export async function drop(redis: RedisConnection, names: TaskNames): Promise<void> {
  const attempt = crypto.randomUUID();
  await allOf(redis, [["EVAL", scripts.beginDrop, 1, names.meta, attempt]]);
  for (let cursor = "0";;) {
    const [answer] = await allOf(redis, [["SCAN", cursor, "MATCH", patternOf(names.prefix), "COUNT", some]]);
    const [next, found] = answer as [string, string[]];
    const keys = [names.meta, ...found.filter((name) => name !== names.meta)];
    const [isOurs] = await allOf(redis, [["EVAL", scripts.dropSome, keys.length, ...keys, attempt]]);
    if (isOurs === 0) return;
    cursor = next;
    if (cursor === "0") break;
  }
  await allOf(redis, [["EVAL", scripts.endDrop, 1, names.meta, attempt]]);
}
