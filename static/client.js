// What every script of a session needs: posting with the token, asking the server why, ending a display.

const token = document.querySelector('meta[name=csrf]')?.content ?? '';

/** Posts JSON. A redirection is not followed: it is a refusal like another. */
export function post(path, body) {
  return fetch(path, {
    method: 'POST',
    credentials: 'same-origin',
    cache: 'no-store',
    redirect: 'manual',
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': token },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  });
}

/** The server's own page explains a refusal: reload, once. False when that has been tried. */
export function askServerWhy() {
  if (history.state?.asked) return false;
  history.replaceState({ asked: true }, '');
  location.reload();
  return true;
}

/** Something was shown: the next refusal may be asked about again. */
export function settled() {
  if (history.state?.asked) history.replaceState(null, '');
}

/** Puts one of the page's endings in place of everything it shows. */
export function end(key) {
  const main = document.querySelector('main');
  for (const canvas of document.querySelectorAll('canvas')) {
    canvas.width = 1;
    canvas.height = 1;
  }
  const ending = document.querySelector(`template[data-ending=${key}]`);
  if (!main) return;
  main.replaceChildren(ending ? ending.content.cloneNode(true) : '');
  const again = main.querySelector('.ending a');
  again?.setAttribute('href', location.pathname);
  main.querySelector('.ending')?.focus();
}

/** Removes what is shown, then leaves the words to the server, or to the page if it has been asked. */
export function refused() {
  end('refused');
  askServerWhy();
}

/** Says one thing in the banner, which assistive tools announce. */
export function warn(sentence) {
  const region = document.getElementById('banner');
  const template = document.getElementById('warning');
  if (!region || !template) return;
  if (region.querySelector('strong')?.textContent === sentence) return;
  const banner = template.content.cloneNode(true);
  banner.querySelector('strong').textContent = sentence;
  region.replaceChildren(banner);
}

/** Takes back a sentence of `warn`. */
export function unwarn(sentence) {
  const region = document.getElementById('banner');
  if (region?.querySelector('strong')?.textContent === sentence) region.replaceChildren();
}
