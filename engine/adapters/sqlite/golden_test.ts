import { DatabaseSync } from "node:sqlite";
import { expectGolden, readAll, readGolden, writeAll } from "../../../tests/stores/golden.ts";
import { sqliteStore } from "../sqlite.ts";

/** Tables and rows of a file as the statements that make them. */
function dump(path: string): string {
  const db = new DatabaseSync(path);
  const schema = db.prepare("SELECT name, type, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rootpage").all();
  const statements = schema.map(({ sql }) => String(sql));
  for (const { name } of schema.filter(({ type }) => type === "table")) {
    const columns = db.prepare(`SELECT name FROM pragma_table_info('${name}')`).all().map((row) =>
      `quote(${row.name})`
    );
    const rows = db.prepare(`SELECT concat_ws(', ', ${columns.join(", ")}) AS row FROM ${name} ORDER BY 1`).all();
    statements.push(...rows.map(({ row }) => `INSERT INTO ${name} VALUES (${row})`));
  }
  statements.push(`PRAGMA user_version = ${db.prepare("PRAGMA user_version").get()?.user_version}`);
  db.close();
  return statements.map((statement) => `${statement};\n`).join("");
}

async function withFile(run: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(`${folder}/state.db`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a state file of format 1 is read and written on", () =>
  withFile(async (path) => {
    const db = new DatabaseSync(path);
    db.exec(await readGolden("sqlite-1.sql"));
    db.close();
    const store = sqliteStore(path);
    await store.open();
    await readAll(store);
    await store.close();
  }));

Deno.test("a state file written today is one of format 1", () =>
  withFile(async (path) => {
    const store = sqliteStore(path);
    await store.open();
    await writeAll(store);
    await store.close();
    await expectGolden("sqlite-1.sql", dump(path));
  }));
