/** `--privacy`: commands that show clear values treat them as a run does, with the key of the deployment file. */
import type { Deployment } from "../../engine/config/deployment.ts";
import type { Privacy } from "../../engine/privacy/privacy.ts";
import type { Given } from "../command.ts";

/** Undefined where clear values may be shown. */
export async function chosenPrivacy(given: Given, deployment: Deployment | undefined): Promise<Privacy | undefined> {
  if (!given.flag("privacy")) return undefined;
  const { Privacy } = await import("../../engine/privacy/privacy.ts");
  return new Privacy(deployment?.privacyKey);
}
