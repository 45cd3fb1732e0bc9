/** Lists in Redis: read before the first event is judged, and again every so often; their edits need no reload. */
import { expect } from "expect";
import { connectRedis } from "../../engine/adapters/redis.ts";
import { freePort } from "../services/port.ts";
import { redisService } from "../services/services.ts";
import { startVigie, until } from "./process.ts";

const pack = (key: string) =>
  `pack: visits
owner: security
lists:
  blocked: { redis: "${key}", refresh: 100ms }
  watched: { file: lists/watched.txt }
rules:
  - id: blocked-address
    title: A blocked address
    kind: filter
    on: visits
    when: visit.ip in lists.blocked
    severity: high
    message: "{visit.ip}"
  - id: watched-address
    title: A watched address
    kind: filter
    on: visits
    when: visit.ip in lists.watched
    severity: info
    message: "watched {visit.ip}"
`;

const contract = `stream: visits
alias: visit
topic: visits
schema: ../events/visit.schema.json
format: json
time: time
lateness: 0s
idle: 10s
max_future: 5m
`;

const schema = {
  type: "object",
  required: ["ip", "time"],
  properties: { ip: { type: "string" }, time: { type: "string", format: "date-time" } },
};

Deno.test({
  name: "a list in Redis holds from the first event, and takes up what is added; an edit of a list's file is a reload",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const [port, address, mark] = [freePort(), await redisService(), crypto.randomUUID().slice(0, 8)];
    const redis = connectRedis(`redis://${address}`);
    const key = `blocked:${mark}`;
    await redis.pipeline([["SADD", key, "10.0.0.1"]]);
    const folder = await Deno.makeTempDir({ prefix: "vigie-lists-" });
    const files = {
      "contracts/streams/visits.yaml": contract,
      "contracts/events/visit.schema.json": JSON.stringify(schema),
      "rules/visits.yaml": pack(key),
      "rules/lists/watched.txt": "10.0.0.7\n",
      "vigie.yaml": `app: lists-${mark}
source: { http: {} }
store: { redis: "redis://${address}" }
sinks: { out: { file: { path: alerts.ndjson } } }
default_sinks: [out]
http: { listen: "127.0.0.1:${port}" }
`,
    };
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
    const running = startVigie(["run", "--config", "vigie.yaml"], folder);
    const visit = async (ip: string) => {
      const response = await fetch(`http://127.0.0.1:${port}/v1/events/visits`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ip, time: new Date().toISOString() }),
      }).catch(() => undefined);
      await response?.body?.cancel();
      return response?.status === 200;
    };
    const alerts = async () =>
      (await Deno.readTextFile(`${folder}/alerts.ndjson`).catch(() => "")).trimEnd().split("\n").filter((line) => line)
        .map((line) => JSON.parse(line).message);
    /** Visits until one is alerted of. */
    const alertedOf = (ip: string, message: string) =>
      until(async () => await visit(ip) && (await alerts()).includes(message), () => running.log());

    await alertedOf("10.0.0.1", "10.0.0.1");
    expect(await visit("10.0.0.2")).toBe(true);
    await redis.pipeline([["SADD", key, "10.0.0.3"]]);
    await alertedOf("10.0.0.3", "10.0.0.3");
    await Deno.writeTextFile(`${folder}/rules/lists/watched.txt`, "10.0.0.8\n");
    await alertedOf("10.0.0.8", "watched 10.0.0.8");
    expect(await alerts()).not.toContain("10.0.0.2");
    running.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    await redis.pipeline([["DEL", key]]);
    await redis.close();
    await Deno.remove(folder, { recursive: true });
  },
});
