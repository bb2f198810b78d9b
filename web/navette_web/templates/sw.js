// Navette away from the network: the shell, public pages, a card kept by choice; and the alerts.
const SHELL = "navette-coque-{{ version }}";
const PAGES = "navette-pages-{{ version }}";
const CARD = "navette-carte";
const SHELL_FILES = {{ shell | tojson }};
const OFFLINE = "/hors-ligne";
const PUBLIC = /^\/($|recherche|notice\/|oeuvre\/|bibliotheques|agenda|accessibilite|confidentialite|mentions-legales)/;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(SHELL_FILES)));
});

self.addEventListener("activate", (event) => {
  const keep = new Set([SHELL, PAGES, CARD]);
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("navette-") && !keep.has(name)) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener("message", (event) => {
  if (event.data?.type === "take-over") self.skipWaiting();
});

// Only what the server calls public is kept: a page that names somebody says no-store.
const mayKeep = (answer) => answer.ok && answer.type === "basic" && !answer.redirected
  && !/no-store|private/.test(answer.headers.get("Cache-Control") ?? "");

// A file named by its hash never changes; the others may belong to a newer page than this worker.
const isHashed = (address) => address.searchParams.has("v") || address.pathname.startsWith("/static/fonts/");

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

async function fromNetwork(request, path) {
  try {
    const answer = await fetch(request);
    if (PUBLIC.test(path) && mayKeep(answer)) {
      const cache = await caches.open(PAGES);
      await cache.put(request, answer.clone());
    }
    return answer;
  } catch (broken) {
    if (path === "/carte") {
      const card = await (await caches.open(CARD)).match("/carte");
      if (card) return card;
    }
    const stale = PUBLIC.test(path) ? await (await caches.open(PAGES)).match(request, { ignoreVary: true }) : undefined;
    const answer = stale ?? (await caches.match(OFFLINE));
    if (!answer) throw broken;
    return answer;
  }
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (address.origin !== self.location.origin) return;
  if (event.request.method === "POST" && address.pathname === "/deconnexion") {
    event.waitUntil(Promise.all([caches.delete(CARD), caches.delete(PAGES)]));
  }
  if (event.request.method !== "GET") return;
  if (address.pathname.startsWith("/static/")) {
    event.respondWith(fromShell(event.request, isHashed(address)));
  } else if (event.request.mode === "navigate") event.respondWith(fromNetwork(event.request, address.pathname));
});

// ---- alerts: one payload for all browsers (declarative Web Push); something is always shown ----
function readMessage(data) {
  const fallback = { title: "Navette", body: "Vos bibliothèques ont un message pour vous.", navigate: "/reservations" };
  let message = {};
  try {
    message = data?.json() ?? {};
  } catch {
    message = {};
  }
  const told = message.notification ?? {};
  const text = (value, otherwise) => (typeof value === "string" && value ? value : otherwise);
  const title = text(told.title, "");
  return {
    title: title || fallback.title,
    body: title ? text(told.body, "") : fallback.body,
    navigate: text(told.navigate, fallback.navigate),
    lang: text(told.lang, "fr"),
    tag: text(told.tag, "navette"),
    badge: Number.parseInt(message.app_badge, 10),
  };
}

self.addEventListener("push", (event) => {
  const message = readMessage(event.data);
  const shown = self.registration.showNotification(message.title, {
    body: message.body,
    lang: message.lang,
    tag: message.tag,
    icon: {{ icon | tojson }},
    data: { navigate: message.navigate },
  });
  const badge = Number.isNaN(message.badge) ? undefined : self.navigator.setAppBadge?.(message.badge)?.catch(() => {});
  event.waitUntil(Promise.all([shown, badge]));
});

function ours(address) {
  const target = new URL(address, self.location.origin);
  return target.origin === self.location.origin ? target.href : self.location.origin + "/";
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const target = ours(event.notification.data?.navigate ?? "/");
  event.waitUntil((async () => {
    const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const there = windows.find((client) => client.url === target) ?? windows[0];
    if (!there) return self.clients.openWindow(target);
    await there.focus();
    if (there.url === target) return undefined;
    return there.navigate(target).catch(() => self.clients.openWindow(target));
  })());
});

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil((async () => {
    const options = event.oldSubscription?.options;
    const fresh = event.newSubscription ?? (options && await self.registration.pushManager.subscribe(options));
    if (!fresh) return;
    await fetch("/push/abonnement", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(fresh),
    });
  })());
});
