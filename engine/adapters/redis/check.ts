/** Whether a Redis can keep what the engine gives it, asked once when it is opened. */
import { StoreError } from "../../runtime/store.ts";
import { allOf, type RedisConnection } from "./port.ts";

/** Throws a sentence that names the way out. Works on services that forbid CONFIG: everything stands in INFO. */
export async function checkServer(redis: RedisConnection): Promise<void> {
  const answers = await allOf(redis, [["INFO", "server"], ["INFO", "memory"], ["INFO", "replication"]]);
  const info = fieldsOf(answers.join("\r\n"));
  const problem = versionProblem(info) ?? evictionProblem(info) ?? replicaProblem(info);
  if (problem !== undefined) throw new StoreError(`Redis at ${redis.address} ${problem}`, "refused");
}

type Info = ReadonlyMap<string, string>;

function fieldsOf(text: string): Info {
  return new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const at = line.indexOf(":");
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()] as const];
    }),
  );
}

/** Valkey states the version of Redis that it is compatible with. */
function versionProblem(info: Info): string | undefined {
  const version = info.get("redis_version") ?? "0";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 6 || (major === 6 && minor >= 2)
    ? undefined
    : `is version ${version}: Vigie needs 6.2 or later, or Valkey`;
}

/** Nothing of the engine that lasts has a time to live, so `volatile-` policies cannot drop it. */
function evictionProblem(info: Info): string | undefined {
  const policy = info.get("maxmemory_policy") ?? "noeviction";
  return policy === "noeviction" || policy.startsWith("volatile-")
    ? undefined
    : `would drop state when its memory is full (maxmemory-policy ${policy}): set maxmemory-policy to noeviction`;
}

function replicaProblem(info: Info): string | undefined {
  return info.get("role") === "slave" ? "is a replica: name its master, or the Sentinels that know it" : undefined;
}
