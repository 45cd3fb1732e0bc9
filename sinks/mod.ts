/** Every sink there is. A further one is a file and a line. */
import { file } from "./file.ts";
import { kafka } from "./kafka.ts";
import { postgres } from "./postgres.ts";
import { redis } from "./redis.ts";
import type { SinkKind } from "./sink.ts";
import { slack } from "./slack.ts";
import { stdout } from "./stdout.ts";
import { webhook } from "./webhook.ts";

export const sinkKinds = { stdout, file, kafka, webhook, postgres, redis, slack } satisfies Record<string, SinkKind>;

/** The kind of that name; undefined when there is none. */
export function findSink(name: string): SinkKind | undefined {
  return Object.values(sinkKinds).find((kind) => kind.name === name);
}
