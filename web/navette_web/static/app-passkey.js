// Passkeys: the browser makes and shows them; this only carries bytes between it and the server.
const toBytes = (text) => {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/").padEnd(Math.ceil(text.length / 4) * 4, "=");
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
};
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

async function ask(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(told.code), { sentence: told.message });
  return told;
}

const known = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

function carried(credential, names) {
  const response = {};
  for (const name of names) if (credential.response[name]) response[name] = toText(credential.response[name]);
  return { id: credential.id, rawId: toText(credential.rawId), type: credential.type, response };
}

async function add(base) {
  const options = await ask(`${base}/options`);
  const publicKey = {
    ...options,
    challenge: toBytes(options.challenge),
    user: { ...options.user, id: toBytes(options.user.id) },
    excludeCredentials: known(options.excludeCredentials),
  };
  const made = await navigator.credentials.create({ publicKey });
  return ask(base, carried(made, ["clientDataJSON", "attestationObject"]));
}

async function enter(base, next) {
  const options = await ask(`${base}/options`);
  const publicKey = { ...options, challenge: toBytes(options.challenge), allowCredentials: known(options.allowCredentials) };
  const shown = await navigator.credentials.get({ publicKey });
  const body = carried(shown, ["clientDataJSON", "authenticatorData", "signature", "userHandle"]);
  return ask(`${base}?next=${encodeURIComponent(next)}`, body);
}

export function offerPasskey() {
  const offer = document.querySelector("[data-passkey]");
  if (!offer || !("PublicKeyCredential" in window)) return;
  const problem = document.querySelector("[data-passkey-problem]");
  offer.hidden = false;
  offer.querySelector("button").addEventListener("click", async () => {
    if (problem) problem.hidden = true;
    try {
      const { passkey, base, next: wanted } = offer.dataset;
      const { next } =
        passkey === "add" ? await add(base ?? "/compte/cles") : await enter(base ?? "/connexion/cle", wanted ?? "/");
      location.assign(next);
    } catch (error) {
      if (!problem) return;
      if (error.sentence) problem.textContent = error.sentence;
      problem.hidden = false;
    }
  });
}
