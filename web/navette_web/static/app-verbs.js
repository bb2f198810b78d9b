// Verbs in place: the row says that it is asked, a second tap is nothing, the answer is found and heard.
const thingOf = (form) => form.closest("[data-thing]");
const words = document.getElementById("nouvelles").dataset;

function asking(form, yes) {
  const thing = thingOf(form) ?? form;
  if (yes) thing.setAttribute("aria-busy", "true");
  else thing.removeAttribute("aria-busy");
  // What is given up goes at once: it can be brought back, and stays when the answer is no.
  thing.toggleAttribute("data-leaving", yes && form.matches("[data-leaves]"));
}

function focusOn(element, options) {
  if (!element) return false;
  if (!element.matches("a, button, summary, input")) element.setAttribute("tabindex", "-1");
  element.focus(options);
  return true;
}

// Said by a region that was there before: one that comes with its words is not read everywhere.
function say(text) {
  const region = document.getElementById("dit");
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 50);
}

// Folds stay as the reader left them: `data-stays` names those that are a place to be in.
const folds = () => [...document.querySelectorAll("details[data-stays]")].map(({ id, open }) => [id, open]);

function foldAsBefore(before) {
  for (const [id, open] of before) {
    const fold = document.getElementById(id);
    if (fold) fold.open = open;
  }
}

function found(told, thing) {
  const undo = told?.querySelector("button");
  if (undo && focusOn(told.querySelector("p"), { preventScroll: true })) return;
  if (told) say(told.querySelector("p").textContent);
  thing?.closest("details")?.setAttribute("open", "");
  if (focusOn(thing?.querySelector("summary, h1, h2, h3, h4") ?? thing?.querySelector("button[type=submit]"))) return;
  focusOn(document.querySelector("main h1"), { preventScroll: Boolean(told) });
}

// Somebody else signed in, or another language was chosen, in another tab: then the frame has to follow.
function isOfAnother({ headers }) {
  if (!headers.has("Navette-Person")) return false;
  const { person } = document.body.dataset;
  return headers.get("Navette-Person") !== (person ?? "") || headers.get("Content-Language") !== document.documentElement.lang;
}

// Who chooses a language at the foot of the page comes back to the page that it is now.
function comeBackHere() {
  const next = document.querySelector(".site-foot form.languages [name=next]");
  if (next) next.value = location.pathname + location.search;
}

// htmx comes last, when all that follows its answers is there: until then a verb is a plain form.
export function startVerbs(tell, begin) {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-hx-post]")) return;
    if ((thingOf(event.target) ?? event.target).matches("[aria-busy]")) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, true);
  document.addEventListener("htmx:before:request", ({ target, detail: { ctx } }) => {
    if (!target.matches("form[data-hx-post]")) return;
    asking(target, true);
    for (const old of document.querySelectorAll(".refused")) old.remove();
    ctx.verb = { thing: thingOf(target)?.id, form: target, folds: folds(), from: location.pathname + location.search };
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    if (!ctx.verb) return;
    if (isOfAnother(ctx.response)) {
      event.preventDefault();
      location.assign(ctx.hx.replaceurl);
    } else if (ctx.response.status >= 400 && !ctx.hx.retarget) { // from in front of our pages: no part of one
      event.preventDefault();
      tell(words.unanswered);
    }
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (!ctx.verb) return;
    foldAsBefore(ctx.verb.folds);
    if (ctx.response.status >= 400) return void focusOn(document.querySelector(".refused"));
    const main = document.querySelector("main");
    begin(main);
    if (location.pathname + location.search !== ctx.verb.from) comeBackHere();
    if (location.pathname !== ctx.verb.from.split("?")[0]) scrollTo({ top: 0, behavior: "instant" });
    const told = main.querySelector(".toast");
    found(told, document.getElementById(told?.dataset.about ?? ctx.verb.thing ?? ""));
  });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (ctx.verb) asking(ctx.verb.form, false);
  });
  document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
    if (ctx?.verb) tell(words.unanswered);
  });
  import(document.querySelector("meta[name=navette-htmx]").content);
}
