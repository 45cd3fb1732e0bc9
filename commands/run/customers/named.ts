/** The endpoints that customers name, for commands that work beside a running engine. */
import { customersThresholds } from "../../../engine/config/customers.ts";
import type { Deployment } from "../../../engine/config/deployment.ts";
import { renderProblems } from "../../../engine/load/render.ts";
import type { Endpoint } from "../../../engine/model/threshold.ts";
import { wantsColour } from "../../cli/colour.ts";
import type { Terminal } from "../../command.ts";
import { endpointsOf } from "./lanes.ts";

/** Endpoints by the name of their lane. */
export type Endpoints = ReadonlyMap<string, Endpoint>;

/** The endpoints that the thresholds of a deployment name; undefined, with the problems on the screen, where those have one. */
export async function endpointsIn(deployment: Deployment, terminal: Terminal): Promise<Endpoints | undefined> {
  const { content, problems, texts } = await customersThresholds(deployment);
  if (content !== undefined) return endpointsOf(content);
  terminal.out(renderProblems(problems, texts, { colour: wantsColour(terminal) }));
  return undefined;
}
