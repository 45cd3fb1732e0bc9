import { expect } from "expect";
import { redisService } from "../../tests/services/services.ts";
import { connectRedis } from "./redis.ts";
import { redisLookups } from "./redis_lookups.ts";

Deno.test({
  name: "rows are read with their types, served from memory for their time, and missing ones have no value",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const redis = connectRedis(`redis://${await redisService()}`);
    const mark = crypto.randomUUID();
    await redis.pipeline([[
      "HSET",
      `p:${mark}`,
      "country",
      "FR",
      "age",
      "41",
      "vip",
      "true",
      "other",
      "x",
      "bad",
      "x",
    ]]);
    let now = 0;
    const lookups = redisLookups(redis, () => now);
    const fields = { country: "string", age: "number", vip: "boolean", bad: "number" } as const;
    const need = (key: string) => ({ lookup: "profile", key, fields, cache: 1_000 });
    await lookups.fetch([need(`p:${mark}`), need(`p:none:${mark}`)]);
    expect(lookups.find("profile", `p:${mark}`)).toEqual({ country: "FR", age: 41, vip: true });
    expect(lookups.find("profile", `p:none:${mark}`)).toBe(undefined);
    await redis.pipeline([["HSET", `p:${mark}`, "country", "DE"]]);
    now = 999;
    await lookups.fetch([need(`p:${mark}`)]);
    expect(lookups.find("profile", `p:${mark}`)?.country).toBe("FR");
    now = 1_000;
    await lookups.fetch([need(`p:${mark}`)]);
    expect(lookups.find("profile", `p:${mark}`)?.country).toBe("DE");
    await redis.close();
  },
});
