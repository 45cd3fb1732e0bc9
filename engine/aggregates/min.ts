/** min: the least value. */
import { numberType } from "../model/type.ts";
import type { Aggregate } from "./aggregate.ts";
import { extremeFold, slidingExtremeFold } from "./state/extreme.ts";

export const min: Aggregate = {
  name: "min",
  summary: "Least value.",
  parameters: [{ name: "value", accepts: ["number", "timestamp", "duration"] }],
  type: (argument) => argument ?? numberType,
  total: false,
  fold: () => extremeFold(-1),
  slidingFold: () => slidingExtremeFold(-1),
  example: { call: "min(payment.amount)", values: [20, 5, 40], result: 5 },
  exactness: "Exact.",
};
