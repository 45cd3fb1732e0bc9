/** Routes of many instances over a store in memory: what a kill or a stop between their checkpoint and their word means. */
import { expect } from "expect";
import { alertOf } from "../../../tests/routing/alert.ts";
import { Clock } from "../../../tests/routing/clock.ts";
import { emptyShelf, memoryStore } from "../../adapters/memory.ts";
import type { Fields } from "../../model/value.ts";
import { compileRoutes } from "../../routing/compile.ts";
import { type Parcel, writeEntry } from "../settle/entry.ts";
import type { CheckpointStore } from "../store.ts";
import { Gathering, readTaken, rewindRoutes } from "./gathering.ts";
import { readRoutesHead, routesTask, writeRoutesHead } from "./head.ts";
import { storedSilences } from "./silences.ts";
import { RoutesTask } from "./task.ts";

const lane = "routes lane";
const term = 5_000;

function world(
  around: (store: CheckpointStore, clock: Clock) => CheckpointStore = (store) => store,
  route: Fields = { sinks: ["team"] },
) {
  const clock = new Clock();
  const shelf = emptyShelf();
  const time = clock.keeper;
  const plain = memoryStore(shelf, () => clock.time);
  const store = around(plain, clock);
  const { tree } = compileRoutes({ routes: [route], sinks: ["team"], file: "vigie.yaml" });
  const got: Parcel[] = [];
  const routesOf = (owner: string) =>
    new RoutesTask({
      ...{ tree, store, owner, term, time, dead: [], silences: storedSilences(plain), log: () => {} },
      receivers: new Map([["team", {
        ...{ batchMax: 100, isOne: true, wait: () => 1_000 },
        deliver(batch) {
          got.push(...batch);
          return Promise.resolve(batch.map(() => ({ result: "delivered" })));
        },
      }]]),
      factsOf: () => ({ resolves: false, given: [] }),
      outbox: { queue: 100, max: 1_000 },
    });
  const gatheringOf = (routes: RoutesTask, owner: string) =>
    new Gathering({ routes, store, owner, term, time, log: () => {}, tasks: () => ["pay 0"], lane });
  const parcels = [1, 2].map((seq) => ({ alert: alertOf({ id: `a${seq}` }) }));
  /** The task saves two alerts for the routes. */
  const saveAlerts = async () => {
    const claimed = await plain.claim("pay 0", "owner", { term, steal: true });
    if ("heldFor" in claimed) throw new Error("held");
    const outbox = parcels.map((parcel, i) => ({
      seq: i + 1,
      text: writeEntry({ parcel, seq: i + 1, order: "" }),
      lanes: [lane],
    }));
    await plain.save(claimed.fence, { number: 1, head: "", states: [], timers: [], outbox, lanes: [] });
  };
  return { clock, plain, got, routesOf, gatheringOf, parcels, saveAlerts };
}

Deno.test("an owner learns what was taken though the instance was killed before it told", async () => {
  const { clock, plain, routesOf, gatheringOf, parcels, saveAlerts } = world();
  await saveAlerts();
  // The first instance saved what it took, and was killed before it told: its claim runs out.
  const claimed = await plain.claim(routesTask, "first", { term, steal: false });
  if ("heldFor" in claimed) throw new Error("held");
  const head = writeRoutesHead({ positions: { "pay 0": 2 }, seq: 0, counts: { taken: 2, unrouted: 0, silenced: {} } });
  await plain.save(claimed.fence, { number: 1, head, states: [], timers: [], outbox: [], lanes: [] });
  const gathering = gatheringOf(routesOf("second"), "second");
  gathering.start();
  let settled = 0;
  void gathering.receiver("pay 0").deliver(parcels, [1, 2]).then((results) => settled = results.length);
  await clock.move(2 * term);
  expect(settled).toBe(2);
  const over = gathering.conclude(clock.keeper.sleep(1_000), false);
  await clock.move(5_000);
  await over;
});

Deno.test("a stop in the middle of gathering tells nothing that no checkpoint of the routes has", async () => {
  let hold = Promise.withResolvers<void>();
  hold.resolve();
  const { clock, plain, routesOf, gatheringOf, saveAlerts, got } = world((store) => ({
    ...store,
    async save(fence, checkpoint) {
      if (fence.task === routesTask) await hold.promise;
      return await store.save(fence, checkpoint);
    },
  }));
  const gathering = gatheringOf(routesOf("one"), "one");
  gathering.start();
  await clock.move(500);
  hold = Promise.withResolvers();
  await saveAlerts();
  await clock.move(500);
  const over = gathering.conclude(clock.keeper.sleep(10_000), false);
  await clock.move(500);
  expect((await readTaken(plain))["pay 0"] ?? 0).toBe(0);
  hold.resolve();
  await clock.move(5_000);
  await over;
  expect((await readTaken(plain))["pay 0"]).toBe(2);
  expect(got.length).toBe(2);
  const after = await plain.claim(routesTask, "look", { term, steal: true });
  expect("heldFor" in after ? undefined : readRoutesHead(after.head).positions).toEqual({ "pay 0": 2 });
});

Deno.test("where outboxes begin anew, the routes read them from their beginning and keep what waits in groups", async () => {
  const grouped = { sinks: ["team"], group_by: [], first_notice_after: "30s" };
  const { clock, plain, routesOf, parcels, got } = world(undefined, grouped);
  const first = routesOf("first");
  await first.begin({ seq: undefined, finish: () => {} });
  const taking = first.take("pay 0", parcels, [1, 2]);
  await clock.move(100);
  await taking;
  await first.end();
  await rewindRoutes(plain);
  expect(await readTaken(plain)).toEqual({});
  const second = routesOf("second");
  await second.begin({ seq: undefined, finish: () => {} });
  expect([...second.positions]).toEqual([]);
  const again = second.take("pay 0", parcels.slice(0, 1), [1]);
  await clock.move(60_000);
  await again;
  expect(got.map((parcel) => "alert" in parcel && parcel.alert.values.alerts)).toEqual([3]);
  await second.end();
});
