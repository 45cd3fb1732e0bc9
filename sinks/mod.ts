/** Every sink there is. A further one is a file and a line. */
import { alertmanager } from "./alertmanager.ts";
import { clickhouse } from "./clickhouse.ts";
import { elasticsearch } from "./elasticsearch.ts";
import { email } from "./email.ts";
import { file } from "./file.ts";
import { influxdb } from "./influxdb.ts";
import { kafka } from "./kafka.ts";
import { pagerduty } from "./pagerduty.ts";
import { postgres } from "./postgres.ts";
import { redis } from "./redis.ts";
import { s3 } from "./s3.ts";
import type { SinkKind } from "./sink.ts";
import { slack } from "./slack.ts";
import { stdout } from "./stdout.ts";
import { teams } from "./teams.ts";
import { webhook } from "./webhook.ts";

export const sinkKinds = {
  stdout,
  file,
  kafka,
  webhook,
  postgres,
  redis,
  slack,
  pagerduty,
  teams,
  alertmanager,
  email,
  influxdb,
  clickhouse,
  elasticsearch,
  s3,
} satisfies Record<string, SinkKind>;

/** The kind of that name; undefined when there is none. */
export function findSink(name: string): SinkKind | undefined {
  return Object.values(sinkKinds).find((kind) => kind.name === name);
}
