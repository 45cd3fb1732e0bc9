/** Prometheus Alertmanager for tests: alone, notifying nobody. */
import { aptInstall, isInstalled, type Service } from "./service.ts";

export const alertmanager: Service = {
  name: "alertmanager",
  variable: "VIGIE_TEST_ALERTMANAGER",
  ready: /Listening on|msg=Listening/,
  async prepare() {
    if (!await isInstalled("prometheus-alertmanager", "--version")) await aptInstall("prometheus-alertmanager");
  },
  async commands(folder, port) {
    const settings = `${folder}/alertmanager.yml`;
    await Deno.writeTextFile(settings, "route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n");
    return [[
      "prometheus-alertmanager",
      `--config.file=${settings}`,
      `--storage.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--cluster.listen-address=",
    ]];
  },
};
