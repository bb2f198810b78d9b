// The card kept on this phone, by explicit choice only, and a screen that stays lit while it is shown.
const CARD_CACHE = "navette-carte";
const COPY = "/carte/copie";
const OWNER = "navette-carte-de";

export function keepCard(tell) {
  const box = document.querySelector("[data-keep-card]");
  if (!box || !("caches" in window)) return;
  const keep = box.querySelector("[data-keep]");
  const forget = box.querySelector("[data-forget]");
  const show = (kept) => {
    keep.hidden = kept;
    forget.hidden = !kept;
    box.querySelector("[data-kept]").hidden = !kept;
  };
  caches.has(CARD_CACHE).then(show);
  keep.addEventListener("click", async () => {
    try {
      const answer = await fetch(COPY, { credentials: "same-origin", redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const cache = await caches.open(CARD_CACHE);
      await cache.put("/carte", new Response(await answer.text(), { headers: { "Content-Type": "text/html; charset=utf-8" } }));
      localStorage.setItem(OWNER, document.body.dataset.person);
      show(true);
    } catch {
      await caches.delete(CARD_CACHE);
      tell("La carte n’a pas pu être gardée. Réessayez avec du réseau.");
    }
  });
  forget.addEventListener("click", async () => {
    await caches.delete(CARD_CACHE);
    show(false);
  });
}

// Somebody else signed in on this phone: the card that was kept is not theirs.
export function forgetCardOfAnother() {
  const owner = localStorage.getItem(OWNER);
  const here = document.body.dataset.person;
  if (owner && here && owner !== here && "caches" in window) {
    localStorage.removeItem(OWNER);
    caches.delete(CARD_CACHE);
  }
}

// The service worker does this too; a page it does not control yet must not miss it.
export function forgetCardAtSignOut() {
  document.addEventListener("submit", (event) => {
    const away = new URL(event.target.action, location.href).pathname === "/deconnexion";
    if (away && "caches" in window) caches.delete(CARD_CACHE);
  });
}

export function wakeForCard() {
  if (!document.querySelector("[data-wake]") || !("wakeLock" in navigator)) return;
  const stayAwake = () => {
    if (document.visibilityState === "visible") navigator.wakeLock.request("screen").catch(() => {});
  };
  document.addEventListener("visibilitychange", stayAwake);
  stayAwake();
}
