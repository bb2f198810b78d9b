// ---- alerts: one payload for all browsers (declarative Web Push); something is always shown ----
function readMessage(event) {
  const { data } = event;
  const fallback = { title: "Navette", body: "Vos bibliothèques ont un message pour vous.", navigate: "/reservations" };
  let message = {};
  try {
    message = data?.json() ?? {};
  } catch {
    message = {};
  }
  // a browser that reads the message by itself hands us what it would show
  const told = message.notification ?? event.notification ?? {};
  const text = (value, otherwise) => (typeof value === "string" && value ? value : otherwise);
  const title = text(told.title, "");
  return {
    title: title || fallback.title,
    body: title ? text(told.body, "") : fallback.body,
    navigate: text(told.navigate, fallback.navigate),
    lang: text(told.lang, "fr"),
    tag: text(told.tag, "navette"),
    badge: Number.parseInt(message.app_badge ?? event.appBadge, 10),
    seen: text(told.data?.seen, ""),
  };
}

self.addEventListener("push", (event) => {
  const message = readMessage(event);
  const shown = self.registration.showNotification(message.title, {
    body: message.body,
    lang: message.lang,
    tag: message.tag,
    icon: ICON,
    data: { navigate: message.navigate },
  });
  const badge = Number.isNaN(message.badge) ? undefined : self.navigator.setAppBadge?.(message.badge)?.catch(() => {});
  event.waitUntil(Promise.all([shown.then(() => reportSeen(message.seen)), badge]));
});

// It was displayed: that counts as announced. Nothing is lost without: another way is taken in a day.
async function reportSeen(seen) {
  if (!seen) return;
  const report = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ vu: seen }) };
  await fetch("/push/vu", report).catch(() => {});
}

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
