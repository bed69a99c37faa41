// A picture of many rows, cut into the canvases of a page.

import { density, keepPainted, length } from './painting.js';

/**
 * Keeps `list` painted. `room()` is the width it is drawn for; `cut(bitmap, response, ratio)` puts
 * the rows where they belong; `ratio` is how many pixels of the picture make one of css.
 */
export function keepCut(list, room, cut) {
  const size = () => ({ width: room(), ratio: density(), generation: list.dataset.generation });
  keepPainted(list.dataset.list, size, (bitmap, response, asked) => {
    cut(bitmap, response, length(response, 'Ratio') || asked.ratio);
    list.removeAttribute('aria-busy');
  });
}
