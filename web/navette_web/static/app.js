// What script adds to pages that work without it: the installed app, alerts, the card, the desk.
// Each part is fetched by the pages that need it, so that the first page stays light.
import { ask } from "./app-worker.js";

const has = (selector) => document.querySelector(selector) !== null;
const broken = () => {};
const HOUR = 3_600_000;

const news = document.getElementById("nouvelles");
const words = news?.dataset ?? {};

// `act` is what a button does, or the page that a link leads to.
function tell(text, verb, act) {
  if (!news) return;
  news.replaceChildren(Object.assign(document.createElement("span"), { textContent: text }));
  if (typeof act === "string") news.append(Object.assign(document.createElement("a"), { href: act, textContent: verb }));
  else if (verb) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: verb });
    button.addEventListener("click", act);
    news.append(button);
  }
  news.hidden = false;
}

// A new version is announced, never forced: someone may be in the middle of a form.
function announceUpdate(registration) {
  const worker = registration.waiting;
  if (!worker || !navigator.serviceWorker.controller) return;
  tell(words.update, words.updateVerb, () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    worker.postMessage({ type: "take-over" });
  });
}

// An installed app stays open for days: it looks for a new version when it comes back to the front.
function lookForUpdates(registration) {
  let looked = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || Math.abs(Date.now() - looked) < HOUR) return;
    looked = Date.now();
    registration.update().catch(broken);
  });
}

// A new session has to be told of this phone's alerts again, its badge is for what waits.
function beginAnew() {
  if (/^\/(connexion|compte\/lier)/.test(location.pathname)) sessionStorage.removeItem("navette-alertes-dites");
  if (location.pathname === "/reservations") navigator.clearAppBadge?.().catch(broken);
}

async function register() {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register("/sw.js", { scope: "/" });
  announceUpdate(registration);
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", () => announceUpdate(registration));
  });
  lookForUpdates(registration);
  navigator.serviceWorker.addEventListener("message", (event) => {
    if (event.data?.type === "newer") tell(words.newer, words.newerVerb, () => location.reload());
  });
  const { person } = document.body.dataset;
  const here = await ask("here", { person: person ?? "" });
  if (here?.keptAt) sayOffline(here.keptAt);
  if (person) {
    await import("./app-queue.js").then((queue) => queue.sendAgain(tell, words));
    await import("./app-push.js").then((push) => push.repostSubscription(registration));
  }
  followLanguage();
}

// Language and colours were chosen anew: the pages without network follow.
function followLanguage() {
  const { lang, dataset } = document.documentElement;
  const chosen = [lang, dataset.theme, dataset.contrast].filter(Boolean).join(" ");
  const before = localStorage.getItem("navette-langue");
  if (before === chosen) return;
  localStorage.setItem("navette-langue", chosen);
  if (before) ask("language");
}

function sayOffline(keptAt) {
  const when = keptAt && new Date(keptAt).toLocaleString(document.documentElement.lang, { weekday: "long", hour: "numeric", minute: "2-digit" });
  if (has("[data-no-network]")) return undefined; // the page says it already
  if (has("#scan-zone")) return tell(words.offline);
  return tell([words.offline, when && words.offlineDated?.replace("{when}", when)].filter(Boolean).join(" "), words.offlineVerb, "/carte");
}

function watchNetwork() {
  addEventListener("offline", () => sayOffline(0));
  addEventListener("online", () => {
    if (news) news.hidden = true;
    if ("person" in document.body.dataset) import("./app-queue.js").then((queue) => queue.sendAgain(tell, words)).catch(broken);
  });
  if (!navigator.onLine) sayOffline(0);
}

// The button names the stop that is chosen: "Réserver pour Leers".
function nameTheChoice() {
  for (const form of document.querySelectorAll("form[data-line]")) {
    const button = form.querySelector("[data-line-submit]");
    const rename = () => {
      const chosen = form.querySelector(".stop > input:checked");
      if (chosen && button) button.textContent = `${button.dataset.lineSubmit} ${chosen.dataset.name}`;
    };
    form.addEventListener("change", rename);
    rename();
  }
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
  const copied = event.target.closest("[data-copy]");
  if (copied) navigator.clipboard.writeText(copied.dataset.copy).then(() => tell(copied.dataset.done)).catch(broken);
  const shared = event.target.closest("[data-share]");
  if (shared) navigator.share({ title: shared.dataset.title, url: shared.dataset.share }).catch(broken);
});
// What was just done is said aloud too: a live region speaks only when its words change.
const done = document.querySelector("main > .toast p");
if (done) setTimeout(() => { done.textContent = `${done.textContent}`; }, 600);
// A verb in the middle of a long list leads back to the middle of that list.
const PLACE = "navette-place";
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented && event.target.method === "post" && event.target.closest("main")) {
    sessionStorage.setItem(PLACE, JSON.stringify({ path: location.pathname, top: scrollY }));
  }
});
const place = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
sessionStorage.removeItem(PLACE);
if (place?.path === location.pathname && !location.hash) scrollTo({ top: place.top, behavior: "instant" });
document.documentElement.classList.add("scripted");
// What a page, or the part of one that came in place of another, needs of script.
function begin() {
  for (const button of document.querySelectorAll("[data-share]")) button.hidden = !navigator.share;
  nameTheChoice();
  if (has("[data-push-offer]")) import("./app-push.js").then((push) => push.offerAlerts(tell, words)).catch(broken);
}
begin();
beginAnew();
watchNetwork();
if (has("form[data-hx-post]") && !has("#scan-zone")) import("./app-verbs.js").then((verbs) => verbs.startVerbs(tell, begin)).catch(broken);
if (has("[data-person]") || has("form[action='/deconnexion']") || has("[data-wake]")) {
  import("./app-card.js").then((card) => {
    card.forgetCardOfAnother();
    card.forgetAtSignOut();
    card.keepCard(tell, words);
    card.refreshCard();
    card.wakeForCard();
  }).catch(broken);
}
if (has("[data-requests]")) import("./app-queue.js").then((queue) => queue.showRequests(tell, words)).catch(broken);
if (has("[data-passkey]")) import("./app-passkey.js").then((passkey) => passkey.offerPasskey()).catch(broken);
if (has("[data-install]")) import("./app-install.js").then((install) => install.adviseInstall()).catch(broken);
if (has("#scan-zone")) import("./app-desk.js").then((desk) => desk.startDesk()).catch(broken);
if (has("[data-scans]")) import("./app-scans.js").then((scans) => scans.startScans()).catch(broken);
register().catch(broken);
