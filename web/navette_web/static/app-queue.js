// Actions noted without network: sent again in their order, reported; asked about after a day.
import { ask } from "./app-worker.js";

const DAY = 24 * 3_600_000;
const PAGE = "/hors-ligne/demandes";
const REFUSED = 400;
const BUSY = 429;
const FAILED = 500;

const owner = () => document.body.dataset.person ?? "";
// A clock that went back makes an age below nought: nobody knows how old that request is.
const needsAsking = ({ at }) => Date.now() - at > DAY || at > Date.now();

async function outcomeOf(request) {
  const answer = await fetch(request.path, {
    method: "POST",
    body: new URLSearchParams(request.fields),
    headers: { "Navette-Again": "1", Accept: "text/html" },
  });
  const there = new URL(answer.url);
  if (there.pathname.startsWith("/connexion")) return { stop: "signIn" };
  if (answer.status >= FAILED || answer.status === BUSY) return { stop: "later" };
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const said = page.querySelector("main .toast p, main .message") ?? page.querySelector("main h1");
  const told = said?.textContent.trim() ?? "";
  const no = answer.status >= REFUSED || there.searchParams.has("non");
  return no ? { refused: told || "?" } : { done: told };
}

// Sends in order, until something stops it: no network, or a session that ended.
async function send(requests) {
  for (const request of requests) {
    let outcome;
    try {
      outcome = await outcomeOf(request);
    } catch {
      return "later";
    }
    if (outcome.stop) return outcome.stop;
    if (outcome.refused) await ask("refused", { request: { ...request, words: outcome.refused } });
    else await ask("done", { key: request.key, words: outcome.done || "." });
  }
  return "";
}

// Two open pages must not both send: whoever comes second finds nothing left.
const alone = (act) => (navigator.locks ? navigator.locks.request("navette-demandes", act) : act());
const all = async () => (await ask("requests", { person: owner() })) ?? [];

export async function sendAgain(tell, words) {
  await alone(async () => {
    const waiting = (await all()).filter((request) => !request.words);
    // in order: what stands behind an old request waits for the answer too
    const old = waiting.some(needsAsking);
    const stop = waiting.length && navigator.onLine && !old ? await send(waiting) : "";
    const done = (await ask("told")) ?? [];
    if (old) tell(words.requestOld, words.requestVerb, PAGE);
    else if ((await all()).some((request) => request.words)) tell(words.requestRefused, words.requestVerb, PAGE);
    else if (stop === "signIn") tell(words.requestSignIn, words.requestVerb, PAGE);
    else if (done.length) sayDone(tell, words, done);
  });
}

function sayDone(tell, words, done) {
  tell([words.requestDone, ...new Set(done.filter((text) => text !== "."))].join(" "), words.requestSee, "/reservations");
}

function line(request, models, lang) {
  const one = models.line.content.cloneNode(true);
  const slot = (name) => one.querySelector(`[data-${name}]`);
  const named = models.box.querySelector(`template[data-request="${CSS.escape(request.path)}"]`);
  slot("what").textContent = named?.content.textContent.trim() ?? "";
  slot("when").textContent = new Date(request.at).toLocaleString(lang, { weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit" });
  slot("why").textContent = request.words ?? "";
  slot("why").hidden = !request.words;
  slot("send").hidden = Boolean(request.words) || owner() === "";
  return one;
}

export async function showRequests(tell, words) {
  const box = document.querySelector("[data-requests]");
  const models = { box, line: box.querySelector("template[data-request-line]") };
  const list = box.querySelector("ul");
  const show = async () => {
    // without network the page does not know its reader: the worker does
    const requests = await all();
    list.replaceChildren(...requests.map((request) => {
      const item = document.createElement("li");
      item.className = "item";
      item.append(line(request, models, document.documentElement.lang));
      item.querySelector("[data-drop]").addEventListener("click", () => ask("done", { key: request.key }).then(show));
      item.querySelector("[data-send]").addEventListener("click", async () => {
        const stop = await alone(() => send([request]));
        const done = (await ask("told")) ?? [];
        if (stop) tell(stop === "signIn" ? words.requestSignIn : words.requestLater);
        else if (done.length) sayDone(tell, words, done);
        await show();
      });
      return item;
    }));
    box.querySelector("[data-none]").hidden = requests.length > 0;
    for (const part of box.querySelectorAll("[data-some]")) part.hidden = !requests.length;
  };
  await show();
}
