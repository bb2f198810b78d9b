// The card kept on this phone, by explicit choice only, and a screen that stays lit while it is shown.
import { ask } from "./app-worker.js";

const CARD_CACHE = "navette-carte";
const COPY = "/carte/copie";
const OWNER = "navette-carte-de";
const FRESH = "navette-carte-lue";
const TEN_MINUTES = 600_000;
const A_MOMENT = 1_500;
let leaving = false;

// The card itself, not its cache: an empty one is nobody's wish.
const isKept = async () => Boolean(await caches.match("/carte", { cacheName: CARD_CACHE }));

export function keepCard(tell, words) {
  const box = document.querySelector("[data-keep-card]");
  if (!box || !("caches" in window)) return;
  const keep = box.querySelector("[data-keep]");
  const forget = box.querySelector("[data-forget]");
  const show = (kept) => {
    keep.hidden = kept;
    forget.hidden = !kept;
    box.querySelector("[data-kept]").hidden = !kept;
  };
  isKept().then(show);
  keep.addEventListener("click", async () => {
    try {
      if (!(await fetchCopy())) throw new Error("signed out");
      show(true);
    } catch {
      await caches.delete(CARD_CACHE);
      tell(words.cardFull);
    }
  });
  forget.addEventListener("click", async () => {
    await caches.delete(CARD_CACHE);
    show(false);
  });
}

// The copy is what the server writes for it: the card, and what waits and is due, without titles.
async function fetchCopy() {
  const answer = await fetch(COPY, { credentials: "same-origin", redirect: "manual" });
  if (answer.type === "opaqueredirect") return false;
  if (!answer.ok) throw new Error(String(answer.status));
  const text = await answer.text();
  if (leaving) return false;
  const cache = await caches.open(CARD_CACHE);
  await cache.put("/carte", new Response(text, { headers: { "Content-Type": "text/html; charset=utf-8" } }));
  localStorage.setItem(OWNER, document.body.dataset.person);
  return true;
}

// A kept card follows: written again when the app opens, gone when the session was ended elsewhere.
export async function refreshCard() {
  if (!("caches" in window) || !("person" in document.body.dataset) || !navigator.onLine) return;
  if (!(await isKept()) || Math.abs(Date.now() - Number(sessionStorage.getItem(FRESH))) < TEN_MINUTES) return;
  sessionStorage.setItem(FRESH, String(Date.now()));
  if (!(await fetchCopy().catch(() => true))) await caches.delete(CARD_CACHE);
}

// Somebody else signed in on this phone: what was kept is not theirs.
export function forgetCardOfAnother() {
  const owner = localStorage.getItem(OWNER);
  const here = document.body.dataset.person;
  if (owner && here && owner !== here && "caches" in window) {
    localStorage.removeItem(OWNER);
    caches.delete(CARD_CACHE);
  }
}

// The service worker does this too; a page it does not control yet must not miss it. The alerts of
// this phone end with the session: before the form leaves, for at most a moment.
export function forgetAtSignOut() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (new URL(form.action, location.href).pathname !== "/deconnexion" || form.dataset.forgotten) return;
    event.preventDefault();
    leaving = true;
    form.dataset.forgotten = "1";
    const left = [ask("forget"), import("./app-push.js").then((push) => push.unsubscribe())];
    if ("caches" in window) left.push(caches.delete(CARD_CACHE));
    const late = new Promise((done) => { setTimeout(done, A_MOMENT); });
    Promise.race([Promise.allSettled(left), late]).then(() => form.submit());
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
