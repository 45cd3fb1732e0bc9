/** The services that other tests stand on. */
import { expect } from "expect";
import * as services from "./services.ts";
import { kafkaService, ownRedis, redisService } from "./services.ts";

async function answers(address: string): Promise<boolean> {
  const [hostname = "", port = ""] = address.split(":");
  try {
    (await Deno.connect({ hostname, port: Number(port) })).close();
    return true;
  } catch {
    return false;
  }
}

Deno.test("Kafka and Redis are there, and who asks twice gets the same one", async () => {
  const [kafka, redis, again] = await Promise.all([kafkaService(), redisService(), kafkaService()]);
  expect(again).toBe(kafka);
  expect([await answers(kafka), await answers(redis)]).toEqual([true, true]);
});

for (const name of ["postgres", "influxdb", "clickhouse", "alertmanager"] as const) {
  Deno.test(`${name} is there`, async () => {
    expect(await answers(await services[`${name}Service`]())).toBe(true);
  });
}

Deno.test("a service of one's own goes away and comes back at the same address", async () => {
  const redis = await ownRedis();
  await redis.start();
  expect(await answers(redis.address)).toBe(true);
  await redis.kill();
  expect(await answers(redis.address)).toBe(false);
  await redis.start();
  expect(await answers(redis.address)).toBe(true);
  await redis.remove();
});
