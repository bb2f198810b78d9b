// ---- memory: one small database of this phone, emptied at sign-out ----
const openMemory = () => new Promise((done, failed) => {
  const asked = indexedDB.open("navette", 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("facts");
    asked.result.createObjectStore("requests", { keyPath: "key" });
  };
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => failed(asked.error);
});

async function inMemory(name, mode, act) {
  const base = await openMemory();
  try {
    return await new Promise((done, failed) => {
      const turn = base.transaction(name, mode);
      const asked = act(turn.objectStore(name));
      turn.oncomplete = () => done(asked?.result);
      turn.onabort = () => failed(turn.error ?? asked?.error);
    });
  } finally {
    base.close();
  }
}

// A fact that cannot be read (a private window, no room) is an unknown one: nothing depends on it alone.
const fact = (name) => inMemory("facts", "readonly", (store) => store.get(name)).catch(() => undefined);
const keepFact = (name, value) => inMemory("facts", "readwrite", (store) => store.put(value, name)).catch(() => {});

async function meet(person) {
  if (!person) return;
  if ((await fact("person")) === person) return;
  await keepFact("person", person);
  for (const request of await inMemory("requests", "readonly", (store) => store.getAll())) {
    if (request.person !== person) await inMemory("requests", "readwrite", (store) => store.delete(request.key));
  }
}

async function forgetPerson() {
  await Promise.all([
    caches.delete(CARD),
    caches.delete(PAGES),
    inMemory("requests", "readwrite", (store) => store.clear()).catch(() => {}),
    inMemory("facts", "readwrite", (store) => store.clear()).catch(() => {}),
  ]);
}
