/** Cases of checkpoints: what is saved is found, as a whole, in order, once. */
import { expect } from "expect";
import { type Cases, checkpoint, claimed, partsOf, saved } from "./trial.ts";

/** Names that could be mistaken for something else by a store. */
const odd = [
  "",
  "a\0b",
  "\0",
  "é",
  "😀",
  "\u{ffff}",
  "}",
  "{x}",
  "a:b",
  "a b\r\n",
  "*?[a]\\",
  "'\";--",
  "__proto__",
  "1",
];

export const checkpoints: Cases = {
  "the next process finds all of it": async ({ store }) => {
    const one = await store();
    const { fence } = await claimed(one);
    await saved(one, fence, 1, {
      head: '{"offsets":[1,2]}',
      states: [["k", "head", "h"], ["k", "1", "p1"], ["l", "head", "x"]],
      timers: [["k", 20], ["l", 10]],
      outbox: [[1, "alert", "kafka", "slack"]],
    });
    await one.close();
    const two = await store();
    expect(await claimed(two, "t", "b")).toMatchObject({ number: 1, head: '{"offsets":[1,2]}' });
    expect(await partsOf(two, "k")).toEqual({ head: "h", 1: "p1" });
    expect(await two.timers("t", 20, 10)).toEqual([{ id: "l", due: 10 }, { id: "k", due: 20 }]);
    expect(await two.pending("t", "slack", 0, 10)).toEqual([{ seq: 1, text: "alert", state: "" }]);
  },
  "parts are written and deleted one by one; a key without parts is gone": async ({ store }) => {
    const one = await store();
    const { fence } = await claimed(one);
    await saved(one, fence, 1, { states: [["k", "a", "1"], ["k", "b", "2"], ["k", "c", "3"]] });
    await saved(one, fence, 2, { states: [["k", "a", undefined], ["k", "b", "new"], ["k", "never", undefined]] });
    expect(await partsOf(one, "k")).toEqual({ b: "new", c: "3" });
    await saved(one, fence, 3, { states: [["k", "b", undefined], ["k", "c", undefined]] });
    expect(await partsOf(one, "k")).toBe(undefined);
  },
  "a checkpoint that changes nothing but its head counts": async ({ store }) => {
    const one = await store();
    const { fence } = await claimed(one);
    await saved(one, fence, 1);
    await saved(one, fence, 2, { head: "" });
    expect(await claimed(one)).toMatchObject({ number: 2, head: "" });
  },
  "a number that does not follow is refused and changes nothing": async ({ store }) => {
    const one = await store();
    const { fence } = await claimed(one);
    for (const number of [1, 2, 3]) await saved(one, fence, number, { states: [["k", "p", String(number)]] });
    for (const number of [0, 1, 2, 5, 100]) {
      expect(await one.save(fence, checkpoint(number, { states: [["k", "p", "wrong"]] }))).toBe("unfollowed");
    }
    expect(await partsOf(one, "k")).toEqual({ p: "3" });
    expect(await claimed(one)).toMatchObject({ number: 3, head: "head 3" });
  },
  "the same number from the same owner is answered as saved and saved once": async ({ store }) => {
    const one = await store();
    const { fence } = await claimed(one);
    const changes = { states: [["k", "p", "1"]], outbox: [[1, "alert", "kafka"]] } as const;
    for (let again = 0; again < 3; again++) await saved(one, fence, 1, changes);
    expect(await one.depths("t")).toEqual(new Map([["kafka", 1]]));
    await saved(one, fence, 2, { lanes: [["kafka", 1, undefined]] });
    await saved(one, fence, 2, changes);
    expect(await one.depths("t")).toEqual(new Map());
  },
  "the same number from another owner is not": async ({ store }) => {
    const one = await store();
    await saved(one, (await claimed(one)).fence, 1);
    expect(await one.save((await claimed(one, "t", "b")).fence, checkpoint(1))).toBe("unfollowed");
  },
  "tasks do not touch each other": async ({ store }) => {
    const one = await store();
    const tasks = ["t", "t2", "u", "t:state", ""];
    for (const task of tasks) {
      const { fence } = await claimed(one, task);
      await saved(one, fence, 1, { states: [["k", "p", task]], timers: [[task, 1]], outbox: [[1, task, "lane"]] });
    }
    for (const task of tasks) {
      expect(await partsOf(one, "k", task)).toEqual({ p: task });
      expect(await one.timers(task, 9, 9)).toEqual([{ id: task, due: 1 }]);
      expect(await one.pending(task, "lane", 0, 9)).toEqual([{ seq: 1, text: task, state: "" }]);
    }
  },
  "any Unicode is kept as it is, in keys, parts, texts, timers and lanes": async ({ store }) => {
    const one = await store();
    const { fence } = await claimed(one);
    await saved(one, fence, 1, {
      head: odd.join(),
      states: odd.flatMap((key) => odd.map((part) => [key, part, key + part] as const)),
      timers: odd.map((id) => [id, 1] as const),
      outbox: odd.map((text, i) => [i + 1, text, ...odd] as const),
      lanes: odd.map((lane) => [lane, 1, lane] as const),
    });
    expect((await claimed(one)).head).toBe(odd.join());
    const read = await one.read("t", odd);
    expect(read).toEqual(odd.map((key) => new Map(odd.map((part) => [part, key + part]))));
    expect(new Set((await one.timers("t", 1, 99)).map(({ id }) => id))).toEqual(new Set(odd));
    expect(await one.depths("t")).toEqual(new Map(odd.map((lane) => [lane, odd.length])));
    for (const lane of odd) {
      const texts = (await one.pending("t", lane, 0, 99)).map(({ text, state }) => [text, state]);
      expect(texts).toEqual(odd.map((text, i) => [text, i === 0 ? lane : ""]));
    }
  },
  "five thousand keys at once, read in the order asked": async ({ store }) => {
    const one = await store();
    const { fence } = await claimed(one);
    const keys = Array.from({ length: 5_000 }, (_, i) => `key ${i}`);
    await saved(one, fence, 1, {
      states: keys.map((key) => [key, "head", `${key} ${"x".repeat(200)}`] as const),
      timers: keys.map((key, i) => [key, i] as const),
    });
    const asked = keys.toReversed().flatMap((key) => [key, `no ${key}`]);
    const read = await one.read("t", asked);
    expect(read.map((parts) => parts?.get("head")?.trimEnd().split(" x")[0])).toEqual(
      asked.map((key) => key.startsWith("no") ? undefined : key),
    );
    expect(await one.read("t", [])).toEqual([]);
  },
  "texts of a megabyte are kept": async ({ store }) => {
    const one = await store();
    const { fence } = await claimed(one);
    const text = "é".repeat(500_000);
    await saved(one, fence, 1, { states: [["k", "p", text], ["l", "p", text]], outbox: [[1, text, "lane"]] });
    expect(await partsOf(one, "l")).toEqual({ p: text });
    expect((await one.pending("t", "lane", 0, 1))[0]?.text).toBe(text);
  },
};
