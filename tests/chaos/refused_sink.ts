/** A sink refuses every connection for a while, with far more alerts than memory may hold. */
import { expect } from "expect";
import { connectRedis } from "../../engine/adapters/redis.ts";
import { until } from "../run/process.ts";
import { redisService } from "../services/services.ts";
import { Arena, difference, nothing } from "./arena.ts";
import { gateTo } from "./gate.ts";
import type { Scenario } from "./scenario.ts";

/** Every payment is an alert, so that few events make many. */
const flood = `pack: flood
defaults: { severity: info, sinks: [refused] }
rules:
  - id: every-payment
    title: A payment
    kind: filter
    on: payments
    when: payment.amount >= 0
    entities: { payment: payment.payment_id }
    context: event
`;

export const refusedSink: Scenario = {
  name: "refused-sink",
  says: "a sink that is refused delays nobody until its lane is full, memory stays bounded, and everything arrives",
  async run({ isLong, note }) {
    const address = await redisService();
    const redis = connectRedis(`redis://${address}`);
    const gate = gateTo(address);
    const stream = `refused-${crypto.randomUUID().slice(0, 8)}`;
    const [events, max, refused] = isLong ? [220_000, 200_000, 60_000] : [9_000, 4_000, 0];
    const arena = await Arena.open({
      events,
      partitions: 2,
      sinks: { refused: `{ redis: { url: "redis://${gate.address}", stream: ${stream} } }` },
      more: `outbox: { queue: 200, max: ${max} }`,
    });
    await Deno.writeTextFile(`${arena.folder}/rules/flood.yaml`, flood);
    try {
      const running = await arena.start();
      await running.active();
      await arena.send(events / 20);
      await running.settled();
      const memory = await residentOf(running.pid);
      gate.shut();
      const since = performance.now();
      await arena.send(max / 2);
      const sinks = async () => (await running.status())?.sinks ?? [];
      const laneOf = (name: string) => sinks().then((all) => all.find(({ sink }) => sink === name));
      await running.handled();
      // Below the bound every event is handled and all other sinks have their alerts.
      await until(async () => {
        const status = await running.status();
        return status?.sinks.every(({ sink, waiting }) => sink === "refused" ? waiting >= max / 2 : waiting === 0) ===
          true;
      }, () => `Others wait too:\n${running.log()}`);
      await arena.send();
      const isNamed = async () => (await running.status())?.troubles.some((text) => /"refused" is full/.test(text));
      const isFull = async () => await isNamed() === true && ((await laneOf("refused"))?.waiting ?? 0) >= max;
      await until(isFull, () => `The lane is not full:\n${running.log()}`);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, refused - (performance.now() - since))));
      const { waiting = 0 } = await laneOf("refused") ?? {};
      expect(waiting).toBeLessThan(max + slack);
      const grown = await residentOf(running.pid) - memory;
      expect(grown).toBeLessThan(memoryMax);
      gate.open();
      await running.settled();
      await running.stop();
      await arena.drain();
      const { alerts } = await arena.judge();
      const answer = (await redis.pipeline([["XRANGE", stream, "-", "+"]]))[0] as [string, string[]][];
      const ids = answer.map(([, fields]) => fields[fields.indexOf("id") + 1] ?? "");
      expect(difference(ids, (await arena.wanted()).map(({ id }) => id))).toEqual(nothing);
      note(`${alerts} alerts, up to ${waiting} waited, memory grew by ${Math.round(grown / 2 ** 20)} MiB; all arrived`);
    } finally {
      await arena.close();
      gate.close();
      await redis.pipeline([["DEL", stream]]);
      await redis.close();
    }
  },
};

/** Alerts of the slice at which the lane became full. */
const slack = 3 * 1_024;
/** Bytes; all that waits in the long run would be more than twice that. */
const memoryMax = 256 * 2 ** 20;

/** Memory of a process that is in the machine's, in bytes. */
async function residentOf(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1_024;
}
