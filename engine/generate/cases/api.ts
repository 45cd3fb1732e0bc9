/** Planted cases of the pack `api`: merchants whose requests fail. */
import { endOf, fires, minute, quiet, records, roomIn, second, series } from "./case.ts";
import type { Case, Plot } from "./case.ts";

/** Twenty requests a minute, of which so many fail in each of the minutes given. */
function requests(...failures: readonly number[]) {
  return (plot: Plot) => {
    const merchant_id = `mer_${plot.name}`;
    failures.forEach((failed, index) => {
      const answer = (i: number) => ({ merchant_id, status_code: i < failed ? 503 : 200 });
      series(plot, "api_logs", 20, second, answer, index * minute);
    });
    plot.speaksBy(endOf(minute, plot.start) + (failures.length - 1) * minute);
    return { merchant_id };
  };
}

const rule = "api/error-rate";
const begin = roomIn(minute, 21 * second);

export const apiCases: readonly Case[] = [
  fires(rule, "two of twenty fail, two minutes in a row", requests(2, 2), begin),
  quiet(rule, "one of twenty fails, exactly 5 %, two minutes in a row", requests(1, 1), begin),
  quiet(rule, "one bad minute between good ones", requests(0, 9, 0), begin),
  records("api/endpoint-5m", "a request of a rare merchant", ({ name, add, start, speaksBy }) => {
    const merchant_id = `mer_${name}`;
    add("api_logs", 0, { merchant_id, endpoint: "/v1/disputes" });
    speaksBy(endOf(5 * minute, start));
    return { merchant_id, endpoint: "/v1/disputes" };
  }),
];
