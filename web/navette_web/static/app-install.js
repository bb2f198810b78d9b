// How to put Navette on the first screen, told for the phone in hand; the others stay a tap away.
const ways = {
  iphone: () => /iPhone|iPad/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1),
  android: () => /Android/.test(navigator.userAgent),
  computer: () => true,
};

let offer = null;
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offer = event;
  for (const button of document.querySelectorAll("[data-install-now]")) button.hidden = false;
});

export function adviseInstall() {
  const box = document.querySelector("[data-install]");
  const mine = Object.keys(ways).find((name) => ways[name]());
  for (const way of box.querySelectorAll("details[data-way]")) way.open = way.dataset.way === mine;
  const done = matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
  box.querySelector("[data-installed]").hidden = !done;
  box.querySelector("[data-install-now]").addEventListener("click", async () => {
    await offer?.prompt();
  });
}
