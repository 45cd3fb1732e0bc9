/** The statements that make a checkpoint true, inside the transaction that its caller holds. */
import type { DatabaseSync } from "node:sqlite";
import type { Checkpoint, Fence, LaneChange, OutboxEntry, StateChange, TimerChange } from "../../runtime/store.ts";
import { bound, boundValue } from "./text.ts";

export class Writer {
  private readonly sql;

  constructor(private readonly db: DatabaseSync) {
    this.sql = {
      setPart: db.prepare("INSERT INTO state VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET text = excluded.text"),
      deletePart: db.prepare("DELETE FROM state WHERE task = ? AND key = ? AND part = ?"),
      setTimer: db.prepare("INSERT INTO timer VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET due = excluded.due"),
      deleteTimer: db.prepare("DELETE FROM timer WHERE task = ? AND id = ?"),
      addEntry: db.prepare("INSERT INTO outbox VALUES (?, ?, ?, ?)"),
      addLane: db.prepare("INSERT INTO lane VALUES (?, ?, ?, ?)"),
      setLane: db.prepare("UPDATE lane SET state = ? WHERE task = ? AND lane = ? AND seq = ?"),
      settleLane: db.prepare("DELETE FROM lane WHERE task = ? AND lane = ? AND seq = ?"),
      closeOne: db.prepare("UPDATE outbox SET open = open - 1 WHERE task = ? AND seq = ?"),
      forget: db.prepare("DELETE FROM outbox WHERE task = ? AND seq = ? AND open = 0"),
      put: db.prepare("INSERT OR REPLACE INTO text VALUES (?, ?)"),
      putFirst: db.prepare("INSERT OR IGNORE INTO text VALUES (?, ?)"),
      putOver: db.prepare("UPDATE text SET text = ? WHERE name = ? AND text = ?"),
      setHead: db.prepare("UPDATE task SET number = ?, writer = ?, head = ? WHERE id = ?"),
    };
  }

  /** One step for each change, so that its caller can let other work have its turn between two. */
  *write(task: number, { epoch }: Fence, checkpoint: Checkpoint): Generator<void> {
    for (const change of checkpoint.states) yield this.setState(task, change);
    for (const change of checkpoint.timers) yield this.setTimer(task, change);
    for (const entry of checkpoint.outbox) yield this.addEntry(task, entry);
    for (const change of checkpoint.lanes) yield this.setLane(task, change);
    this.sql.setHead.run(checkpoint.number, epoch, boundValue(checkpoint.head), task);
  }

  /** Deletes everything of a task but its claim. */
  drop(task: number): void {
    for (const table of ["state", "timer", "outbox", "lane"]) {
      this.db.prepare(`DELETE FROM ${table} WHERE task = ?`).run(task);
    }
    this.sql.setHead.run(0, 0, null, task);
  }

  /** Writes a text of the application; false where `expect` is not what is there. */
  put(name: string, text: string, expect: string | null | undefined): boolean {
    const [key, value] = [bound(name), boundValue(text)];
    if (typeof expect === "string") return this.sql.putOver.run(value, key, boundValue(expect)).changes === 1;
    return (expect === null ? this.sql.putFirst : this.sql.put).run(key, value).changes > 0;
  }

  private setState(task: number, { key, part, text }: StateChange): void {
    if (text === undefined) this.sql.deletePart.run(task, bound(key), bound(part));
    else this.sql.setPart.run(task, bound(key), bound(part), boundValue(text));
  }

  private setTimer(task: number, { id, due }: TimerChange): void {
    if (due === undefined) this.sql.deleteTimer.run(task, id);
    else this.sql.setTimer.run(task, id, due);
  }

  private addEntry(task: number, { seq, text, lanes }: OutboxEntry): void {
    if (lanes.length === 0) return;
    this.sql.addEntry.run(task, seq, boundValue(text), lanes.length);
    for (const lane of lanes) this.sql.addLane.run(task, bound(lane), seq, boundValue(""));
  }

  private setLane(task: number, { lane, seq, state }: LaneChange): void {
    if (state !== undefined) {
      this.sql.setLane.run(boundValue(state), task, bound(lane), seq);
      return;
    }
    if (this.sql.settleLane.run(task, bound(lane), seq).changes === 0) return;
    this.sql.closeOne.run(task, seq);
    this.sql.forget.run(task, seq);
  }
}
