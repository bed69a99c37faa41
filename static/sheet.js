// A sheet in pixels, and its magnification.

import { listen } from './keys.js';
import { keepPainted, length } from './painting.js';
import { drawSheet } from './pixels.js';

const main = document.querySelector('main[data-sheet]');
const paper = main.querySelector('.paper');
const canvas = main.querySelector('canvas');
const loading = main.querySelector('.loading');

const ZOOMS = [0.75, 1, 1.25, 1.5, 2, 3];
let zoom = 1;

/** The width of the column, in css pixels, without the page's own margins. */
function column() {
  const style = getComputedStyle(main);
  return Math.floor(main.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight));
}

const size = () => ({
  width: column(),
  ratio: Math.min(3, (devicePixelRatio || 1) * Math.max(1, zoom)),
});

const soon = keepPainted(main.dataset.sheet, size, (bitmap, response, asked) => {
  drawSheet(canvas, bitmap);
  canvas.style.width = `${(length(response, 'Css-Width') || bitmap.width / asked.ratio) * zoom}px`;
  canvas.style.height = `${(length(response, 'Css-Height') || bitmap.height / asked.ratio) * zoom}px`;
  canvas.classList.add('painted');
  paper.removeAttribute('aria-busy');
  loading?.remove();
});

function enlarge(step) {
  const at = step === 0 ? ZOOMS.indexOf(1) : ZOOMS.indexOf(zoom) + step;
  const next = ZOOMS[Math.min(Math.max(at, 0), ZOOMS.length - 1)];
  if (next === zoom) return;
  // The picture one has grows at once; a sharper one follows.
  canvas.style.width = `${(parseFloat(canvas.style.width) / zoom) * next}px`;
  canvas.style.height = `${(parseFloat(canvas.style.height) / zoom) * next}px`;
  zoom = next;
  soon();
}

listen({ '+': () => enlarge(1), '=': () => enlarge(1), '-': () => enlarge(-1), '−': () => enlarge(-1), 0: () => enlarge(0) });
const buttons = document.querySelector('.zoom');
if (buttons) {
  buttons.hidden = false;
  buttons.addEventListener('click', (event) => {
    const way = event.target.closest('[data-zoom]')?.dataset.zoom;
    if (way) enlarge(way === 'in' ? 1 : -1);
  });
}
