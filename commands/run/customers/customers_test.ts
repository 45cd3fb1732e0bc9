/** Endpoints of customers across reloads: what is known of one outlives the thresholds that named it. */
import { expect } from "expect";
import { turn } from "../../../engine/adapters/clock.ts";
import { emptyShelf, memoryStore } from "../../../engine/adapters/memory.ts";
import type { Threshold } from "../../../engine/model/threshold.ts";
import type { Receiver } from "../../../engine/runtime/settle.ts";
import { testContext } from "../../../sinks/compliance.ts";
import { alertOf } from "../../../tests/routing/alert.ts";
import { Customers } from "./customers.ts";
import { laneOf } from "./lanes.ts";

/** Customers of whom one, `acme`, has an endpoint that answers as it is told. */
function world() {
  let status = 204;
  let [posts, present, mostPresent] = [0, 0, 0];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    posts++;
    mostPresent = Math.max(mostPresent, ++present);
    await request.text();
    // Long enough for a second request to come, if there is one under way.
    for (let i = 0; i < 50; i++) await turn();
    present--;
    return new Response(null, { status });
  });
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const customers = new Customers({
    webhooks: { secrets: [], options: { allow_private: true }, max: 10 },
    ...{ context: testContext(), store: memoryStore(emptyShelf()), log: () => {} },
  });
  const threshold: Threshold = {
    ...{ tenant: "acme", metric: "churn", direction: "above", value: 5 },
    ...{ limit: undefined, severity: undefined, webhook: url },
  };
  const lane = laneOf({ tenant: "acme", url });
  return {
    customers,
    lane,
    /** The receiver as a reload finds it whose thresholds name the endpoint. */
    reloaded: () => customers.receiversOf([threshold]).get(lane),
    /** A reload whose thresholds name no endpoint. */
    forgotten: () => customers.receiversOf([]),
    answer: (code: number) => status = code,
    posts: () => posts,
    /** Requests that were under way at once. */
    mostPresent: () => mostPresent,
    async close() {
      await customers.close();
      await server.shutdown();
    },
  };
}

async function deliver(receiver: Receiver | undefined, count: number) {
  const parcels = Array.from({ length: count }, (_, i) => ({ alert: alertOf({ id: `a${i}` }) }));
  return await receiver?.deliver(parcels, [...parcels.keys()]) ?? [];
}

Deno.test("failures are counted on across reloads", async () => {
  const { customers, reloaded, answer, posts, close } = world();
  answer(500);
  for (let reload = 0; reload < 3; reload++) await deliver(reloaded(), 33);
  expect(customers.disabled).toBe(0);
  const [verdict] = await deliver(reloaded(), 1);
  expect(customers.disabled).toBe(1);
  expect(verdict).toMatchObject({ result: "rejected", reason: expect.stringContaining("100 failures") });
  expect(posts()).toBe(100);
  await close();
});

Deno.test("a lane of an endpoint that nobody named delivers once a reload names it again, and refuses until then", async () => {
  const { customers, lane, reloaded, forgotten, posts, close } = world();
  const orphan = customers.orphan(lane);
  const refused = { result: "rejected", reason: "no threshold names this endpoint any more" };
  expect(await deliver(orphan, 1)).toEqual([refused]);
  expect(orphan?.wait(1)).toBe(undefined);
  const named = reloaded();
  expect(await deliver(orphan, 2)).toEqual([{ result: "delivered" }, { result: "delivered" }]);
  expect([orphan?.wait(1), orphan?.max, orphan?.batchMax]).toEqual([5_000, named?.max, named?.batchMax]);
  forgotten();
  expect(await deliver(orphan, 1)).toEqual([refused]);
  expect(posts()).toBe(2);
  await close();
});

Deno.test("tasks that share an endpoint post one after the other, whichever lane theirs is", async () => {
  const { customers, lane, reloaded, mostPresent, posts, close } = world();
  const receivers = [customers.orphan(lane), reloaded(), customers.orphan(lane), reloaded()];
  await Promise.all(receivers.map((receiver) => deliver(receiver, 1)));
  expect([posts(), mostPresent()]).toEqual([4, 1]);
  await close();
});
