// A text display: the same presence as pixels, the same end.

import { settled } from './client.js';
import { listen } from './keys.js';
import { Presence } from './presence.js';

// The answer to a search: the browser would keep what was typed beside it, in the file of its session.
history.replaceState(history.state, '');

const shown = document.querySelector('[data-presence]');
if (shown) {
  const { presence, display, remaining } = shown.dataset;
  settled();
  new Presence(presence, display, Number(remaining));
  if (document.getElementById('fiche')) listen();
}
