import { expect } from "expect";
import { connectRedis } from "../engine/adapters/redis.ts";
import { redisService } from "../tests/services/services.ts";
import { alertOf, delivery, openGate, recordOf, resultsOf, testContext, testSink } from "./compliance.ts";
import { redis } from "./redis.ts";

const unmeasured = { sanitizeOps: false, sanitizeResources: false };
const secret = "s3cr3t-of-vigie";

/** A stream of its own, reached by a user with a password of its own through a gate. */
async function trial() {
  const service = await redisService();
  const name = `sink-${crypto.randomUUID()}`;
  const admin = connectRedis(`redis://${service}`);
  await admin.pipeline([["ACL", "SETUSER", name, "on", `>${secret}`, "~*", "+@all"]]);
  const gate = openGate(service);
  return {
    options: { url: `redis://${name}:${secret}@${gate.address}/0`, stream: name },
    context: testContext(),
    gate,
    secret,
    admin,
    name,
    async received() {
      const [entries] = await admin.pipeline([["XRANGE", name, "-", "+"]]);
      return (entries as [string, string[]][]).map(([, fields]) => JSON.parse(fields[3] ?? ""));
    },
    async remove() {
      await admin.pipeline([["DEL", name], ["ACL", "DELUSER", name]]);
      await admin.close();
    },
  };
}

testSink(redis, trial, { network: "tcp" });

Deno.test({
  name: "a score is set as JSON under the key of its transaction, and goes away after its time",
  ...unmeasured,
  async fn() {
    const { options: { url }, context, admin, name, remove } = await trial();
    const sink = redis.create({ url, set: `${name}:{tx_id}`, ttl: "1h" }, context);
    const record = { ...recordOf(1), values: { tx_id: "t 1", fraud_score: 0.7 } };
    expect(resultsOf(await sink.deliver([{ record }, { record: recordOf(3) }]))).toEqual(["delivered", "rejected"]);
    const [text, left] = await admin.pipeline([["GET", `${name}:t 1`], ["PTTL", `${name}:t 1`]]);
    expect(JSON.parse(String(text))).toEqual(record);
    expect(Number(left)).toBeGreaterThan(3_500_000);
    await sink.close();
    await remove();
  },
});

Deno.test({
  name: "the values of a rollup become a hash that lookups read",
  ...unmeasured,
  async fn() {
    const { options: { url }, context, admin, name, remove } = await trial();
    const sink = redis.create({ url, hash: `${name}:{key.currency}`, ttl: "1m" }, context);
    await sink.deliver([{ record: { ...recordOf(1), values: { count: 3, country: "FR", top: ["a", "b"] } } }]);
    const [hash] = await admin.pipeline([["HGETALL", `${name}:EUR`]]);
    expect(hash).toEqual(["count", "3", "country", "FR", "top", '["a","b"]']);
    await sink.close();
    await remove();
  },
});

Deno.test({
  name: "a key of another type and a wrong password are tried again: the operator can mend them",
  ...unmeasured,
  async fn() {
    const { options, context, admin, name, remove } = await trial();
    await admin.pipeline([["SET", name, "a text"]]);
    for (const url of [options.url, options.url.replace(secret, "another one")]) {
      const sink = redis.create({ ...options, url, timeout: "300ms" }, context);
      expect(resultsOf(await sink.deliver([delivery(0), { alert: alertOf(2) }]))).toEqual(["retry", "retry"]);
      await sink.close();
    }
    await remove();
  },
});
