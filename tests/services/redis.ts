/** Redis for tests: no persistence, no eviction, the configuration that the engine asks of a real one. */
import { aptInstall, isInstalled, type Service } from "./service.ts";

export const redis: Service = {
  name: "redis",
  variable: "VIGIE_TEST_REDIS",
  ready: /Ready to accept connections/,
  async prepare() {
    if (!await isInstalled("redis-server", "--version")) await aptInstall("redis-server");
  },
  commands: (folder, port) =>
    Promise.resolve([[
      "redis-server",
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder],
      ...["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"],
    ]]),
};
