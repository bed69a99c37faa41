// A picture from the server: asks for it, shows it, asks again when the window changes. Sheets, the
// names in lists and compared candidates all come this way.

import { end, post, refused, settled } from './client.js';
import { onScheme } from './pixels.js';
import { Presence } from './presence.js';

/** A length of the answer's headers, or several; not a number when absent. */
export const length = (response, name) => Number.parseFloat(response.headers.get(`X-Parvis-${name}`) ?? '');
export const lengths = (response, name) =>
  (response.headers.get(`X-Parvis-${name}`) ?? '').split(' ').map(Number);

/** The density to ask for. */
export const density = () => Math.min(3, devicePixelRatio || 1);

/**
 * Keeps the display of `path` painted. `size()` is what is asked for, a width among it;
 * `show(bitmap, response, asked)` puts the picture where it belongs. Gives the way to ask again soon.
 */
export function keepPainted(path, size, show) {
  let display = null;
  let presence = null;
  let turn = 0;
  let timer = 0;
  let known = size().width;
  let ratio = devicePixelRatio;

  async function paint() {
    const mine = (turn += 1);
    const asked = size();
    if (display) asked.display = display;
    let response;
    try {
      response = await post(`${path}/affichage`, asked);
    } catch {
      // With a picture on the screen, the presence decides how long it may stay.
      if (!display) end('lost');
      return;
    }
    if (presence?.over || mine !== turn) return;
    // 409: a newer publication has other rows. Like any refusal, the server's page says what holds.
    if (!response.ok) return refused();
    const bitmap = await createImageBitmap(await response.blob()).catch(() => null);
    if (presence?.over || mine !== turn) return bitmap?.close();
    if (!bitmap) return refused();
    show(bitmap, response, asked);
    bitmap.close();
    settled();
    display = response.headers.get('X-Parvis-Display') ?? display;
    const remaining = length(response, 'Remaining');
    if (presence) presence.remains(remaining);
    else presence = new Presence(path, display, remaining);
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(() => { if (!presence?.over) paint(); }, 250);
  }

  addEventListener('resize', () => {
    if (size().width === known && devicePixelRatio === ratio) return;
    known = size().width;
    ratio = devicePixelRatio;
    soon();
  });
  onScheme(soon);
  paint();
  return soon;
}
