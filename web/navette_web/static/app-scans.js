// A desk whose line is down: scans are noted with their own name and time, sent again in order, and
// what each one says is listed; what lost against another desk is said, never overwritten.
const KEPT = "navette-scans";
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

export function noteScan(form) {
  const barcode = (form.dataset.sent ?? form.elements.barcode.value).trim();
  delete form.dataset.sent;
  if (!barcode) return;
  if (form.elements.card?.value) return show(box.dataset.lending);
  const scans = read();
  const last = scans.at(-1);
  // a double beep is one scan
  if (!last || last.said || last.barcode !== barcode) {
    scans.push({ barcode, scanId: crypto.randomUUID(), scannedAt: new Date().toISOString(), said: "" });
  }
  try {
    write(scans);
  } catch {
    return show(box.dataset.full);
  }
  form.reset();
  form.elements.barcode.focus();
  return show();
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
  return { ...scan, said: said.message || said.instruction, lost: said.__typename !== "ItemScanned" };
}

async function sendAll() {
  const scans = read();
  for (const [at, scan] of scans.entries()) {
    if (scan.said) continue;
    let after;
    try {
      after = await send(scan);
    } catch {
      return show(); // the line is down again: the rest waits
    }
    if (after === null) return show(box.dataset.signIn);
    scans[at] = after;
    write(scans);
  }
  return show();
}

// Two windows of one desk must not both send.
const alone = () => (navigator.locks ? navigator.locks.request(KEPT, sendAll) : sendAll());

export function startScans() {
  box = document.querySelector("[data-scans]");
  if (!box) return;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form.scan")) return;
    form.dataset.sent = form.elements.barcode.value;
    if (navigator.onLine && !box.dataset.away) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    noteScan(form);
    if (navigator.onLine) alone(); // the page came without network, and the line is back
  }, true);
  document.addEventListener("htmx:error", (event) => {
    const form = event.detail?.ctx?.sourceElement ?? event.target;
    if (form.matches?.("form.scan")) noteScan(form);
  });
  box.querySelector("[data-clear]").addEventListener("click", () => {
    write([]);
    show();
  });
  addEventListener("online", alone);
  show();
  if (navigator.onLine) alone();
}
