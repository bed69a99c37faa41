// A picture of many rows, cut into the canvases of a page: asks for it, shows it, asks again when
// the window changes. Names in lists and compared candidates come this way.

import { end, post, refused, settled } from './client.js';
import { onScheme } from './pixels.js';
import { Presence } from './presence.js';

/** A length of the answer's headers, or several; not a number when absent. */
export const length = (response, name) => Number.parseFloat(response.headers.get(`X-Parvis-${name}`) ?? '');
export const lengths = (response, name) =>
  (response.headers.get(`X-Parvis-${name}`) ?? '').split(' ').map(Number);

/**
 * Keeps `list` painted. `room()` is the width it is drawn for; `cut(bitmap, response, ratio)` puts the rows where they belong; `ratio` is
 * how many pixels of the picture make one of css.
 */
export function keepPainted(list, room, cut) {
  const path = list.dataset.list;
  let display = null;
  let presence = null;
  let turn = 0;
  let timer = 0;
  let width = room();
  let density = devicePixelRatio;

  async function paint() {
    const mine = (turn += 1);
    const asked = { width, ratio: Math.min(3, density || 1), generation: list.dataset.generation };
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
    cut(bitmap, response, length(response, 'Ratio') || asked.ratio);
    bitmap.close();
    list.removeAttribute('aria-busy');
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
    if (room() === width && devicePixelRatio === density) return;
    width = room();
    density = devicePixelRatio;
    soon();
  });
  onScheme(soon);
  paint();
}
