// Asks the service worker something; null when there is none, or no answer soon.
const SOON = 2_000;

export async function ask(type, told = {}) {
  if (!("serviceWorker" in navigator)) return null;
  const worker = navigator.serviceWorker.controller ?? (await navigator.serviceWorker.getRegistration())?.active;
  if (!worker) return null;
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    const close = (answer) => {
      port1.close();
      done(answer);
    };
    const late = setTimeout(close, SOON, null);
    port1.onmessage = ({ data }) => {
      clearTimeout(late);
      close(data.answer ?? null);
    };
    worker.postMessage({ type, ...told }, [port2]);
  });
}
