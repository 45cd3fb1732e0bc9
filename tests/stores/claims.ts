/** Cases of claims and fences: who may write a task. */
import { expect } from "expect";
import { type Cases, checkpoint, claimed, claimedInTime, minute, partsOf, saved } from "./trial.ts";

export const claims: Cases = {
  "a fresh task has number 0 and no head": async ({ store }) => {
    expect(await claimed(await store())).toEqual({
      fence: { task: "t", epoch: 1, owner: "a" },
      number: 0,
      head: undefined,
    });
  },
  "a task whose term runs is held, and how long is said": async ({ store }) => {
    await claimed(await store(), "t", "a");
    const answer = await (await store()).claim("t", "b", { term: minute, steal: false });
    const heldFor = "heldFor" in answer ? answer.heldFor : NaN;
    expect(heldFor).toBeGreaterThan(0);
    expect(heldFor).toBeLessThanOrEqual(minute);
  },
  "stealing takes a task while another's term runs": async ({ store }) => {
    await claimed(await store(), "t", "a");
    expect((await claimed(await store(), "t", "b")).fence).toEqual({ task: "t", epoch: 2, owner: "b" });
  },
  "an owner claims its own task again without waiting": async ({ store }) => {
    const one = await store();
    await claimed(one, "t", "a");
    expect((await claimed(one, "t", "a", false)).fence.epoch).toBe(2);
  },
  "a term that is over lets another in": async ({ store }) => {
    const [one, two] = [await store(), await store()];
    const { fence } = await claimed(one);
    expect(await one.renew(fence, 50)).toBe(true);
    expect((await claimedInTime(two, "t", "b")).fence).toEqual({ task: "t", epoch: 2, owner: "b" });
    expect(await one.renew(fence, minute)).toBe(false);
  },
  "renewing keeps another out": async ({ store }) => {
    const [one, two] = [await store(), await store()];
    const { fence } = await claimed(one);
    await one.renew(fence, 1);
    expect(await one.renew(fence, minute)).toBe(true);
    expect(await two.claim("t", "b", { term: minute, steal: false })).toEqual({ heldFor: expect.any(Number) });
  },
  "a task that was given up is free at once": async ({ store }) => {
    const [one, two] = [await store(), await store()];
    await one.release((await claimed(one)).fence);
    expect((await claimed(two, "t", "b", false)).fence.owner).toBe("b");
  },
  "an older owner cannot give up what is another's": async ({ store }) => {
    const [one, two] = [await store(), await store()];
    const { fence } = await claimed(one);
    await claimed(two, "t", "b");
    await one.release(fence);
    expect(await one.claim("t", "c", { term: minute, steal: false })).toEqual({ heldFor: expect.any(Number) });
  },
  "a checkpoint under an older fence is fenced and changes nothing": async ({ store }) => {
    const [one, two] = [await store(), await store()];
    const { fence } = await claimed(one);
    await saved(one, fence, 1, { states: [["k", "p", "old"]] });
    const next = await claimed(two, "t", "b");
    expect(next.number).toBe(1);
    expect(await one.save(fence, checkpoint(2, { states: [["k", "p", "zombie"]] }))).toBe("fenced");
    expect(await one.save(fence, checkpoint(1))).toBe("fenced");
    expect(await partsOf(two, "k")).toEqual({ p: "old" });
    await saved(two, next.fence, 2, { states: [["k", "p", "new"]] });
    expect(await one.save(fence, checkpoint(3))).toBe("fenced");
    expect(await partsOf(one, "k")).toEqual({ p: "new" });
  },
  "a random owner tells two claims of one epoch apart": async ({ store }) => {
    const one = await store();
    const { fence } = await claimed(one);
    expect(await one.save({ ...fence, owner: "other" }, checkpoint(1))).toBe("fenced");
    expect(await one.renew({ ...fence, owner: "other" }, minute)).toBe(false);
  },
  "a fence that the store has lost is unfollowed, not fenced": async ({ store }) => {
    const one = await store();
    const { fence } = await claimed(one);
    expect(await one.save({ ...fence, epoch: 2 }, checkpoint(1))).toBe("unfollowed");
    expect(await one.save({ task: "never claimed", epoch: 1, owner: "a" }, checkpoint(1))).toBe("unfollowed");
  },
  "of many that claim at once, one can write": async ({ store }) => {
    const stores = await Promise.all(Array.from({ length: 5 }, () => store()));
    const fences = await Promise.all(stores.map(async (one, i) => (await claimed(one, "t", `owner ${i}`)).fence));
    const answers = await Promise.all(stores.map((one, i) => one.save(fences[i]!, checkpoint(1))));
    expect(answers.toSorted()).toEqual(["fenced", "fenced", "fenced", "fenced", "saved"]);
  },
};
