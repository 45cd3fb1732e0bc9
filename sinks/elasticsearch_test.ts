import { expect } from "expect";
import { bulkIndex } from "../tests/services/elasticsearch.ts";
import { opensearchService } from "../tests/services/services.ts";
import { checkingServer } from "./compliance/checking.ts";
import { alertOf, openGate, recordOf, resultsOf, testContext, testSink } from "./compliance.ts";
import { elasticsearch } from "./elasticsearch.ts";

const unmeasured = { sanitizeOps: false, sanitizeResources: false };
const secret = "VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw==";

function trial() {
  const index = bulkIndex(({ message }) => {
    if (message === "does not fit") return [400, "document_parsing_exception"];
    return message === "no room" ? [429, "es_rejected_execution_exception"] : undefined;
  });
  const server = checkingServer(({ path, headers, text }) => {
    if (headers.get("authorization") !== `ApiKey ${secret}`) return "who are you?";
    return index.fault(path, headers.get("content-type") ?? "", text);
  }, ({ text }) => index.run(text));
  const gate = openGate(server.address);
  const content = ({ "@timestamp": time, ...rest }: Record<string, unknown>) => {
    expect(time).toBe(rest.event_time);
    return rest;
  };
  const number = (item: Record<string, unknown>) => Number(String(item.id).slice(1));
  return Promise.resolve({
    options: { url: `http://${gate.address}`, api_key: secret },
    context: testContext(),
    gate,
    secret,
    index,
    received: () => {
      const held = [...index.documents.values()].flatMap((documents) => [...documents.values()].map(content));
      return Promise.resolve(held.sort((a, b) => number(a) - number(b)));
    },
    remove: async () => {
      await server.stop();
      expect(server.faults).toEqual([]);
    },
  });
}

testSink(elasticsearch, trial, { network: "http" });

/** A real server, which has no keys and takes any. */
async function serverTrial() {
  const service = await opensearchService();
  const gate = openGate(service);
  const name = crypto.randomUUID();
  const [index, records] = [`alerts-${name}`, `records-${name}`];
  const ask = async (method: string, path: string) => {
    const response = await fetch(`http://${service}/${path}`, { method });
    return await response.json();
  };
  return {
    options: { url: `http://${gate.address}`, api_key: secret, index, records },
    context: testContext(),
    gate,
    secret,
    async received() {
      await ask("POST", `*-${name}/_refresh`);
      const { hits } = await ask("GET", `*-${name}/_search?size=10000`);
      const held = hits.hits.map(({ _source: { "@timestamp": _, ...rest } }: { _source: Record<string, unknown> }) =>
        rest
      );
      return held.sort((a: { id: string }, b: { id: string }) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
    },
    remove: async () => void await ask("DELETE", `*-${name}`),
  };
}

testSink({ ...elasticsearch, name: "elasticsearch on OpenSearch" }, serverTrial, { network: "http" });

Deno.test({
  name: "alerts and records have indices of their own, named by templates",
  ...unmeasured,
  async fn() {
    const { options, context, gate, index, remove } = await trial();
    const sink = elasticsearch.create({ ...options, index: "Alerts-{pack}" }, context);
    await sink.deliver([{ alert: alertOf(0) }, { record: recordOf(1) }]);
    expect([...index.documents.keys()]).toEqual(["alerts-payments", "vigie-payment_stats"]);
    await sink.close();
    gate.close();
    await remove();
  },
});

Deno.test({
  name: "each document has a verdict of its own",
  ...unmeasured,
  async fn() {
    const { options, context, gate, remove } = await trial();
    const sink = elasticsearch.create({ ...options, index: "alerts-{entities.payment}" }, context);
    const verdicts = await sink.deliver([
      { alert: alertOf(0) },
      { alert: alertOf(2, { message: "does not fit" }) },
      { alert: alertOf(4, { message: "no room" }) },
      { alert: alertOf(6, { entities: {} }) },
      { alert: alertOf(8) },
    ]);
    expect(resultsOf(verdicts)).toEqual(["delivered", "rejected", "retry", "rejected", "delivered"]);
    await sink.close();
    gate.close();
    await remove();
  },
});
