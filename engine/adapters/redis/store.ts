/**
 * The `redis` store: for engines of which another process, or another machine, may take over. Redis 6.2 or later, or
 * Valkey. What it promises across a restart of Redis is what Redis itself keeps; a Redis that was set back is noticed.
 */
import {
  type Checkpoint,
  type CheckpointStore,
  type Claimed,
  type ClaimOptions,
  type Fence,
  type Saved,
  StoreError,
} from "../../runtime/store.ts";
import { sealed, unsealed } from "../stored_text.ts";
import { checkServer } from "./check.ts";
import { drop } from "./dropping.ts";
import { asStoreError } from "./error.ts";
import { namesOf, textName } from "./names.ts";
import { allOf, type RedisConnection } from "./port.ts";
import { readDepths, readParts, readPending, readTimers } from "./reading.ts";
import { applyRest, saveOnce } from "./saving.ts";
import * as scripts from "./scripts.ts";
import { type ChunkSize, usualChunk } from "./staging.ts";

/** The connection is the store's own: it is closed with it. `app` begins every name. */
export function redisStore(redis: RedisConnection, app: string, size: ChunkSize = usualChunk): CheckpointStore {
  return new RedisStore(redis, app, size).port();
}

class RedisStore {
  private attempts = 0;
  private readonly name = crypto.randomUUID();

  constructor(
    private readonly redis: RedisConnection,
    private readonly app: string,
    private readonly size: ChunkSize,
  ) {}

  port(): CheckpointStore {
    const { redis } = this;
    const names = (task: string) => namesOf(this.app, task);
    return {
      open: () => this.guarded(() => checkServer(redis)),
      claim: (task, owner, options) => this.guarded(() => this.claim(task, owner, options)),
      renew: (fence, term) => this.guarded(() => this.extend(fence, term)),
      release: (fence) => this.guarded(async () => void await this.extend(fence, 0)),
      read: (task, keys) => this.guarded(() => readParts(redis, names(task), keys)),
      timers: (task, until, limit, after) => this.guarded(() => readTimers(redis, names(task), until, limit, after)),
      pending: (task, lane, after, limit) => this.guarded(() => readPending(redis, names(task), lane, after, limit)),
      depths: (task) => this.guarded(() => readDepths(redis, names(task))),
      save: (fence, checkpoint) => this.guarded(() => this.save(fence, checkpoint)),
      get: (name) => this.guarded(() => this.get(name)),
      put: (name, text, expect) => this.guarded(() => this.put(name, text, expect)),
      drop: (task) => this.guarded(() => drop(redis, names(task))),
      close: () => redis.close(),
    };
  }

  /** Whoever claims a task first makes whole what its owner before left unfinished. */
  private async claim(
    task: string,
    owner: string,
    { term, steal }: ClaimOptions,
  ): Promise<Claimed | { heldFor: number }> {
    const names = namesOf(this.app, task);
    const answer = await this.evaluate(scripts.claim, names.meta, owner, term, steal ? 1 : 0);
    const [heldFor, epoch, number, head, applied, dropping] = answer as [
      number,
      number,
      number,
      string | null,
      number,
      unknown,
    ];
    if (heldFor < 0) throw this.newer(epoch);
    if (heldFor > 0) return { heldFor };
    const fence = { task, epoch, owner };
    if (dropping !== null) await drop(this.redis, names);
    else if (applied !== number && !await applyRest({ redis: this.redis, names, fence }, number)) {
      throw new StoreError(`The task "${task}" was claimed by another while it was claimed here`, "away");
    }
    return { fence, number, head: head === null ? undefined : unsealed(head) };
  }

  private async extend({ task, epoch, owner }: Fence, term: number): Promise<boolean> {
    return await this.evaluate(scripts.extend, namesOf(this.app, task).meta, epoch, owner, term) === 1;
  }

  private async save(fence: Fence, checkpoint: Checkpoint): Promise<Saved> {
    const names = namesOf(this.app, fence.task);
    const saving = { redis: this.redis, names, fence };
    for (let tries = 0; tries < 3; tries++) {
      const attempt = `${fence.epoch}.${checkpoint.number}.${this.name}.${this.attempts++}`;
      const answer = await saveOnce(saving, checkpoint, attempt, this.size);
      if (answer === "dropping") await drop(this.redis, names);
      else if (answer !== "behind") return answer;
      else if (!await applyRest(saving, checkpoint.number - 1)) return "fenced";
    }
    throw new StoreError(`Redis at ${this.redis.address} did not take checkpoint ${checkpoint.number}`, "away");
  }

  private async get(name: string): Promise<string | undefined> {
    const [text] = await allOf(this.redis, [["GET", textName(this.app, name)]]);
    return typeof text === "string" ? unsealed(text) : undefined;
  }

  private async put(name: string, text: string, expect: string | null | undefined): Promise<boolean> {
    const key = textName(this.app, name);
    if (typeof expect === "string") {
      return await this.evaluate(scripts.putOver, key, sealed(expect), sealed(text)) === 1;
    }
    const [answer] = await allOf(this.redis, [["SET", key, sealed(text), ...expect === null ? ["NX"] : []]]);
    return answer === "OK";
  }

  private async evaluate(script: string, key: string, ...args: readonly (string | number)[]): Promise<unknown> {
    const [answer] = await allOf(this.redis, [["EVAL", script, 1, key, ...args]]);
    return answer;
  }

  private newer(format: number): StoreError {
    const message =
      `Redis at ${this.redis.address} holds state of format ${format}, and this version of Vigie reads format 1`;
    return new StoreError(`${message}: use the version that wrote it, or another app`, "refused");
  }

  private async guarded<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw asStoreError(error, this.redis.address);
    }
  }
}
