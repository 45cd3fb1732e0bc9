/**
 * The `sqlite` store: one file, the default of the embedded engine. One transaction a checkpoint on one connection,
 * reads on another; a long checkpoint lets the rest of the process have its turn every few milliseconds.
 */
import type { Millis } from "../model/time.ts";
import { type Checkpoint, type CheckpointStore, type Fence, type Saved, StoreError } from "../runtime/store.ts";
import { monotonic, now, sleep, turn } from "./clock.ts";
import { Claims } from "./sqlite/claims.ts";
import { asStoreError, busy, codeOf } from "./sqlite/error.ts";
import { Reader } from "./sqlite/reader.ts";
import { openReader, openWriter, run } from "./sqlite/schema.ts";
import { Writer } from "./sqlite/writer.ts";

export interface SqliteOptions {
  /** How long a checkpoint writes before it lets other work have a turn, in milliseconds. */
  readonly sliceMillis?: Millis;
  /** Pages of 4 KiB that the file may have; what a disk of that size would do is then done by SQLite. */
  readonly maxPages?: number;
}

/** Longest wait for another process that writes to the file. */
const lockMillis = 10_000;

/** The folder of the file is made when it is missing. */
export function sqliteStore(path: string, options: SqliteOptions = {}): CheckpointStore {
  return new SqliteStore(path, options).port();
}

type Db = ReturnType<typeof openWriter>;

class SqliteStore {
  private open: { writing: Db; reading: Db; reader: Reader; writer: Writer; claims: Claims } | undefined;
  /** Ends when the transaction before has: they are taken one by one. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly path: string, private readonly options: SqliteOptions) {}

  port(): CheckpointStore {
    return {
      open: () => this.guarded(() => this.connect()),
      claim: (task, owner, options) => this.writes(({ claims }) => claims.claim(task, owner, options, now())),
      renew: (fence, term) => this.writes(({ claims }) => claims.extend(fence, now() + term)),
      release: (fence) => this.writes(({ claims }) => void claims.extend(fence, 0)),
      read: (task, keys) => this.reads((reader) => keys.map((key) => reader.parts(task, key))),
      timers: (task, until, limit, after) => this.reads((reader) => reader.timers(task, until, limit, after)),
      pending: (task, lane, after, limit) => this.reads((reader) => reader.pending(task, lane, after, limit)),
      depths: (task) => this.reads((reader) => reader.depths(task)),
      save: (fence, checkpoint) => this.writes(() => this.save(fence, checkpoint)),
      get: (name) => this.reads((reader) => reader.text(name)),
      put: (name, text, expect) => this.writes(({ writer }) => writer.put(name, text, expect)),
      drop: (task) =>
        this.writes(({ claims, writer }) => {
          const row = claims.find(task);
          if (row !== undefined) writer.drop(row.id);
        }),
      close: () => this.close(),
    };
  }

  private async connect(): Promise<void> {
    await makeFolder(folderOf(this.path));
    const writing = await this.whenFree(() => openWriter(this.path, this.options.maxPages));
    const reading = openReader(this.path);
    const parts = { reader: new Reader(reading), writer: new Writer(writing), claims: new Claims(writing) };
    this.open = { writing, reading, ...parts };
  }

  private async close(): Promise<void> {
    await this.last.catch(() => {});
    this.open?.reading.close();
    this.open?.writing.close();
    this.open = undefined;
  }

  private async save(fence: Fence, checkpoint: Checkpoint): Promise<Saved> {
    const { claims, writer } = this.opened();
    const row = claims.find(fence.task);
    if (row === undefined || row.epoch < fence.epoch) return "unfollowed";
    if (row.epoch !== fence.epoch || row.owner !== fence.owner) return "fenced";
    if (checkpoint.number === row.number && row.writer === fence.epoch) return "saved";
    if (checkpoint.number !== row.number + 1) return "unfollowed";
    let since = monotonic();
    for (const _ of writer.write(row.id, fence, checkpoint)) {
      if (monotonic() - since < (this.options.sliceMillis ?? 5)) continue;
      await turn();
      since = monotonic();
    }
    return "saved";
  }

  private reads<T>(read: (reader: Reader) => T): Promise<T> {
    return this.guarded(() => Promise.resolve(read(this.opened().reader)));
  }

  /** Runs inside a transaction, after those before; it is undone as a whole when anything throws. */
  private writes<T>(write: (open: ReturnType<SqliteStore["opened"]>) => T | Promise<T>): Promise<T> {
    const done = this.last.then(() =>
      this.guarded(async () => {
        const open = this.opened();
        await this.whenFree(() => run(open.writing, "BEGIN IMMEDIATE"));
        try {
          const result = await write(open);
          run(open.writing, "COMMIT");
          return result;
        } catch (error) {
          rollBack(open.writing);
          throw error;
        }
      })
    );
    this.last = done.catch(() => {});
    return done;
  }

  /** SQLite's own wait would hold the whole process, and with it what it waits for where that is in this process. */
  private async whenFree<T>(begin: () => T): Promise<T> {
    for (const start = monotonic();; await sleep(2)) {
      try {
        return begin();
      } catch (error) {
        if (codeOf(error) !== busy || monotonic() - start > lockMillis) throw error;
      }
    }
  }

  private opened() {
    if (this.open === undefined) throw new StoreError(`The state file "${this.path}" is not open`, "away");
    return this.open;
  }

  private async guarded<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw asStoreError(error, this.path);
    }
  }
}

/** A full disk ends the transaction by itself; then there is nothing left to undo. */
function rollBack(db: Db): void {
  try {
    run(db, "ROLLBACK");
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreError(`The folder "${folder}" for the state file cannot be made: ${why}`, "refused", {
      cause: error,
    });
  }
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) || "/" : ".";
}
