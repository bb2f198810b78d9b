// What script adds to pages that work without it: the installed app, alerts, the card, the desk.
// Each part is fetched by the pages that need it, so that the first page stays light.
const has = (selector) => document.querySelector(selector) !== null;
const broken = () => {};

const news = document.getElementById("nouvelles");

function tell(words, verb, act) {
  if (!news) return;
  news.replaceChildren(Object.assign(document.createElement("span"), { textContent: words }));
  if (verb) {
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
  tell("Une nouvelle version de Navette est prête.", "L’ouvrir", () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    worker.postMessage({ type: "take-over" });
  });
}

async function register() {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register("/sw.js", { scope: "/" });
  announceUpdate(registration);
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", () => announceUpdate(registration));
  });
  if ("person" in document.body.dataset) await import("./app-push.js").then((push) => push.repostSubscription(registration));
}

function watchNetwork() {
  const offline = () => tell("Pas de réseau. Votre carte gardée sur ce téléphone fonctionne.");
  addEventListener("offline", offline);
  addEventListener("online", () => { if (news) news.hidden = true; });
  if (!navigator.onLine) offline();
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
});
document.documentElement.classList.add("scripted");
nameTheChoice();
watchNetwork();
if (has("[data-push-offer]")) import("./app-push.js").then((push) => push.offerAlerts(tell)).catch(broken);
if (has("[data-person]") || has("form[action='/deconnexion']")) {
  import("./app-card.js").then((card) => {
    card.forgetCardOfAnother();
    card.forgetCardAtSignOut();
    card.keepCard(tell);
    card.wakeForCard();
  }).catch(broken);
}
if (has("#scan-zone")) import("./app-desk.js").then((desk) => desk.startDesk()).catch(broken);
register().catch(broken);
