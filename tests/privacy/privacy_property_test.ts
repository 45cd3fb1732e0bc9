/**
 * No clear value leaves: random events with personal fields go through rules of every kind that say them in every way the
 * language has, and every output is searched for what the events held. Decisions stay those over clear values.
 */
import { expect } from "expect";
import * as fc from "fast-check";
import { compileProject } from "../../engine/compile.ts";
import type { Plan } from "../../engine/compile/plan.ts";
import { loadProject } from "../../engine/load.ts";
import { Privacy } from "../../engine/privacy/privacy.ts";
import { createDecoder } from "../../engine/runtime/decode.ts";
import type { RawMessage } from "../../engine/runtime/ports.ts";
import { type Recording, replay } from "../../engine/runtime/replay.ts";

const runs = Math.min(Number(Deno.env.get("VIGIE_RUNS") ?? 100), 300);

const text = (mark?: string) => ({ type: "string", ...(mark === undefined ? {} : { "x-personal": mark }) });
const schema = {
  type: "object",
  required: ["id", "at", "device", "agent", "card", "ip", "amount"],
  properties: {
    id: text(),
    at: text(),
    device: text("hash"),
    agent: text("drop"),
    card: text("mask"),
    ip: text("truncate"),
    iban: text("hash"),
    salary: { type: "number", "x-personal": "hash" },
    note: text(),
    amount: { type: "number" },
  },
};

const pack = `
pack: p
defaults: { severity: high }
rules:
  - id: f
    kind: filter
    on: visits
    when: visit.amount > 10
    context: event
    entities: { device: visit.device, agent: visit.agent, part: 'visit.device.substring(0, 7)', mail: 'visit.ip + "/" + visit.card' }
    criteria:
      known: visit.device.startsWith("d") && visit.salary > 1
      card: visit.card.size() > 3 && visit.agent != "x"
    message: '{visit.device} {visit.agent.upperAscii()} {visit.card} {visit.ip} {visit.iban} {visit.salary} {visit.note} {visit.card.split("4")} {visit.ip.substring(0, 9)}'
    emit_to: out
    record: { device: visit.device, upper: visit.device.upperAscii(), salary: visit.salary * 2, ip: visit.ip }
  - id: g
    kind: filter
    on: visits
    when: visit.amount > 10
    entities: { device: visit.device, agent: visit.agent }
    context: event
    message: 'seen {visit.device} and {visit.note}'
  - id: t
    kind: threshold
    on: visits
    key: [visit.device, visit.ip, { cut: 'visit.agent.substring(0, 6)' }]
    window: { tumbling: 1m }
    emit: on_match
    aggregate:
      n: count()
      agents: distinct(visit.agent)
      last_agent: last(visit.agent)
      last_card: last(visit.card)
      pay: avg(visit.salary)
      twice: pay * 2
      best: top(visit.device, 3)
    when: n >= 1
    context: [device, agent]
    entities: { seen: visit.iban }
    message: '{last_agent} {last_card} {pay} {best} {visit.device}'
  - id: r
    kind: rollup
    on: visits
    key: visit.iban
    window: { tumbling: 1m }
    aggregate: { n: count(), who: last(visit.device), agent: first(visit.agent) }
    emit_to: out
  - id: s
    kind: score
    on: visits
    key: visit.device
    features:
      seen: { window: { sliding: 1m }, value: last(visit.agent) }
      n: { window: { sliding: 1m }, value: count() }
    points:
      many: { when: 'n > 0 && visit.ip.size() > 0 && visit.device != "" && seen != ""', add: 10 }
    decisions: { decline: score >= 5, approve: 'true' }
    alert_on: [decline]
    emit_to: out
    message: '{seen} {score}'
  - id: j
    kind: join
    left: { on: visits, where: visit.amount > 10 }
    right: { on: orders }
    key: { left: visit.device, right: order.device }
    within: 1m
    when: visit.amount > 0
    context: event
    message: '{visit.device} {order.device} {visit.ip}'
  - id: q
    kind: sequence
    steps: [{ on: visits }, { on: orders }]
    key: { visits: visit.device, orders: order.device }
    within: 1m
    context: event
`;

async function planOf(): Promise<Plan> {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/contracts/streams`, { recursive: true });
  const write = (name: string, content: string) => Deno.writeTextFile(`${folder}/${name}`, content);
  await write("contracts/visit.schema.json", JSON.stringify(schema));
  const order = { type: "object", required: ["at", "device"], properties: { at: text(), device: text("hash") } };
  await write("contracts/order.schema.json", JSON.stringify(order));
  const head = (stream: string, alias: string) =>
    `{ stream: ${stream}, alias: ${alias}, schema: ../${alias}.schema.json, time: at, key: device }`;
  await write("contracts/streams/visits.yaml", head("visits", "visit"));
  await write("contracts/streams/orders.yaml", head("orders", "order"));
  await write("p.yaml", pack);
  const loaded = await loadProject({ packs: [`${folder}/p.yaml`], contracts: `${folder}/contracts` });
  const { plan, problems } = compileProject(loaded);
  await Deno.remove(folder, { recursive: true });
  const errors = [...loaded.problems, ...problems].filter(({ severity }) => severity === "error");
  expect(errors.map(({ message, path }) => `${path.join(".")}: ${message}`)).toEqual([]);
  if (plan === undefined) throw new Error("no plan");
  return plan;
}

const plan = await planOf();
const start = Date.parse("2026-01-05T10:00:00Z");

/** Card numbers with a valid check digit. No payment card begins with 0 or 1. */
const digit = fc.integer({ min: 0, max: 9 });
const card = fc.tuple(fc.integer({ min: 2, max: 9 }), ...Array.from({ length: 14 }, () => digit)).map((digits) => {
  const sum = digits.reduce((total, digit, i) => {
    const doubled = i % 2 === 0 ? digit * 2 : digit;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return [...digits, (10 - sum % 10) % 10].join("");
});
const word = fc.stringMatching(/^[A-Z]{2}[a-z]{10,14}$/);
const octet = fc.integer({ min: 100, max: 255 });

const visit = fc.record({
  wait: fc.integer({ min: -20_000, max: 40_000 }),
  device: fc.oneof(fc.constantFrom("dQdeviceone", "dQdevicetwo"), word.map((one) => `d${one}`)),
  agent: word.map((one) => `a${one}`),
  card,
  noted: card,
  ip: fc.tuple(octet, octet, octet, octet).map((octets) => octets.join(".")),
  iban: word.map((one) => `i${one}`),
  salary: fc.integer({ min: 1_000_000, max: 9_000_000 }),
  amount: fc.constantFrom(5, 20),
  broken: fc.constantFrom("", "", "", "json", "schema"),
});
type Visit = typeof visit extends fc.Arbitrary<infer T> ? T : never;

function messagesOf(visits: readonly Visit[]): { visits: RawMessage[]; orders: RawMessage[]; clear: Set<string> } {
  const clear = new Set<string>();
  const encoder = new TextEncoder();
  let now = start;
  const raw = (topic: string, offset: number, value: string): RawMessage => ({
    topic,
    partition: 0,
    offset,
    timestamp: undefined,
    key: null,
    value: encoder.encode(value),
  });
  const made = visits.map(({ wait, broken, noted, ...fields }, offset) => {
    now += wait;
    const spaced = noted.replace(/(.{4})/g, "$1 ").trim();
    const at = new Date(now).toISOString();
    const event = { id: `v${offset}`, at, note: `card ${spaced}, or ${noted}`, ...fields };
    for (const value of [fields.device, fields.agent, fields.card, fields.ip, fields.iban, noted, spaced]) {
      clear.add(value);
    }
    clear.add(String(fields.salary)).add(String(fields.salary * 2)).add(fields.device.toUpperCase());
    clear.add(fields.agent.slice(0, 6)).add(fields.device.slice(0, 7)).add(fields.agent.toUpperCase());
    const whole = JSON.stringify(broken === "schema" ? { ...event, amount: "much" } : event);
    return {
      visit: raw("visits", offset, broken === "json" ? whole.slice(0, -1) : whole),
      order: { at, device: fields.device },
    };
  });
  return {
    visits: made.map((one) => one.visit),
    orders: made.map(({ order }, offset) => raw("orders", offset, JSON.stringify(order))),
    clear,
  };
}

async function outputs(visits: readonly Visit[], privacy: Privacy | undefined) {
  const { visits: messages, orders, clear } = messagesOf(visits);
  const lines: string[] = [];
  const decisions: string[] = [];
  const recording = (stream: string, batch: readonly RawMessage[]): Recording => {
    const batches = [batch].values();
    const decoder = createDecoder(plan.streams.get(stream)!, { live: undefined, recorded: false });
    return { stream, decoder, partitions: [], read: () => Promise.resolve(batches.next().value) };
  };
  await replay(plan, [recording("visits", messages), recording("orders", orders)], {
    alert: (alert) => {
      lines.push(JSON.stringify(alert));
      const { rule, status, severity, event_time, criteria } = alert;
      decisions.push(`${rule} ${status} ${severity} ${event_time} ${criteria.map(({ matched }) => matched)}`);
    },
    record: (record) => {
      lines.push(JSON.stringify(record));
      decisions.push(`${record.rule} ${record.event_time}`);
    },
    late: (line) => lines.push(JSON.stringify(line)),
    dead: (line) => lines.push(JSON.stringify(line)),
  }, { until: start + 86_400_000, ...(privacy === undefined ? {} : { privacy }) });
  return { lines, decisions, clear };
}

for (const [name, key] of [["with a key", "secret"], ["without a key", undefined]] as const) {
  Deno.test(`no clear value is in any output ${name}`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(visit, { minLength: 1, maxLength: 8 }), async (visits) => {
        const { lines, clear } = await outputs(visits, new Privacy(key));
        const all = lines.join("\n");
        expect([...clear].filter((value) => all.includes(value))).toEqual([]);
      }),
      { numRuns: runs },
    );
  });
}

Deno.test("rules decide on clear values: the same is said, at the same times, with and without privacy", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(visit, { minLength: 1, maxLength: 8 }), async (visits) => {
      const treated = await outputs(visits, new Privacy("secret"));
      const clear = await outputs(visits, undefined);
      expect(treated.decisions).toEqual(clear.decisions);
    }),
    { numRuns: runs },
  );
});

Deno.test("the search would find clear values: without privacy they are there", async () => {
  const [visits] = fc.sample(fc.array(visit, { minLength: 4, maxLength: 8 }), { seed: 7, numRuns: 1 });
  const { lines, clear } = await outputs(visits!.map((one) => ({ ...one, amount: 20 })), undefined);
  const found = [...clear].filter((value) => lines.join("\n").includes(value));
  expect(found.length).toBeGreaterThan(clear.size * 0.8);
});
