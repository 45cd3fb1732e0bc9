/**
 * How a checkpoint gets into Redis: staged as a redo list under a name of its own, made true by one short script, applied
 * by more of them. Nobody can read half of it: before the script it does not count, after it whoever claims the task
 * applies what is left first.
 */
import { type Checkpoint, type Fence, type Saved, StoreError } from "../../runtime/store.ts";
import { sealed } from "../stored_text.ts";
import type { TaskNames } from "./names.ts";
import { allOf, type RedisCommand, type RedisConnection } from "./port.ts";
import * as scripts from "./scripts.ts";
import { type Chunk, type ChunkSize, chunksOf } from "./staging.ts";

/** After this time a redo list that never became true is gone; staging one must not take longer. */
const stagingMillis = 60_000;

export interface Saving {
  readonly redis: RedisConnection;
  readonly names: TaskNames;
  readonly fence: Fence;
}

type Commit = Saved | "again" | "behind" | "unstaged" | "dropping";

/** One attempt, under a name that no other has. What `behind` and `dropping` ask for is the caller's to do. */
export async function saveOnce(
  saving: Saving,
  checkpoint: Checkpoint,
  attempt: string,
  size: ChunkSize,
): Promise<Saved | "behind" | "dropping"> {
  const chunks = [...chunksOf(checkpoint, size)];
  const list = saving.names.redo(attempt);
  const rest = await stage(saving.redis, list, chunks, size.group);
  const apply = applyOf(saving, checkpoint.number);
  const commands = [...rest, commitOf(saving, checkpoint, list, chunks), ...chunks.map(() => apply)];
  const answers = (await allOf(saving.redis, commands)).slice(rest.length);
  const answer = answers[0] as Commit;
  if (answer === "unstaged") {
    throw new StoreError(`Redis at ${saving.redis.address} lost a part of a checkpoint`, "away");
  }
  if (answer !== "saved" && answer !== "again") return answer;
  // Another may have claimed the task between two scripts; then it is the one to apply the rest.
  return answers.at(-1) === -1 ? "fenced" : "saved";
}

/** Pushes the chunks but for the last group, which goes with what makes them true: a small checkpoint is one round trip. */
async function stage(
  redis: RedisConnection,
  list: string,
  chunks: readonly Chunk[],
  most: number,
): Promise<readonly RedisCommand[]> {
  let [group, length]: [RedisCommand[], number] = [[], 0];
  for (const [i, chunk] of chunks.entries()) {
    const added = chunk.reduce((sum, element) => sum + element.length, 0);
    if (length + added > most && group.length > 0) {
      await allOf(redis, group);
      [group, length] = [[], 0];
    }
    group.push(["RPUSH", list, ...chunk]);
    if (i === 0) group.push(["PEXPIRE", list, stagingMillis]);
    length += added;
  }
  return group;
}

function commitOf({ names, fence }: Saving, { number, head }: Checkpoint, list: string, chunks: readonly Chunk[]) {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  return ["EVAL", scripts.commit, 2, names.meta, list, fence.epoch, fence.owner, number, sealed(head), length] as const;
}

/** Applies one chunk. */
function applyOf({ names, fence }: Saving, number: number): RedisCommand {
  return ["EVAL", scripts.apply, 1, names.meta, fence.epoch, fence.owner, number, names.prefix];
}

/** Applies all that is true and not applied yet; false when the claim is another's. */
export async function applyRest(saving: Saving, number: number): Promise<boolean> {
  const some = Array.from({ length: 8 }, () => applyOf(saving, number));
  for (;;) {
    const left = Number((await allOf(saving.redis, some)).at(-1));
    if (left <= 0) return left === 0;
  }
}
