/**
 * What an instance costs that has nothing to do: the CPU time of `vigie run` on a Kafka without traffic and a Redis, all
 * packs of payments and fraud, after a quarter of a minute. Aim: at most 2 % of a core. Linux only, which counts
 * CPU time in hundredths of a second. `deno run -A bench/idle.ts [seconds]`
 */
import { openKafka } from "../engine/adapters/kafka.ts";
import { deploy } from "../tests/run/deployment.ts";
import { startVigie, until } from "../tests/run/process.ts";
import { freePort } from "../tests/services/port.ts";
import { kafkaService, redisService } from "../tests/services/services.ts";

/** CPU seconds of a process so far, in user and in system mode: fields 14 and 15 of proc(5). */
async function cpuOf(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function pause(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

/** Share of a core. */
export async function benchIdle(seconds: number): Promise<number> {
  const [broker, redis, port] = [await kafkaService(), await redisService(), freePort()];
  const { folder, topic, remove } = await deploy({
    broker,
    packs: ["rules/payments", "rules/fraud/advanced.yaml"],
    store: `store: { redis: "redis://${redis}" }`,
    more: `http: { listen: "127.0.0.1:${port}" }`,
  });
  const kafka = openKafka({ brokers: [broker] }, "bench");
  await kafka.createTopic(topic, { partitions: 6, config: { "retention.ms": "-1" } });
  await kafka.close();
  const running = startVigie(["run", "--config", "vigie.yaml"], folder);
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(async (answer) => {
      await answer.body?.cancel();
      return answer.status === 200;
    }, () => false);
  await until(isReady, () => running.log());
  await pause(15_000);
  const before = await cpuOf(running.pid);
  await pause(seconds * 1_000);
  const share = (await cpuOf(running.pid) - before) / seconds;
  running.kill("SIGTERM");
  await running.ended;
  await remove();
  return share;
}

if (import.meta.main) {
  const seconds = Number(Deno.args[0] ?? 60);
  console.log(`${(100 * await benchIdle(seconds)).toFixed(2)} % of a core over ${seconds} s without traffic; aim 2 %`);
}
