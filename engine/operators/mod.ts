/** The operator of a rule over windows: one for each shape of window. */
import type { Operator } from "../model/operator.ts";
import { alignedOperator } from "./aligned.ts";
import { mergingOperator } from "./merging.ts";
import { slidingOperator } from "./sliding.ts";
import type { WindowRule } from "./window_rule.ts";

/** Makes the operator that fits the rule's window. */
export function windowOperator(rule: WindowRule): Operator {
  switch (rule.window.shape) {
    case "aligned":
      return alignedOperator({ ...rule, window: rule.window });
    case "merging":
      return mergingOperator({ ...rule, window: rule.window });
    case "sliding":
      return slidingOperator({ ...rule, window: rule.window });
  }
}
