/** Every aggregate that rules can call; a further one is one file and one line here. */
import type { Aggregate } from "./aggregate.ts";
import { avg } from "./avg.ts";
import { count } from "./count.ts";
import { distinct } from "./distinct.ts";
import { first } from "./first.ts";
import { last } from "./last.ts";
import { max } from "./max.ts";
import { min } from "./min.ts";
import { percentile } from "./percentile.ts";
import { previous } from "./previous.ts";
import { rate } from "./rate.ts";
import { stddev } from "./stddev.ts";
import { sum } from "./sum.ts";
import { top } from "./top.ts";

export const aggregates = {
  count,
  sum,
  avg,
  min,
  max,
  stddev,
  first,
  last,
  previous,
  distinct,
  percentile,
  rate,
  top,
} satisfies Record<string, Aggregate>;
