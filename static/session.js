// The session locks after 20 idle minutes, and says so two minutes before it does. One key extends.

import { post, unwarn, warn } from './client.js';

const MINUTE = 60_000;
const WARN_AFTER = 20 * MINUTE;
const LOCK_AFTER = 22 * MINUTE;
const TELL_EVERY = 5 * MINUTE;
const SENTENCE = 'Sans action de votre part, l’écran se verrouille dans 2 minutes.';

// The wall clock: it runs while the machine sleeps, and so does the session.
let acted = Date.now();
let told = Date.now();
let warned = false;

async function tell() {
  told = Date.now();
  try {
    const response = await post('/verrou/prolonger', {});
    // Locked or ended meanwhile: the server's page says which.
    if (response.status >= 300 && response.status < 500 || response.type === 'opaqueredirect') lock();
  } catch {
    // Without a connection nothing is extended; the next action tries again.
    told = 0;
  }
}

/** Asks for this page anew: the server, which has locked, leads to the lock and remembers the page. */
function lock() {
  location.assign(location.pathname);
}

function act() {
  const now = Date.now();
  if (now - acted >= LOCK_AFTER) return lock();
  acted = now;
  if (warned) {
    warned = false;
    unwarn(SENTENCE);
    tell();
  } else if (now - told >= TELL_EVERY) {
    tell();
  }
}

function look() {
  const idle = Date.now() - acted;
  if (idle >= LOCK_AFTER) return lock();
  if (idle >= WARN_AFTER && !warned) {
    warned = true;
    warn(SENTENCE);
  }
}

if (location.pathname !== '/verrou') {
  for (const kind of ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart']) {
    addEventListener(kind, act, { passive: true, capture: true });
  }
  setInterval(look, 15_000);
  document.addEventListener('visibilitychange', look);
}
