// The desk: the field keeps the focus, each instruction has its sound, an open card closes by itself.
const TUNES = { go: [660], crate: [520, 660], halt: [220, 220, 220], look: [330, 260] };
let audio;

function play(name) {
  const notes = TUNES[name];
  if (!notes || !("AudioContext" in window)) return;
  audio ??= new AudioContext();
  notes.forEach((pitch, index) => {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    volume.gain.value = 0.08;
    tone.frequency.value = pitch;
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + index * 0.14);
    tone.stop(audio.currentTime + index * 0.14 + 0.1);
  });
}

let closing; // of one card only: the link of one that has left the page leads away all the same

function closeWhenIdle(root) {
  clearTimeout(closing);
  const card = root.querySelector("[data-close-after]");
  if (!card) return;
  closing = setTimeout(() => {
    if (document.querySelector("[data-later]:not([hidden])")) closeWhenIdle(root); // more was scanned for it
    else card.querySelector("[data-close]")?.click();
  }, Number(card.dataset.closeAfter) * 1000);
}

export function startDesk() {
  const desk = document.getElementById("scan-zone");
  if (!desk) return;
  closeWhenIdle(desk);
  document.addEventListener("htmx:after:swap", () => {
    closeWhenIdle(desk);
    desk.querySelector("#scan")?.focus();
    play(desk.querySelector("[data-sound]")?.dataset.sound);
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, button, a, summary");
    if (!typing && event.key.length === 1 && !event.ctrlKey && !event.metaKey) desk.querySelector("#scan")?.focus();
  });
  desk.querySelector("#scan")?.focus(); // what was scanned while the page arrived stays in it
}
