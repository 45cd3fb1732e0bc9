/** The deployment of `vigie run` without options: made-up events in, alerts on the screen, state under `.vigie/`. */
import type { Deployment } from "../../engine/config/deployment.ts";
import { resolveDeployment } from "../../engine/config/resolve.ts";

/** Everything at its default, and one sink: the screen. Paths start from the working directory. */
export function embeddedDeployment(instance: string): Deployment {
  const file = { sinks: { screen: { stdout: {} } }, always: ["screen"], http: { listen: "127.0.0.1:8080" } };
  return resolveDeployment(file, { file: "vigie.yaml", baseDirectory: Deno.cwd(), instance, report: () => {} });
}
