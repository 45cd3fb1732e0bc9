/** `--privacy`: commands that show clear values treat them as a run does, with the key of the deployment file. */
import type { Privacy } from "../../engine/privacy/privacy.ts";
import { type Given, UsageError } from "../command.ts";

/** Undefined where clear values may be shown. Throws a UsageError when the deployment file has an error. */
export async function chosenPrivacy(given: Given): Promise<Privacy | undefined> {
  if (!given.flag("privacy")) return undefined;
  const { Privacy } = await import("../../engine/privacy/privacy.ts");
  const config = given.text("config");
  if (config === undefined) return new Privacy(undefined);
  const { readDeployment } = await import("./deployment.ts");
  const { deployment } = await readDeployment(config, "privacy");
  if (deployment !== undefined) return new Privacy(deployment.privacyKey);
  throw new UsageError(`"${config}" has an error: see \`vigie check --config ${config}\``);
}
