/** InfluxDB 1.x for tests: no authorization, no reports, data in the folder. */
import { aptInstall, isInstalled, type Service } from "./service.ts";
import { freePort } from "./port.ts";

export const influxdb: Service = {
  name: "influxdb",
  variable: "VIGIE_TEST_INFLUXDB",
  ready: /Listening on HTTP/,
  async prepare() {
    if (!await isInstalled("influxd", "version")) await aptInstall("influxdb");
  },
  async commands(folder, port) {
    const settings = `${folder}/influxdb.conf`;
    await Deno.writeTextFile(settings, configuration(folder, port, freePort()));
    return [["influxd", "run", "-config", settings]];
  },
};

function configuration(folder: string, port: number, backupPort: number): string {
  return `reporting-disabled = true
bind-address = "127.0.0.1:${backupPort}"
[meta]
dir = "${folder}/meta"
[data]
dir = "${folder}/data"
wal-dir = "${folder}/wal"
[http]
bind-address = "127.0.0.1:${port}"
log-enabled = false
[monitor]
store-enabled = false
`;
}
