// A desk whose line is down: scans are noted with their own name and time, sent again in order, and
// what each one says is listed; what lost against another desk is said, never overwritten.
// A desk whose line is slow: what is scanned while an answer is on its way waits for the form that the
// answer brings, because that form has the scan's own name and the card that is open now; and where
// the answer asks for a hand (a stop, a question, a crate, a shelf), for whoever has read it.
const KEPT = "navette-scans";
const AGAIN_AFTER = 15000; // ms: the line is up, and whoever answers at its end is not
const SCAN = `mutation ScanLater($input: ScanItemInput!) {
  scanItem(input: $input) {
    __typename
    ... on ItemScanned { instruction message }
    ... on Refusal { code message }
  }
}`;

const read = () => {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? [];
  } catch {
    return [];
  }
};
const write = (scans) => localStorage.setItem(KEPT, JSON.stringify(scans));

let box;
let later;
let again;
let asking = 0; // answers on their way to this page
const waiting = [];
const fieldOf = (form) => form?.elements.barcode;
const scanForm = () => document.querySelector("#scan-zone form.scan");

function show(problem = "") {
  const scans = read();
  box.hidden = scans.length === 0 && !problem;
  const model = box.querySelector("template[data-line]");
  box.querySelector("[data-list]").replaceChildren(...scans.map((scan) => {
    const line = model.content.cloneNode(true);
    line.querySelector("[data-barcode]").textContent = scan.barcode;
    line.querySelector("[data-said]").textContent = scan.said || box.dataset.waiting;
    line.querySelector("[data-lost]").hidden = !scan.lost;
    return line;
  }));
  const told = box.querySelector("[data-problem]");
  told.textContent = problem;
  told.hidden = !problem;
  box.querySelector("[data-clear]").hidden = scans.length === 0 || scans.some((scan) => !scan.said);
}

function sendLater() {
  clearTimeout(again);
  again = setTimeout(alone, AGAIN_AFTER);
}

// A scan that was sent and not answered keeps its name: the network knows whether it came through.
function note(form, barcode, scanId = crypto.randomUUID()) {
  if (!barcode) return undefined;
  if (form.elements.card?.value) {
    fieldOf(form).value ||= barcode;
    return show(box.dataset.lending);
  }
  const scans = read();
  const last = scans.at(-1);
  // a double beep is one scan
  if (!last || last.said || last.barcode !== barcode) {
    scans.push({ barcode, scanId, scannedAt: new Date().toISOString(), said: "" });
  }
  try {
    write(scans);
  } catch {
    return show(box.dataset.full);
  }
  fieldOf(form).focus();
  return show();
}

function noteUnanswered(form) {
  const name = form.elements.scan_id;
  note(form, form.dataset.sent, name?.value || undefined);
  if (name) name.value = crypto.randomUUID();
  sendLater();
}

async function send(scan) {
  const { barcode, scanId, scannedAt } = scan;
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ query: SCAN, variables: { input: { barcode, scanId, scannedAt } } }),
  });
  if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
  const said = (await answer.json()).data?.scanItem;
  if (!said || said.code === "NOT_SIGNED_IN" || said.code === "FORBIDDEN") return null;
  return { ...scan, said: said.message || said.instruction || said.code, lost: said.__typename !== "ItemScanned" };
}

async function sendAll() {
  let scan;
  while ((scan = read().find((one) => !one.said))) { // read anew: more may be noted meanwhile
    let after;
    try {
      after = await send(scan);
    } catch {
      sendLater(); // the line is down again: the rest waits
      return show();
    }
    if (after === null) return show(box.dataset.signIn);
    write(read().map((one) => (one.scanId === after.scanId ? after : one)));
    show();
  }
  return show();
}

// Two windows of one desk must not both send.
const alone = () => (navigator.locks ? navigator.locks.request(KEPT, sendAll) : sendAll());

function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

// The number leaves the field with its request: what is typed from then on is the next one.
function followAnswers() {
  let left; // the field that goes away, in which one may go on typing until it does
  let answered = false;
  const followed = new WeakSet(); // an answer may have been asked for before this script came
  document.addEventListener("htmx:before:request", ({ target, detail: { ctx } }) => {
    if (!target.matches("[data-hx-target='#scan-zone']")) return;
    followed.add(ctx);
    asking += 1;
    if (target.matches("form.scan")) fieldOf(target).value = "";
  });
  document.addEventListener("htmx:before:swap", (event) => {
    if (!followed.has(event.detail.ctx)) return;
    const { response, sourceElement } = event.detail.ctx;
    left = fieldOf(scanForm());
    if (response.status < 500 || !sourceElement.matches("form.scan")) return;
    event.preventDefault(); // from in front of the app: no part of a page
    noteUnanswered(sourceElement);
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (!followed.has(ctx) || !scanForm()) return;
    answered = true;
  });
  // As soon as the new field is there, before the next key, and not when htmx is done with the rest.
  new MutationObserver(() => {
    const field = fieldOf(scanForm());
    if (!field || field === left) return;
    if (left) field.value = left.value + field.value;
    left = undefined;
    field.focus();
  }).observe(document.getElementById("scan-zone") ?? box, { childList: true });
  document.addEventListener("htmx:error", (event) => {
    const form = event.detail?.ctx?.sourceElement ?? event.target;
    if (form.matches?.("form.scan")) noteUnanswered(form);
  });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (!followed.has(ctx)) return;
    asking -= 1;
    const read = !answered || needsNoHand();
    answered = false;
    setTimeout(() => sendNext(read)); // htmx lets go of the form only after this
  });
}

const needsNoHand = () => document.querySelector("#consigne")?.dataset.sound === "go" && !document.querySelector("#scan-zone .slip");

function sendNext(read) {
  const form = scanForm();
  if (asking || !form) return;
  later.querySelector("[data-codes]").textContent = waiting.join(", ");
  later.hidden = read || !waiting.length;
  if (!later.hidden || !waiting.length) return;
  const typed = fieldOf(form).value;
  fieldOf(form).value = waiting.shift();
  form.dataset.next = "1";
  form.requestSubmit();
  fieldOf(form).value = typed;
  fieldOf(form).focus();
}

export function startScans() {
  box = document.querySelector("[data-scans]");
  if (!box) return;
  later = document.querySelector("[data-later]");
  later.querySelector("[data-go-on]").addEventListener("click", () => sendNext(true));
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form.scan")) return;
    const barcode = fieldOf(form).value.trim();
    if (asking || (waiting.length && !form.dataset.next)) {
      stop(event);
      fieldOf(form).value = "";
      if (barcode) waiting.push(barcode);
      setTimeout(() => sendNext(!barcode)); // an empty line: what stands there was read
      return;
    }
    delete form.dataset.next;
    if (!barcode) return stop(event); // nothing to send: the instruction stays
    form.dataset.sent = barcode;
    if (navigator.onLine && !box.dataset.away) return;
    stop(event);
    fieldOf(form).value = "";
    note(form, barcode);
    if (navigator.onLine) alone(); // the page came without network, and the line is back
    else setTimeout(() => sendNext(true));
  }, true);
  followAnswers();
  box.querySelector("[data-clear]").addEventListener("click", () => {
    write([]);
    show();
  });
  addEventListener("online", alone);
  addEventListener("pagehide", () => waiting.splice(0).forEach((barcode) => note(scanForm(), barcode)));
  show();
  if (navigator.onLine) alone();
}
