// ---- pages: public ones are kept, personal ones never ----
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const PATIENCE = 3_000;
const MOST_PAGES = 60;
const KEPT_AT = "Navette-Kept-At";
const PUBLIC = /^\/($|recherche|notice\/|oeuvre\/|serie|parcourir|bibliotheques|agenda|installer|accessibilite|confidentialite|mentions-legales)/;
// Shown at once and asked for again behind it: pages where an old hour misleads nobody for that long.
// The others (search, records) say where copies stand: the network first, the kept copy when it is slow.
const SHOWN_AT_ONCE = [[/^\/$/, 10 * MINUTE], [/^\/(bibliotheques|agenda|installer|accessibilite|confidentialite|mentions-legales)/, DAY]];
const HOURS = "/bibliotheques";
const DESK = "/hors-ligne/bureau";
const servedAt = new Map();
const servedUntil = 50;

// Only what the server calls public is kept: a page that names somebody says no-store.
const isPersonal = (answer) => /no-store|private/.test(answer.headers.get("Cache-Control") ?? "");
const mayKeep = (answer) => answer.ok && answer.type === "basic" && !answer.redirected && !isPersonal(answer);
// A file named by its hash never changes; the others may belong to a newer page than this worker.
const isHashed = (address) => address.searchParams.has("v") || address.pathname.startsWith("/static/fonts/");
const atOnceFor = (path) => SHOWN_AT_ONCE.find(([pages]) => pages.test(path))?.[1] ?? 0;

async function fromShell(request, hashed) {
  if (hashed) return (await caches.match(request)) ?? fetch(request);
  try {
    return await fetch(request);
  } catch (broken) {
    const kept = await caches.match(request);
    if (!kept) throw broken;
    return kept;
  }
}

async function keep(request, answer) {
  const headers = new Headers(answer.headers);
  headers.set(KEPT_AT, String(Date.now()));
  const cache = await caches.open(PAGES);
  await cache.put(request, new Response(await answer.blob(), { headers }));
  const all = await cache.keys();
  for (const oldest of all.slice(0, Math.max(0, all.length - MOST_PAGES))) await cache.delete(oldest);
}

async function keptPage(request) {
  const answer = await (await caches.open(PAGES)).match(request, { ignoreVary: true });
  return answer && { answer, at: Number(answer.headers.get(KEPT_AT)) };
}

// After any change (a sign-in, another language) what was kept may be wrong: ask the network first.
async function distrustPages() {
  if (await fact("public")) await keepFact("public", false);
}

async function learn(request, answer, before, client) {
  if (!mayKeep(answer)) {
    if (isPersonal(answer) && (await fact("public"))) {
      await keepFact("public", false);
      await caches.delete(PAGES);
    }
    return;
  }
  await keepFact("public", true);
  const fresh = before && answer.clone();
  await keep(request, answer).catch(() => {}); // no room: the page is shown all the same
  if (fresh && (await fresh.text()) !== (await before.text())) {
    (await self.clients.get(client))?.postMessage({ type: "newer" });
  }
}

async function ask(event, path, before) {
  const answer = (await event.preloadResponse) ?? (await fetch(event.request));
  if (PUBLIC.test(path)) event.waitUntil(learn(event.request, answer.clone(), before, event.resultingClientId));
  return answer;
}

const soon = (promise) => Promise.race([promise, new Promise((_, failed) => { setTimeout(failed, PATIENCE, new Error("slow")); })]);

function dated(event, kept) {
  if (servedAt.size > servedUntil) servedAt.clear();
  servedAt.set(event.resultingClientId, kept.at);
  return kept.answer;
}

async function page(event, path) {
  const kept = PUBLIC.test(path) ? await keptPage(event.request) : undefined;
  const trusted = kept && (await fact("public"));
  const age = kept ? Date.now() - kept.at : 0;
  // a phone whose clock went back has an age below nought: that copy is as old as can be
  if (trusted && age >= 0 && age < atOnceFor(path)) {
    event.waitUntil(ask(event, path, kept.answer.clone()).catch(() => {}));
    return kept.answer;
  }
  try {
    const asked = ask(event, path);
    asked.catch(() => {});
    return await (trusted ? soon(asked) : asked);
  } catch (broken) {
    const card = path === "/carte" ? await caches.match("/carte", { cacheName: CARD }) : undefined;
    const answer = card ?? (kept && dated(event, kept)) ?? (await caches.match(path))
      ?? (await caches.match(path.startsWith("/bureau") ? DESK : OFFLINE));
    if (!answer) throw broken;
    return answer;
  }
}

// Opening hours and telephones are there without network for everybody: fetched as a stranger sees them.
async function keepHours() {
  const kept = await keptPage(HOURS);
  if (kept && Math.abs(Date.now() - kept.at) < DAY) return;
  const answer = await fetch(HOURS, { credentials: "omit" });
  if (mayKeep(answer)) await keep(HOURS, answer);
}

// The reader chose another language: the pages without network follow.
async function speakAgain() {
  await caches.delete(PAGES);
  const cache = await caches.open(SHELL);
  for (const path of [OFFLINE, NOTED, NO_ROOM]) {
    const answer = await fetch(path, { cache: "reload" });
    if (answer.ok) await cache.put(path, answer);
  }
}
