/** Redis for tests: no persistence, no eviction, the configuration that the engine asks of a real one. */
import { aptInstall, isInstalled, type Service } from "./service.ts";

export const redis: Service = redisWith();

/** The same with further settings, as arguments of the server. */
export function redisWith(...settings: readonly string[]): Service {
  return {
    name: "redis",
    variable: "VIGIE_TEST_REDIS",
    ready: /Ready to accept connections/,
    prepare,
    commands: (folder, port) =>
      Promise.resolve([[
        "redis-server",
        ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder],
        ...["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction", ...settings],
      ]]),
  };
}

/** A Sentinel that watches a master on this machine, alone, and gives it up after a second. */
export function sentinelOf(master: string, address: string): Service {
  return {
    name: "sentinel",
    variable: "VIGIE_TEST_SENTINEL",
    ready: /\+monitor master/,
    prepare,
    async commands(folder, port) {
      const file = `${folder}/sentinel.conf`;
      const [host, masterPort] = address.split(":");
      const lines = [
        `port ${port}`,
        "bind 127.0.0.1",
        `dir ${folder}`,
        `sentinel monitor ${master} ${host} ${masterPort} 1`,
        `sentinel down-after-milliseconds ${master} 1000`,
        `sentinel failover-timeout ${master} 3000`,
      ];
      await Deno.writeTextFile(file, `${lines.join("\n")}\n`);
      return [["redis-server", file, "--sentinel"]];
    },
  };
}

async function prepare(): Promise<void> {
  if (!await isInstalled("redis-server", "--version")) await aptInstall("redis-server");
}
