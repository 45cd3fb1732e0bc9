/** A process of `vigie run` with its status page, for scenarios that start, stop and kill it. */
import { freePort } from "../services/port.ts";
import { type RunningVigie, startVigie, until } from "../run/process.ts";

export interface ChaosProcess extends RunningVigie {
  /** `/v1/status`; undefined while it does not answer. */
  readonly status: () => Promise<ChaosStatus | undefined>;
  /** Address of its status page. */
  readonly http: string;
  /** Resolves when it has the task and does its work. */
  readonly active: () => Promise<void>;
  /** Resolves when everything that was sent is handled, delivered or not. */
  readonly handled: () => Promise<void>;
  /** Resolves when everything that was sent is handled and delivered. */
  readonly settled: () => Promise<void>;
  /** Stops it cleanly; throws with its log when it ends otherwise. */
  readonly stop: () => Promise<void>;
  /** Ends it at once, if it still runs. */
  readonly end: () => Promise<void>;
}

/** The parts of the status that scenarios look at. */
export interface ChaosStatus {
  readonly role: "active" | "standby";
  readonly troubles: readonly string[];
  readonly checkpoint: number;
  readonly partitions: readonly { readonly lag: number; readonly position: number }[];
  readonly sinks: readonly {
    readonly sink: string;
    readonly waiting: number;
    readonly full: boolean;
    readonly failing: string | null;
  }[];
}

export interface ProcessOptions {
  /** Further lines of its deployment file. */
  readonly more?: string;
  /** Changes its deployment file. */
  readonly edit?: (text: string) => string;
  readonly variables?: Readonly<Record<string, string>>;
}

let started = 0;

/** Starts one with the deployment file of a folder and a port of its own; `sent` is how many messages its topic has. */
export async function startProcess(
  folder: string,
  sent: () => number,
  options: ProcessOptions = {},
): Promise<ChaosProcess> {
  const { more = "", edit = (text) => text, variables = {} } = options;
  const port = freePort();
  const http = `http://127.0.0.1:${port}`;
  const name = `vigie-${++started}.yaml`;
  const text = edit(await Deno.readTextFile(`${folder}/vigie.yaml`));
  await Deno.writeTextFile(`${folder}/${name}`, `${text}\nhttp: { listen: "127.0.0.1:${port}" }\n${more}\n`);
  const running = startVigie(["run", "--config", name], folder, variables);
  let hasEnded = false;
  void running.ended.then(() => hasEnded = true);
  const status = async (): Promise<ChaosStatus | undefined> => {
    if (hasEnded) throw new Error(`It has ended:\n${running.log()}`);
    const response = await fetch(`${http}/v1/status`).catch(() => undefined);
    return await response?.json();
  };
  /** However long it takes, as long as there is progress. */
  const reached = async (holds: (status: ChaosStatus) => boolean) => {
    let [before, since] = ["", performance.now()];
    await until(
      async () => {
        const now = await status();
        const progress = JSON.stringify([now?.partitions.map(({ position }) => position), now?.sinks]);
        if (progress !== before) [before, since] = [progress, performance.now()];
        if (performance.now() - since > 60_000) throw new Error(`It does not settle: ${progress}\n${running.log()}`);
        return now !== undefined && holds(now);
      },
      () => "",
      Infinity,
    );
  };
  const isHandled = ({ partitions }: ChaosStatus) =>
    partitions.length > 0 && partitions.reduce((sum, { position }) => sum + position, 0) >= sent();
  return {
    ...running,
    http,
    status,
    active: () =>
      until(async () => {
        const now = await status();
        return now?.role === "active" && now.troubles.length === 0;
      }, () => `It does not become active:\n${running.log()}`),
    handled: () => reached(isHandled),
    settled: () => reached((now) => isHandled(now) && now.sinks.every(({ waiting }) => waiting === 0)),
    async stop() {
      running.kill("SIGTERM");
      const code = await running.ended;
      if (code !== 0) throw new Error(`It ended with ${code}:\n${running.log()}`);
    },
    async end() {
      if (!hasEnded) running.kill("SIGKILL");
      await running.ended;
    },
  };
}
