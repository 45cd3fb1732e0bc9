/**
 * OpenSearch for tests, which speaks the bulk API of Elasticsearch 7: one node, no security. No registry has it as a
 * package, so it is put together from the jars of its server and of its module for HTTP.
 */
import { fetchJars, prepareJava } from "./java.ts";
import { freePort } from "./port.ts";
import { cacheFolder, type Service } from "./service.ts";

const pom = new URL("./opensearch/pom.xml", import.meta.url).pathname;
const transport = new URL("./opensearch/transport.xml", import.meta.url).pathname;
const module = "modules/transport-netty4";

const descriptor = `name=transport-netty4
description=HTTP and transport
version=2.11.1
opensearch.version=2.11.1
java.version=11
classname=org.opensearch.transport.Netty4Plugin
has.native.controller=false
`;

const logging = `status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%p][%c] %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
`;

export const opensearch: Service = {
  name: "opensearch",
  variable: "VIGIE_TEST_OPENSEARCH",
  ready: /\[org\.opensearch\.node\.Node\] started/,
  async prepare() {
    await prepareJava(opensearch.variable);
    await fetchJars(home(), [{ pom, into: "lib" }, { pom: transport, into: module }], {
      [`${module}/plugin-descriptor.properties`]: descriptor,
      [`${module}/plugin-security.policy`]: "grant {\n  permission java.security.AllPermission;\n};\n",
    });
  },
  async commands(folder, port) {
    await Deno.writeTextFile(`${folder}/opensearch.yml`, settings(folder, port, freePort()));
    await Deno.writeTextFile(`${folder}/log4j2.properties`, logging);
    // Without native calls the server cannot tell that it runs as root, as in containers of CI, and refuse to.
    const bare = ["-Djna.nounpack=true", "-Djna.nosys=true", "-Djna.boot.library.path=/nonexistent"];
    const java = ["-Xms384m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dlog4j2.disable.jmx=true"];
    const paths = [
      `-Dopensearch.path.home=${home()}`,
      `-Dopensearch.path.conf=${folder}`,
      `-Djava.io.tmpdir=${folder}`,
    ];
    return [["java", ...java, ...bare, ...paths, "-cp", `${home()}/lib/*`, "org.opensearch.bootstrap.OpenSearch"]];
  },
};

function home(): string {
  return `${cacheFolder()}/opensearch`;
}

function settings(folder: string, port: number, transportPort: number): string {
  return Object.entries({
    "discovery.type": "single-node",
    "network.host": "127.0.0.1",
    "http.port": port,
    "transport.port": transportPort,
    "path.data": `${folder}/data`,
    "path.logs": `${folder}/logs`,
    "cluster.routing.allocation.disk.threshold_enabled": false,
  }).map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`).join("");
}
