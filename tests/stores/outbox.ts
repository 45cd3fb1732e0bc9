/** Cases of the outbox, of the application's texts and of dropping a task. */
import { expect } from "expect";
import { type Cases, checkpoint, claimed, partsOf, saved } from "./trial.ts";

export const outbox: Cases = {
  "an entry is held once and pending in each of its lanes until that lane settles it": async ({ store }) => {
    const one = await store();
    const { fence } = await claimed(one);
    await saved(one, fence, 1, { outbox: [[1, "a", "kafka", "slack"], [2, "b", "kafka"], [3, "c"]] });
    expect(await one.depths("t")).toEqual(new Map([["kafka", 2], ["slack", 1]]));
    await saved(one, fence, 2, {
      lanes: [["kafka", 1, undefined], ["slack", 1, "try 2"], ["kafka", 3, "no such entry"]],
    });
    expect(await one.pending("t", "kafka", 0, 9)).toEqual([{ seq: 2, text: "b", state: "" }]);
    expect(await one.pending("t", "slack", 0, 9)).toEqual([{ seq: 1, text: "a", state: "try 2" }]);
    await saved(one, fence, 3, { lanes: [["kafka", 2, undefined], ["slack", 1, undefined], ["slack", 2, undefined]] });
    expect(await one.depths("t")).toEqual(new Map());
    expect(await one.pending("t", "slack", 0, 9)).toEqual([]);
  },
  "an entry may be settled by the checkpoint that brings it": async ({ store }) => {
    const one = await store();
    const { fence } = await claimed(one);
    await saved(one, fence, 1, {
      outbox: [[1, "a", "kafka", "slack"], [2, "b", "kafka"]],
      lanes: [["kafka", 1, undefined], ["kafka", 2, undefined], ["slack", 1, "later"]],
    });
    expect(await one.depths("t")).toEqual(new Map([["slack", 1]]));
    expect(await one.pending("t", "slack", 0, 9)).toEqual([{ seq: 1, text: "a", state: "later" }]);
  },
  "settling twice counts once": async ({ store }) => {
    const one = await store();
    const { fence } = await claimed(one);
    await saved(one, fence, 1, { outbox: [[1, "a", "kafka", "slack"]] });
    for (const number of [2, 3]) await saved(one, fence, number, { lanes: [["kafka", 1, undefined]] });
    await saved(one, fence, 4, { lanes: [["kafka", 1, "too late"]] });
    expect(await one.pending("t", "slack", 0, 9)).toEqual([{ seq: 1, text: "a", state: "" }]);
    expect(await one.pending("t", "kafka", 0, 9)).toEqual([]);
  },
  "what is pending is read in pages by rising number": async ({ store }) => {
    const one = await store();
    const { fence } = await claimed(one);
    const seqs = Array.from({ length: 250 }, (_, i) => i + 1);
    await saved(one, fence, 1, { outbox: seqs.map((seq) => [seq, `text ${seq}`, "a", "b"] as const) });
    await saved(one, fence, 2, { lanes: [["a", 100, undefined], ["a", 101, "x"]] });
    const seen: number[] = [];
    for (let after = 0;;) {
      const page = await one.pending("t", "a", after, 40);
      if (page.length === 0) break;
      expect(page.map(({ text }) => text)).toEqual(page.map(({ seq }) => `text ${seq}`));
      seen.push(...page.map(({ seq }) => seq));
      after = seen.at(-1) ?? 0;
    }
    expect(seen).toEqual(seqs.filter((seq) => seq !== 100));
  },
  "a page is short only where nothing lies behind it, whatever is settled while it is read": async ({ store }) => {
    const one = await store();
    const { fence } = await claimed(one);
    const seqs = Array.from({ length: 100 }, (_, i) => i + 1);
    await saved(one, fence, 1, { outbox: seqs.map((seq) => [seq, "text", "a"] as const) });
    const settled = seqs.slice(0, 30).map((seq) => ["a", seq, undefined] as const);
    const [page] = await Promise.all([one.pending("t", "a", 0, 40), saved(one, fence, 2, { lanes: settled })]);
    expect(page.length).toBe(40);
    expect(page.map(({ seq }) => seq)).toEqual(page.map((_, i) => (page[0]?.seq ?? 0) + i));
    const [last] = await Promise.all([one.pending("t", "a", 90, 40), saved(one, fence, 3)]);
    expect(last.map(({ seq }) => seq)).toEqual(seqs.slice(90));
  },
};

export const texts: Cases = {
  "a text of the application is put and got": async ({ store }) => {
    const [one, two] = [await store(), await store()];
    expect(await one.get("plan")).toBe(undefined);
    expect(await one.put("plan", "p1")).toBe(true);
    expect(await one.put("", "\0é")).toBe(true);
    expect([await two.get("plan"), await two.get("")]).toEqual(["p1", "\0é"]);
  },
  "a text is put over the one expected, or over none": async ({ store }) => {
    const one = await store();
    expect(await one.put("plan", "p0", "other")).toBe(false);
    expect(await one.put("plan", "p1", null)).toBe(true);
    expect(await one.put("plan", "p2", null)).toBe(false);
    expect(await one.put("plan", "p3", "p2")).toBe(false);
    expect(await one.put("plan", "p4", "p1")).toBe(true);
    expect(await one.get("plan")).toBe("p4");
  },
  "of many that put over one text, one wins": async ({ store }) => {
    const stores = await Promise.all(Array.from({ length: 5 }, () => store()));
    const answers = await Promise.all(stores.map((one, i) => one.put("leader", String(i), null)));
    expect(answers.filter(Boolean).length).toBe(1);
  },
  "dropping a task leaves its claim, the application's texts and the other tasks": async ({ store }) => {
    const one = await store();
    const { fence } = await claimed(one);
    const changes = { states: [["k", "p", "x"]], timers: [["k", 1]], outbox: [[1, "a", "lane"]] } as const;
    await saved(one, fence, 1, changes);
    await saved(one, (await claimed(one, "t2")).fence, 1, changes);
    await one.put("plan", "p");
    await one.drop("t");
    expect(await one.save(fence, checkpoint(2))).toBe("unfollowed");
    expect([await partsOf(one, "k"), await one.timers("t", 9, 9)]).toEqual([undefined, []]);
    expect([await one.depths("t"), await one.pending("t", "lane", 0, 9)]).toEqual([new Map(), []]);
    expect([await partsOf(one, "k", "t2"), await one.get("plan")]).toEqual([{ p: "x" }, "p"]);
    await saved(one, fence, 1);
    expect(await claimed(one)).toMatchObject({ number: 1, fence: { epoch: 2 } });
  },
};
