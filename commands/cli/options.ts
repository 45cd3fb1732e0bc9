/** Options that several commands share, described once. */
import type { Option } from "../command.ts";

/** Options of every command that reads a project. */
export const projectOptions: readonly Option[] = [
  { name: "rules", value: "PATH", many: true, says: "Packs and their tests: folders or files (default: rules)" },
  { name: "contracts", value: "DIR", says: "Contracts of the streams (default: contracts)" },
];
