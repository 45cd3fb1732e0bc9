import { expect } from "expect";
import { alertmanagerService } from "../tests/services/services.ts";
import { alertmanager } from "./alertmanager.ts";
import { alertOf, burst, openGate, testContext, testSink } from "./compliance.ts";
import type { Delivery } from "./sink.ts";

interface Held {
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly startsAt: string;
  readonly endsAt: string;
}

const secret = "s3cr3t-of-vigie";

/** The server is shared by all cases, so each marks its alerts with a label. */
async function trial() {
  const service = await alertmanagerService();
  const mark = crypto.randomUUID();
  const gate = openGate(service);
  const held = async (): Promise<Held[]> =>
    await (await fetch(`http://${service}/api/v2/alerts?filter=trial="${mark}"`)).json();
  const told = (summary: string, id: string) => ({ summary, id });
  return {
    options: { url: `http://vigie:${secret}@${gate.address}`, labels: { trial: mark } },
    context: testContext(),
    gate,
    secret,
    held,
    shown: (item: Delivery) => "alert" in item ? told(item.alert.title, item.alert.id) : undefined,
    received: async () =>
      (await held()).map(({ annotations }) => told(annotations.summary ?? "", annotations.alert_id ?? ""))
        .sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1))),
    remove: () => Promise.resolve(),
  };
}

testSink(alertmanager, trial, { network: "http" });

Deno.test({
  name: "an alert carries labels to route by and annotations to read, and its resolved one ends it",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const { options, context, held, gate } = await trial();
    const sink = alertmanager.create(options, context);
    await sink.deliver([{ alert: burst }]);
    const [{ labels, annotations, startsAt, endsAt }] = await held() as [Held];
    expect(labels).toEqual({
      ...options.labels,
      alertname: "error-rate",
      pack: "api",
      severity: "critical",
      merchant_id: "m-17",
      team: "platform",
    });
    expect(annotations).toMatchObject({
      description: burst.message,
      limit: "error_rate 0.0731, 46 % over 0.05",
      held_back: "12 more like this one",
      runbook_url: burst.runbook,
    });
    expect(startsAt).toBe(burst.event_time);
    expect(Date.parse(endsAt)).toBeGreaterThan(Date.now() + 3_000_000);
    await sink.deliver([{ alert: { ...burst, id: "end", status: "resolved", event_time: new Date().toISOString() } }]);
    expect(await held()).toEqual([]);
    await sink.close();
    gate.close();
  },
});

Deno.test({
  name: "names that Prometheus does not allow become names that it does",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const { options, context, held, gate } = await trial();
    const sink = alertmanager.create(options, context);
    await sink.deliver([{ alert: alertOf(0, { key: { "1st.näme": "x" }, labels: { "a-b": "c" } }) }]);
    expect((await held())[0]?.labels).toMatchObject({ _1st_n_me: "x", a_b: "c" });
    await sink.close();
    gate.close();
  },
});
