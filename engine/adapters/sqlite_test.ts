import { DatabaseSync } from "node:sqlite";
import { expect } from "expect";
import type { CheckpointStore } from "../runtime/store.ts";
import { testStore } from "../../tests/stores/suite.ts";
import { checkpoint, claimed, partsOf, saved } from "../../tests/stores/trial.ts";
import { sleep, turn } from "./clock.ts";
import { sqliteStore } from "./sqlite.ts";

testStore("sqlite", async () => {
  const folder = await Deno.makeTempDir();
  const opened: CheckpointStore[] = [];
  let [path, copies] = [`${folder}/state.db`, 0];
  const open = async (sliceMillis: number) => {
    const store = sqliteStore(path, { sliceMillis });
    opened.push(store);
    await store.open();
    return store;
  };
  return {
    store: () => open(5),
    /** What a crash leaves is what the files hold at that moment: from then on a copy of them is the store. */
    async crash(step, act) {
      let isDone = false;
      const done = act(await open(0)).finally(() => isDone = true);
      for (let i = 0; i < step && !isDone; i++) await turn();
      if (!isDone) {
        const copy = `${folder}/copy-${copies++}.db`;
        for (const file of ["", "-wal"]) Deno.copyFileSync(path + file, copy + file);
        path = copy;
      }
      const cut = !isDone;
      await done;
      return cut;
    },
    async remove() {
      for (const store of opened) await store.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
});

/** A store in a folder of its own; both are gone afterwards. */
async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the folder of a state file is made when it is missing", () =>
  inFolder(async (folder) => {
    const store = sqliteStore(`${folder}/a/b/state.db`);
    await store.open();
    await store.close();
    expect((await Deno.stat(`${folder}/a/b/state.db`)).isFile).toBe(true);
  }));

Deno.test("a claim that was made before the clock was set back by an hour ends with its term", () =>
  inFolder(async (folder) => {
    const [store, term] = [sqliteStore(`${folder}/state.db`), 50];
    await store.open();
    await store.claim("t", "a", { term, steal: false });
    // What an hour less on the clock makes of the end that stands there.
    const db = new DatabaseSync(`${folder}/state.db`);
    db.exec("UPDATE task SET until = until + 3600000");
    db.close();
    expect(await store.claim("t", "b", { term, steal: false })).toEqual({ heldFor: term });
    await sleep(2 * term);
    expect(await store.claim("t", "b", { term, steal: false })).toMatchObject({ fence: { owner: "b" } });
    await store.close();
  }));

Deno.test("a full disk is an error that says so; once there is room the same checkpoint is saved", () =>
  inFolder(async (folder) => {
    const path = `${folder}/state.db`;
    const small = sqliteStore(path, { maxPages: 30, sliceMillis: 0 });
    await small.open();
    const { fence } = await claimed(small);
    await saved(small, fence, 1, { states: [["k", "p", "before"]] });
    const large = checkpoint(2, {
      states: Array.from({ length: 100 }, (_, i) => [i === 99 ? "k" : `key ${i}`, "p", "x".repeat(2_000)] as const),
    });
    for (let attempt = 0; attempt < 3; attempt++) {
      await expect(small.save(fence, large)).rejects.toMatchObject({
        name: "StoreError",
        state: "away",
        message: `The state file "${path}": the disk is full`,
      });
      expect(await partsOf(small, "k")).toEqual({ p: "before" });
      expect(await small.renew(fence, 60_000)).toBe(true);
    }
    const roomy = sqliteStore(path);
    await roomy.open();
    expect(await roomy.save(fence, large)).toBe("saved");
    expect(await partsOf(small, "k")).toEqual({ p: "x".repeat(2_000) });
    await small.close();
    await roomy.close();
  }));

Deno.test("while a checkpoint is written, what is read is the one before, and others wait their turn", () =>
  inFolder(async (folder) => {
    const store = sqliteStore(`${folder}/state.db`, { sliceMillis: 0 });
    await store.open();
    const { fence } = await claimed(store);
    await saved(store, fence, 1, { states: [["k", "p", "1"], ["l", "p", "1"]] });
    const saving = store.save(fence, checkpoint(2, { states: [["k", "p", "2"], ["l", "p", "2"]] }));
    const claiming = store.claim("t", "b", { term: 1, steal: true });
    await turn();
    expect([await partsOf(store, "k"), await partsOf(store, "l")]).toEqual([{ p: "1" }, { p: "1" }]);
    expect(await saving).toBe("saved");
    expect(await claiming).toMatchObject({ number: 2 });
    expect(await partsOf(store, "k")).toEqual({ p: "2" });
    await store.close();
  }));

Deno.test("a file of a newer version, of another programme, or none at all is refused with a way out", () =>
  inFolder(async (folder) => {
    const newer = `${folder}/newer.db`;
    const store = sqliteStore(newer);
    await store.open();
    await store.close();
    const db = new DatabaseSync(newer);
    db.exec("PRAGMA user_version = 2");
    db.close();
    const other = `${folder}/other.db`;
    const foreign = new DatabaseSync(other);
    foreign.exec("CREATE TABLE customer (id)");
    foreign.close();
    const text = `${folder}/text.db`;
    await Deno.writeTextFile(text, "This is no database, however long it may be. ".repeat(30));
    for (
      const [path, message] of [
        [
          newer,
          "has format 2, and this version of Vigie reads format 1: use the version that wrote it, or another file",
        ],
        [other, "is a database of something else: name another file"],
        [text, "it is not a SQLite database: name another file"],
        [folder, "it cannot be opened: does its folder exist, and may this user write there?"],
      ] as const
    ) {
      const refused = { name: "StoreError", state: "refused", message: expect.stringContaining(message) };
      await expect(sqliteStore(path).open()).rejects.toMatchObject(refused);
    }
  }));
