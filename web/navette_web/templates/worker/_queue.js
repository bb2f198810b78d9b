// ---- actions made without network: noted with their key, sent again in order by the page ----
const FORM = "application/x-www-form-urlencoded";
const AGAIN = "Navette-Again";

const mayNote = (request) => !request.headers.has(AGAIN)
  && (request.headers.get("Content-Type") ?? "").startsWith(FORM);

// The same request twice (a double tap) is one: the same action on the same thing that still waits.
const sameAs = (path, fields) => {
  const told = (all) => JSON.stringify(all.filter(([name]) => name !== "cle").sort());
  return (one) => one.path === path && !one.words && told(one.fields) === told(fields);
};

// The key is there before the first try: an answer lost on the way makes no second action.
async function sendOrNote(request, path) {
  const form = new URLSearchParams(await request.clone().text());
  if (!form.get("cle")) form.set("cle", crypto.randomUUID());
  const navigating = request.mode === "navigate";
  const headers = navigating ? { Accept: "text/html" } : request.headers;
  try {
    return await fetch(request.url, {
      method: "POST", body: form, headers, credentials: "same-origin", redirect: navigating ? "manual" : "follow",
    });
  } catch {
    return note(path, [...form], navigating);
  }
}

async function note(path, fields, navigating) {
  let next = NOTED;
  try {
    const waiting = await inMemory("requests", "readonly", (store) => store.getAll());
    if (!waiting.some(sameAs(path, fields))) {
      const [, key] = fields.find(([name]) => name === "cle");
      const request = { key, path, fields, at: Date.now(), turn: 1 + Math.max(0, ...waiting.map((one) => one.turn)), person: (await fact("person")) ?? "" };
      await inMemory("requests", "readwrite", (store) => store.add(request));
    }
  } catch {
    next = NO_ROOM; // the phone is full: say that nothing was noted
  }
  if (navigating) return Response.redirect(next, 303);
  return new Response("", { headers: { "HX-Redirect": next } });
}

// A page without network does not know its reader: then those of whom this phone knows.
async function requestsOf(given) {
  const person = given || ((await fact("person")) ?? "");
  const all = await inMemory("requests", "readonly", (store) => store.getAll());
  return all.filter((request) => request.person === person).sort((one, other) => one.turn - other.turn);
}

// What was done is kept until a page has said it: the reader may have left the one that sent it.
async function settle(key, words) {
  await inMemory("requests", "readwrite", (store) => store.delete(key));
  if (words) await keepFact("told", [...((await fact("told")) ?? []), words]);
}

async function tellOnce() {
  const told = (await fact("told")) ?? [];
  if (told.length) await keepFact("told", []);
  return told;
}
