// Navette away from the network: the shell, public pages, a card kept by choice, actions noted; and the alerts.
const SHELL = "navette-coque-{{ version }}";
const PAGES = "navette-pages-{{ version }}";
const CARD = "navette-carte";
const SHELL_FILES = {{ shell | tojson }};
const OFFLINE = "/hors-ligne";
const NOTED = "/hors-ligne/demandes";
const NO_ROOM = "/hors-ligne/plus-de-place";
const QUEUED = new Set({{ queued | tojson }});
const ICON = {{ icon | tojson }};
{% include "worker/_memory.js" %}
{% include "worker/_pages.js" %}
{% include "worker/_queue.js" %}
{% include "worker/_alerts.js" %}

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(SHELL_FILES)));
});

self.addEventListener("activate", (event) => {
  const keep = new Set([SHELL, PAGES, CARD]);
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("navette-") && !keep.has(name)) await caches.delete(name);
    await self.registration.navigationPreload?.enable();
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (address.origin !== self.location.origin) return;
  if (request.method === "POST") {
    if (address.pathname === "/deconnexion") event.waitUntil(forgetPerson());
    else if (QUEUED.has(address.pathname) && mayNote(request)) event.respondWith(sendOrNote(request, address.pathname));
    event.waitUntil(distrustPages());
  }
  if (request.method !== "GET") return;
  if (address.pathname.startsWith("/static/")) event.respondWith(fromShell(request, isHashed(address)));
  else if (request.mode === "navigate") event.respondWith(page(event, address.pathname));
});

// What a page asks of the worker; answers go back through the port that came with the question.
const TASKS = {
  "take-over": () => self.skipWaiting(),
  here: async ({ person }, source) => {
    await meet(person);
    await keepHours().catch(() => {});
    return { keptAt: servedAt.get(source?.id) ?? null };
  },
  requests: ({ person }) => requestsOf(person),
  done: ({ key, words }) => settle(key, words),
  told: tellOnce,
  refused: ({ request }) => inMemory("requests", "readwrite", (store) => store.put(request)),
  language: () => speakAgain(),
  forget: () => forgetPerson(),
};

self.addEventListener("message", (event) => {
  const task = TASKS[event.data?.type];
  if (!task) return;
  const [port] = event.ports;
  event.waitUntil((async () => {
    try {
      port?.postMessage({ answer: await task(event.data, event.source) });
    } catch (broken) {
      port?.postMessage({ problem: String(broken) });
    }
  })());
});
