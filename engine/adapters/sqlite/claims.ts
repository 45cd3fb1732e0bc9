/** Who owns a task of a state file, inside the transaction that its caller holds. */
import type { DatabaseSync } from "node:sqlite";
import type { Millis } from "../../model/time.ts";
import type { Claimed, ClaimOptions, Fence } from "../../runtime/store.ts";
import { bound, unboundValue } from "./text.ts";

/** One row of the table `task`. */
export interface TaskRow {
  readonly id: number;
  readonly epoch: number;
  readonly owner: string;
  readonly until: Millis;
  readonly number: number;
  /** Epoch of the fence that wrote that number. */
  readonly writer: number;
  readonly head: string | undefined;
}

export class Claims {
  private readonly sql;

  constructor(db: DatabaseSync) {
    this.sql = {
      find: db.prepare("SELECT id, epoch, owner, until, number, writer, head FROM task WHERE name = ?"),
      add: db.prepare("INSERT INTO task (name, epoch, owner, until, number, writer) VALUES (?, 0, '', 0, 0, 0)"),
      take: db.prepare("UPDATE task SET epoch = ?, owner = ?, until = ? WHERE id = ?"),
      shorten: db.prepare("UPDATE task SET until = ? WHERE id = ?"),
      extend: db.prepare("UPDATE task SET until = ? WHERE name = ? AND epoch = ? AND owner = ?"),
    };
  }

  find(task: string): TaskRow | undefined {
    const row = this.sql.find.get(bound(task));
    if (row === undefined) return undefined;
    return {
      id: Number(row.id),
      epoch: Number(row.epoch),
      owner: String(row.owner),
      until: Number(row.until),
      number: Number(row.number),
      writer: Number(row.writer),
      head: row.head === null ? undefined : unboundValue(row.head),
    };
  }

  claim(task: string, owner: string, { term, steal }: ClaimOptions, now: Millis): Claimed | { heldFor: Millis } {
    let row = this.find(task);
    if (row === undefined) {
      this.sql.add.run(bound(task));
      row = this.find(task)!;
    }
    const heldFor = row.owner === owner || steal ? 0 : row.until - now;
    // Nobody claims for longer than a term: the clock was set back, and the claim ends a term from now.
    if (heldFor > term) this.sql.shorten.run(now + term, row.id);
    if (heldFor > 0) return { heldFor: Math.min(heldFor, term) };
    const fence = { task, epoch: row.epoch + 1, owner };
    this.sql.take.run(fence.epoch, owner, now + term, row.id);
    return { fence, number: row.number, head: row.head };
  }

  /** False when the claim is another's. */
  extend({ task, epoch, owner }: Fence, until: Millis): boolean {
    return this.sql.extend.run(until, bound(task), epoch, owner).changes === 1;
  }
}
