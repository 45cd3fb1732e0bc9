import { expect } from "expect";
import { ownRedis } from "../../../tests/services/services.ts";
import { connectRedis } from "../redis.ts";
import { checkServer } from "./check.ts";
import type { RedisConnection } from "./port.ts";
import { redisStore } from "./store.ts";

Deno.test("a policy that could drop state is refused with a way out; those that cannot are taken", async () => {
  const server = await ownRedis();
  await server.start();
  const redis = connectRedis(`redis://${server.address}`);
  const store = redisStore(redis, "app");
  for (const policy of ["allkeys-lru", "allkeys-lfu", "allkeys-random"]) {
    await redis.pipeline([["CONFIG", "SET", "maxmemory-policy", policy]]);
    await expect(store.open()).rejects.toMatchObject({
      state: "refused",
      message: `Redis at ${server.address} would drop state when its memory is full ` +
        `(maxmemory-policy ${policy}): set maxmemory-policy to noeviction`,
    });
  }
  for (const policy of ["volatile-lru", "volatile-ttl", "noeviction"]) {
    await redis.pipeline([["CONFIG", "SET", "maxmemory-policy", policy]]);
    await store.open();
  }
  await redis.pipeline([["SET", "{app}:text:plan", "x"], ["SET", "{app:t}:meta", "x"]]);
  await expect(store.get("plan")).rejects.toMatchObject({ state: "refused" });
  await expect(store.claim("t", "a", { term: 1, steal: true })).rejects.toMatchObject({
    state: "refused",
    message: expect.stringContaining("belongs to something else: choose another app, or another database"),
  });
  await redis.pipeline([["CONFIG", "SET", "requirepass", "secret"]]);
  const stranger = redisStore(connectRedis(`redis://${server.address}`), "app");
  await expect(stranger.open()).rejects.toMatchObject({
    state: "away",
    message: expect.stringMatching(/password|auth/i),
  });
  const known = redisStore(connectRedis(`redis://:secret@${server.address}`), "app");
  await known.open();
  for (const one of [store, stranger, known]) await one.close();
  await server.remove();
});

/** A server that says this of itself. */
function saying(info: string): RedisConnection {
  const answer = (command: readonly unknown[]) => command[1] === "server" ? info : "";
  return {
    address: "redis:6379",
    pipeline: (commands) => Promise.resolve(commands.map(answer)),
    close: () => Promise.resolve(),
  };
}

Deno.test("versions before 6.2 and replicas are refused; later ones and Valkey are taken", async () => {
  await expect(checkServer(saying("redis_version:6.0.16"))).rejects.toThrow(
    "is version 6.0.16: Vigie needs 6.2 or later",
  );
  await expect(checkServer(saying("redis_version:7.0.15\r\nrole:slave"))).rejects.toThrow(
    "is a replica: name its master",
  );
  for (const version of ["6.2.0", "7.0.15", "8.2.1"]) {
    await checkServer(saying(`redis_version:${version}\r\nrole:master`));
  }
  await checkServer(saying("redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.0"));
});
