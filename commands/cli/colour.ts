/** Colours are for terminals, and for nobody who has set `NO_COLOR` (no-color.org). */
import type { Terminal } from "../command.ts";

/** Whether output may be coloured. */
export function wantsColour({ isTerminal }: Terminal): boolean {
  return isTerminal && (Deno.env.get("NO_COLOR") ?? "") === "";
}
