/** The disk with the state file of the embedded store becomes full, and later has room again. */
import { expect } from "expect";
import { until } from "../run/process.ts";
import { Arena } from "./arena.ts";
import { smallDisk } from "./disk.ts";
import type { Scenario } from "./scenario.ts";

export const fullDisk: Scenario = {
  name: "full-disk",
  says: "a full disk under SQLite stops the engine, which says so, and it goes on where it was when there is room",
  async run({ isLong, note }) {
    const disk = await smallDisk(64);
    const [events, times] = isLong ? [120_000, 5] : [9_000, 1];
    const arena = await Arena.open({ events, partitions: 2, store: `store: { sqlite: "${disk.folder}/state.db" }` });
    const part = Math.floor(events / (4 * times + 1));
    try {
      const running = await arena.start();
      await running.active();
      for (let time = 0; time < times; time++) {
        await arena.send(part);
        await running.settled();
        await disk.fill();
        const isFull = async () => (await running.status())?.troubles.some((text) => /the disk is full/.test(text));
        // What the files have free inside is used up first.
        await until(async () => {
          await arena.send(500);
          return await isFull() === true;
        }, () => `It does not say that the disk is full:\n${running.log()}`);
        expect((await fetch(`${running.http}/readyz`).then((ready) => ready.body?.cancel().then(() => ready)))?.status)
          .toBe(503);
        await disk.clear();
        await running.active();
      }
      await arena.send();
      await running.settled();
      await running.stop();
      expect(running.log()).toMatch(/checkpoint cannot be written.*the disk is full/);
      await arena.drain();
      const { alerts, said } = await arena.judge();
      note(`${times} times: ${alerts} alerts, none lost, none extra; ${said - alerts} said again`);
    } finally {
      await arena.close();
      await disk.remove();
    }
  },
};
