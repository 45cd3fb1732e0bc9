/** The store of a deployment, for commands that read or change what a running engine finds there. */
import { type CheckpointStore, StoreError } from "../../engine/runtime/store.ts";
import { EnvironmentError, UsageError } from "../command.ts";
import { openStore } from "../run/stores.ts";
import type { SoundDeployment } from "./deployment.ts";

/**
 * Does something with the store and lets go of it; what the store says becomes an EnvironmentError. State in memory is
 * out of reach: then a UsageError says `inMemory`.
 */
export async function withStore<T>(
  { deployment: { store: settings, app }, secrets }: SoundDeployment,
  inMemory: string,
  act: (store: CheckpointStore) => Promise<T>,
): Promise<T> {
  if (settings.kind === "memory") throw new UsageError(inMemory);
  const store = openStore(settings, app);
  try {
    await store.open();
    return await act(store);
  } catch (error) {
    if (error instanceof StoreError) throw new EnvironmentError(secrets.redact(error.message), { cause: error });
    throw error;
  } finally {
    await store.close().catch(() => {});
  }
}
