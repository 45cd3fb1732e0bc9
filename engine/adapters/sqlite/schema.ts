/** The tables of a state file, and the opening of one: new, of this format, or refused. */
import { DatabaseSync } from "node:sqlite";
import { StoreError } from "../../runtime/store.ts";

/** Format of the file. It rises when tables change; `golden/` holds a file of each. */
export const format = 1;

/** Texts that contain U+0000 are kept as blobs: the driver would cut them there when it reads them. */
const tables = [
  `CREATE TABLE task (
    id INTEGER PRIMARY KEY, name ANY NOT NULL UNIQUE, epoch INTEGER NOT NULL, owner TEXT NOT NULL, until INTEGER NOT NULL,
    number INTEGER NOT NULL, writer INTEGER NOT NULL, head ANY) STRICT`,
  `CREATE TABLE state (
    task INTEGER NOT NULL, key ANY NOT NULL, part ANY NOT NULL, text ANY NOT NULL,
    PRIMARY KEY (task, key, part)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE timer (
    task INTEGER NOT NULL, id TEXT NOT NULL, due INTEGER NOT NULL,
    PRIMARY KEY (task, id)) STRICT, WITHOUT ROWID`,
  "CREATE INDEX timer_due ON timer (task, due, id)",
  `CREATE TABLE outbox (
    task INTEGER NOT NULL, seq INTEGER NOT NULL, text ANY NOT NULL, open INTEGER NOT NULL,
    PRIMARY KEY (task, seq)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE lane (
    task INTEGER NOT NULL, lane ANY NOT NULL, seq INTEGER NOT NULL, state ANY NOT NULL,
    PRIMARY KEY (task, lane, seq)) STRICT, WITHOUT ROWID`,
  "CREATE TABLE text (name ANY PRIMARY KEY, text ANY NOT NULL) STRICT, WITHOUT ROWID",
  `PRAGMA user_version = ${format}`,
];

/**
 * WAL lets the reading connection go on while a checkpoint is written. FULL, because an alert leaves after its checkpoint
 * and must not be forgotten by a power failure: one sync a checkpoint is what that costs.
 */
const settings = ["journal_mode = WAL", "synchronous = FULL", "busy_timeout = 0"];

/** Runs one statement. Unlike the driver's `exec`, its errors carry SQLite's code. */
export function run(db: DatabaseSync, sql: string): void {
  db.prepare(sql).get();
}

/** Opens the connection that writes, and makes the tables of a new file. */
export function openWriter(path: string, maxPages: number | undefined): DatabaseSync {
  const db = new DatabaseSync(path);
  try {
    for (const setting of settings) run(db, `PRAGMA ${setting}`);
    if (maxPages !== undefined) run(db, `PRAGMA max_page_count = ${maxPages}`);
    prepareTables(db, path);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Opens the connection that reads: it sees the last checkpoint while the next one is written. */
export function openReader(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  for (const setting of [...settings, "query_only = 1"]) run(db, `PRAGMA ${setting}`);
  return db;
}

function prepareTables(db: DatabaseSync, path: string): void {
  run(db, "BEGIN IMMEDIATE");
  const found = numberOf(db, "PRAGMA user_version", "user_version");
  if (found === 0) {
    if (numberOf(db, "SELECT count(*) AS tables FROM sqlite_schema", "tables") > 0) {
      throw new StoreError(`"${path}" is a database of something else: name another file`, "refused");
    }
    for (const table of tables) run(db, table);
  } else if (found !== format) {
    throw new StoreError(
      `"${path}" has format ${found}, and this version of Vigie reads format ${format}: use the version that wrote it, or another file`,
      "refused",
    );
  }
  run(db, "COMMIT");
}

function numberOf(db: DatabaseSync, sql: string, column: string): number {
  return Number(db.prepare(sql).get()?.[column]);
}
