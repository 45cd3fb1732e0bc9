/** What a Redis sink that keeps alerts by their ids holds. */
import { connectRedis } from "../../engine/adapters/redis.ts";

/** Ids of the alerts under keys with a prefix, each as often as a key holds it. */
export async function keptIds(address: string, prefix: string): Promise<string[]> {
  const redis = connectRedis(`redis://${address}`);
  const ids: string[] = [];
  try {
    for (let cursor = "0", isFirst = true; isFirst || cursor !== "0"; isFirst = false) {
      const [page] = await redis.pipeline([["SCAN", cursor, "MATCH", `${prefix}*`, "COUNT", 1_000]]);
      const [next, keys] = page as [string, string[]];
      ids.push(...keys.map((key) => key.slice(prefix.length)));
      cursor = next;
    }
  } finally {
    await redis.close();
  }
  return [...new Set(ids)];
}
