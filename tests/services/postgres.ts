/**
 * PostgreSQL for tests: user, password and database `postgres`, nothing forced to disk. The server refuses to run as
 * root, so root hands it to the user that the package made.
 */
import { aptInstall, type Command, must, output, type Service } from "./service.ts";

const password = "postgres";

export const postgres: Service = {
  name: "postgres",
  variable: "VIGIE_TEST_POSTGRES",
  ready: /database system is ready to accept connections/,
  async prepare() {
    if (await programFolder() === undefined) await aptInstall("postgresql");
    if (await programFolder() === undefined) {
      throw new Error(`PostgreSQL is not installed; install it, or set ${postgres.variable}`);
    }
  },
  async commands(folder, port) {
    const programs = await programFolder();
    const data = `${folder}/data`;
    await Deno.writeTextFile(`${folder}/password`, password);
    if (Deno.uid() === 0) await must(["chown", "-R", "postgres", folder]);
    const run = (program: string, ...args: string[]): Command =>
      Deno.uid() === 0
        ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", `${programs}/${program}`, ...args]
        : [`${programs}/${program}`, ...args];
    const settings = {
      fsync: "off",
      synchronous_commit: "off",
      full_page_writes: "off",
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      max_wal_size: "2GB",
    };
    return [
      run(
        "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "--auth=scram-sha-256",
        `--pwfile=${folder}/password`,
        "-E",
        "UTF8",
        "--no-sync",
      ),
      run(
        "postgres",
        "-D",
        data,
        "-p",
        String(port),
        ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
      ),
    ];
  },
};

/** Address for clients of the server that listens there. */
export function postgresUrl(address: string, database = "postgres"): string {
  return `postgres://postgres:${password}@${address}/${database}`;
}

/** Where the newest installed server is; Debian keeps it off the path. */
async function programFolder(): Promise<string | undefined> {
  const { text } = await output([
    "bash",
    "-c",
    "ls -d /usr/lib/postgresql/*/bin/postgres 2>/dev/null | sort -V | tail -n 1",
  ]);
  const found = text.trim() || (await output(["bash", "-c", "command -v postgres"])).text.trim();
  return found === "" ? undefined : found.replace(/\/postgres$/, "");
}
