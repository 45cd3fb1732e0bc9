import { testStore } from "../../tests/stores/suite.ts";
import { emptyShelf, memoryStore } from "./memory.ts";

testStore("memory", () => {
  const shelf = emptyShelf();
  return Promise.resolve({
    store: () => Promise.resolve(memoryStore(shelf)),
    crash: (step, act) => step > 0 ? act(memoryStore(shelf)).then(() => false) : Promise.resolve(true),
    remove: () => Promise.resolve(),
  });
});
