/** What every sink of a network must do when its receiver is slow, silent, cut off, refusing or gone. */
import { expect } from "expect";
import type { Delivery, SinkKind } from "../sink.ts";
import type { Gate, GateMode } from "./gate.ts";
import { acceptable, contentOf } from "./samples.ts";
import { insist, type Prepare, resultsOf, type SinkTrial, testCase } from "./trial.ts";

export interface NetworkTraits {
  /** `http`: the gate can answer for the receiver; `tcp`: it can only fail. */
  readonly network: "http" | "tcp";
  /** What a refused authorization means; `retry` unless the receiver belongs to somebody else. */
  readonly authorization?: "retry" | "rejected";
}

/** Registers the cases. */
export function testNetwork(
  kind: SinkKind,
  prepare: Prepare,
  { network, authorization = "retry" }: NetworkTraits,
): void {
  const test = testCase.bind(undefined, kind, prepare);
  const batch = Array.from({ length: 3 }, (_, i) => acceptable(kind, i));

  test("a receiver that is slow is waited for", async (sink, trial) => {
    gateOf(trial).mode = { does: "slow", by: 30 };
    expect(resultsOf(await sink.deliver(batch))).toEqual(batch.map(() => "delivered"));
  });

  const troubles: readonly (readonly [what: string, begin: (gate: Gate) => void, end: (gate: Gate) => void])[] = [
    ["hangs", (gate) => gate.mode = { does: "hang" }, passAgain],
    ["cuts the connection in the middle of an answer", (gate) => gate.mode = { does: "cut" }, passAgain],
    ["is down", (gate) => gate.down(), (gate) => gate.up()],
  ];
  for (const [what, begin, end] of troubles) {
    test(`a receiver that ${what} is tried again, and nothing is missing afterwards`, async (sink, trial) => {
      await insist(sink, batch.slice(0, 1), 1);
      begin(gateOf(trial));
      expect(resultsOf(await sink.deliver(batch))).toEqual(batch.map(() => "retry"));
      end(gateOf(trial));
      await insist(sink, batch);
      expect(await distinct(trial)).toEqual(batch.map((item) => canonical(shownBy(trial)(item))).sort());
    }, { timeout: "700ms" });
  }

  test("its secret stands in no reason and on no console, whatever goes wrong", async (sink, trial) => {
    const { secret = "" } = trial;
    const gate = gateOf(trial);
    expect(secret).not.toBe("");
    const heard = await listening(async () => {
      const said: unknown[] = [];
      const modes: GateMode[] = [
        { does: "hang" },
        { does: "cut" },
        echo(401, secret),
        echo(400, secret),
        echo(500, secret),
      ];
      for (const mode of network === "http" ? modes : modes.slice(0, 2)) {
        gate.mode = mode;
        said.push(await sink.deliver(batch));
      }
      gate.down();
      said.push(await sink.deliver(batch));
      return said;
    });
    expect(heard).toContain("reason");
    expect(heard).not.toContain(secret);
  }, { timeout: "300ms" });

  if (network === "tcp") return;

  test(
    "a receiver that refuses (4xx) has its way: the delivery is rejected, and the reason says what it said",
    async (sink, trial) => {
      gateOf(trial).mode = { does: "answer", status: 400, body: "no such thing" };
      const [verdict] = await sink.deliver(batch.slice(0, 1));
      expect(verdict).toEqual({ result: "rejected", reason: expect.stringMatching(/answered 400: no such thing/) });
    },
  );

  test("a receiver that asks to wait (429) gets what it asks for", async (sink, trial) => {
    for (const [status, wait] of [[429, 7], [503, 3]] as const) {
      gateOf(trial).mode = { does: "answer", status, headers: `retry-after: ${wait}\r\n` };
      const [verdict] = await sink.deliver(batch.slice(0, 1));
      expect(verdict).toMatchObject({ result: "retry", after: wait * 1_000 });
    }
  });

  test(
    `a receiver that does not know us (401) is ${authorization === "retry" ? "tried again" : "believed"}`,
    async (sink, trial) => {
      gateOf(trial).mode = { does: "answer", status: 401 };
      expect(resultsOf(await sink.deliver(batch.slice(0, 1)))).toEqual([authorization]);
    },
  );

  test("an endpoint that is gone for good (410) is told apart", async (sink, trial) => {
    gateOf(trial).mode = { does: "answer", status: 410 };
    expect(await sink.deliver(batch.slice(0, 1))).toMatchObject([{ result: "rejected", gone: true }]);
  });

  test("a redirect is not followed", async (sink, trial) => {
    gateOf(trial).mode = { does: "answer", status: 302, headers: "location: http://127.0.0.1:1/\r\n" };
    expect(await sink.deliver(batch.slice(0, 1))).toMatchObject([{
      result: "retry",
      reason: expect.stringMatching(/302/),
    }]);
  });
}

function passAgain(gate: Gate): void {
  gate.mode = { does: "pass" };
}

function echo(status: number, secret: string): GateMode {
  return { does: "answer", status, body: `your key ${secret} is wrong` };
}

function gateOf({ gate }: SinkTrial): Gate {
  if (gate === undefined) throw new Error("a sink of a network needs a gate");
  return gate;
}

export function shownBy(trial: SinkTrial): (item: Delivery) => unknown {
  return trial.shown ?? contentOf;
}

/** What the receiver has, each once, as sorted texts: a second send is harmless where receivers tell it by the id. */
export async function distinct({ received }: SinkTrial): Promise<readonly string[]> {
  return [...new Set((await received()).map(canonical))].sort();
}

/** JSON in which the order of fields says nothing. */
export function canonical(value: unknown): string {
  return JSON.stringify(
    value,
    (_, part) =>
      part !== null && typeof part === "object" && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1))
        : part,
  );
}

/** All that a piece of work returned or said on the console. */
/** What work resolves to and writes on the console meanwhile, as one text. */
export async function listening(work: () => Promise<unknown>): Promise<string> {
  const said: unknown[] = [];
  const names = ["log", "info", "warn", "error", "debug"] as const;
  const before = names.map((name) => console[name]);
  for (const name of names) console[name] = (...args: unknown[]) => void said.push(args.map(String));
  try {
    said.push(await work());
  } finally {
    names.forEach((name, i) => console[name] = before[i] ?? console.log);
  }
  return JSON.stringify(said);
}
