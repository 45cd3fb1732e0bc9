/** ClickHouse for tests, spoken to by HTTP: the user `default`, no password, data in the folder. */
import { aptInstall, isInstalled, type Service } from "./service.ts";
import { freePort } from "./port.ts";

export const clickhouse: Service = {
  name: "clickhouse",
  variable: "VIGIE_TEST_CLICKHOUSE",
  ready: /Ready for connections/,
  async prepare() {
    if (!await isInstalled("clickhouse-server", "--version")) await aptInstall("clickhouse-server");
  },
  async commands(folder, port) {
    const settings = `${folder}/config.xml`;
    await Deno.writeTextFile(settings, configuration(folder, port, freePort()));
    await Deno.writeTextFile(`${folder}/users.xml`, users);
    return [["clickhouse-server", `--config-file=${settings}`]];
  },
};

function configuration(folder: string, port: number, nativePort: number): string {
  return `<yandex>
  <logger><level>information</level><console>1</console></logger>
  <listen_host>127.0.0.1</listen_host>
  <http_port>${port}</http_port>
  <tcp_port>${nativePort}</tcp_port>
  <path>${folder}/data/</path>
  <tmp_path>${folder}/tmp/</tmp_path>
  <users_config>${folder}/users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <timezone>UTC</timezone>
  <mark_cache_size>67108864</mark_cache_size>
</yandex>
`;
}

const users = `<yandex>
  <profiles><default><max_memory_usage>1000000000</max_memory_usage></default></profiles>
  <quotas><default></default></quotas>
  <users>
    <default>
      <password></password>
      <networks><ip>::/0</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
    </default>
  </users>
</yandex>
`;
