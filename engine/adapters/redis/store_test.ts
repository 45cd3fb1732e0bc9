import { redisService } from "../../../tests/services/services.ts";
import { proxyOf } from "../../../tests/services/proxy.ts";
import { testStore } from "../../../tests/stores/suite.ts";
import type { CheckpointStore } from "../../runtime/store.ts";
import { connectRedis } from "../redis.ts";
import { redisStore } from "./store.ts";

/** So small that a checkpoint of the suite has many steps. */
const size = { changes: 4, length: 1_000_000, group: 300 };

testStore("redis", async () => {
  const address = await redisService();
  const app = `test ${crypto.randomUUID()}`;
  const opened: CheckpointStore[] = [];
  const open = async (at: string) => {
    const store = redisStore(connectRedis(`redis://${at}`), app, size);
    opened.push(store);
    await store.open();
    return store;
  };
  return {
    store: () => open(address),
    async crash(step, act) {
      const proxy = proxyOf(address);
      const store = await open(proxy.address);
      proxy.cutAfter(step >> 1, step % 2 === 0 ? "request" : "answer");
      try {
        await act(store).catch(() => {});
        return proxy.isCut();
      } finally {
        await store.close();
        proxy.close();
      }
    },
    async remove() {
      for (const store of opened) await store.close();
    },
  };
});
