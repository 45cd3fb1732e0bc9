/** What is read of a state file while a task runs: from a connection of its own, so never half a checkpoint. */
import type { DatabaseSync } from "node:sqlite";
import type { Millis } from "../../model/time.ts";
import type { PendingEntry } from "../../runtime/store.ts";
import { bound, unbound, unboundValue } from "./text.ts";

export class Reader {
  private readonly sql;

  constructor(db: DatabaseSync) {
    const ofTask = "task = (SELECT id FROM task WHERE name = ?)";
    this.sql = {
      parts: db.prepare(`SELECT part, text FROM state WHERE ${ofTask} AND key = ?`),
      timers: db.prepare(
        `SELECT CAST(id AS BLOB) AS id, due FROM timer WHERE ${ofTask} AND (due, id) > (?, ?) AND due <= ?
         ORDER BY due, id LIMIT ?`,
      ),
      allTimers: db.prepare(
        `SELECT CAST(id AS BLOB) AS id, due FROM timer WHERE ${ofTask} AND due <= ? ORDER BY due, id LIMIT ?`,
      ),
      pending: db.prepare(
        `SELECT lane.seq, outbox.text, lane.state FROM lane JOIN outbox USING (task, seq)
         WHERE lane.${ofTask} AND lane.lane = ? AND lane.seq > ? ORDER BY lane.seq LIMIT ?`,
      ),
      depths: db.prepare(`SELECT lane, count(*) AS depth FROM lane WHERE ${ofTask} GROUP BY lane`),
      text: db.prepare("SELECT text FROM text WHERE name = ?"),
    };
  }

  parts(task: string, key: string): ReadonlyMap<string, string> | undefined {
    const rows = this.sql.parts.all(bound(task), bound(key));
    return rows.length === 0 ? undefined : new Map(rows.map((row) => [unbound(row.part), unboundValue(row.text)]));
  }

  timers(task: string, until: Millis, limit: number, after: { due: Millis; id: string } | undefined) {
    const rows = after === undefined
      ? this.sql.allTimers.all(bound(task), until, limit)
      : this.sql.timers.all(bound(task), after.due, after.id, until, limit);
    return rows.map((row) => ({ id: unbound(row.id), due: Number(row.due) }));
  }

  pending(task: string, lane: string, after: number, limit: number): readonly PendingEntry[] {
    const rows = this.sql.pending.all(bound(task), bound(lane), after, limit);
    return rows.map((row) => ({ seq: Number(row.seq), text: unboundValue(row.text), state: unboundValue(row.state) }));
  }

  depths(task: string): ReadonlyMap<string, number> {
    return new Map(this.sql.depths.all(bound(task)).map((row) => [unbound(row.lane), Number(row.depth)]));
  }

  text(name: string): string | undefined {
    const row = this.sql.text.get(bound(name));
    return row === undefined ? undefined : unboundValue(row.text);
  }
}
