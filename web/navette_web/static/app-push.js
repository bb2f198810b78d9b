// Alerts: asked in context, once, after a tap; the subscription is told again at every start.
const TOLD = "navette-alertes-dites";
const ASKED = "navette-alertes-demandees";

const toBytes = (text) => {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/").padEnd(Math.ceil(text.length / 4) * 4, "=");
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
};

async function post(subscription) {
  const answer = await fetch("/push/abonnement", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(subscription),
  });
  if (!answer.ok) throw new Error(String(answer.status));
}

export async function repostSubscription(registration) {
  if (!("PushManager" in window) || Notification.permission !== "granted") return;
  const { person } = document.body.dataset;
  if (!person || sessionStorage.getItem(TOLD) === person) return;
  const subscription = await registration.pushManager.getSubscription();
  if (!subscription) return;
  await post(subscription);
  sessionStorage.setItem(TOLD, person);
}

async function subscribe() {
  const registration = await navigator.serviceWorker.ready;
  const { publicKey } = await (await fetch("/push/cle")).json();
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: toBytes(publicKey),
  });
  await post(subscription);
}

export async function unsubscribe() {
  if (!("PushManager" in window)) return;
  const registration = await navigator.serviceWorker.getRegistration();
  if (!registration) return;
  sessionStorage.removeItem(TOLD);
  const subscription = await registration.pushManager.getSubscription();
  if (!subscription) return;
  await fetch("/push/abonnement", {
    method: "DELETE",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ endpoint: subscription.endpoint }),
  });
  await subscription.unsubscribe();
}

const onIphone = () => /iPhone|iPad/.test(navigator.userAgent);
const installed = () => matchMedia("(display-mode: standalone)").matches;

const offered = new WeakSet();

export function offerAlerts(tell, words) {
  const offer = document.querySelector("[data-push-offer]");
  if (!offer || offered.has(offer)) return; // a part of the page may have come anew around it
  offered.add(offer);
  const show = (name) => {
    for (const part of offer.querySelectorAll("[data-push-part]")) part.hidden = part.dataset.pushPart !== name;
    offer.hidden = false;
  };
  const state = async () => {
    if (onIphone() && !installed()) return show("iphone");
    if (!("serviceWorker" in navigator) || !("PushManager" in window)) return show("absent");
    if (Notification.permission === "denied") return show("blocked");
    const registration = await navigator.serviceWorker.ready;
    const kept = Notification.permission === "granted" && (await registration.pushManager.getSubscription());
    if (kept) return show("on");
    if (offer.dataset.pushOffer === "once" && localStorage.getItem(ASKED)) return undefined;
    return show("ask");
  };
  offer.querySelector("[data-push-yes]")?.addEventListener("click", async () => {
    try {
      if ((await Notification.requestPermission()) !== "granted") return show("blocked");
      await subscribe();
      show("on");
    } catch {
      tell(words.alertsBroken);
    }
  });
  offer.querySelector("[data-push-stop]")?.addEventListener("click", () => unsubscribe().then(() => show("ask")));
  offer.querySelector("[data-push-no]")?.addEventListener("click", () => {
    localStorage.setItem(ASKED, "non"); // after a hold nobody is asked a second time
    offer.remove();
  });
  state().catch(() => {});
}
