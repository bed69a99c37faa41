// A sheet in pixels: asks for the picture, shows it, asks again when the window changes.

import { end, post, refused, settled } from './client.js';
import { listen } from './keys.js';
import { drawSheet, onScheme } from './pixels.js';
import { Presence } from './presence.js';

const main = document.querySelector('main[data-sheet]');
const paper = main.querySelector('.paper');
const canvas = main.querySelector('canvas');
const loading = main.querySelector('.loading');
const path = main.dataset.sheet;

const ZOOMS = [0.75, 1, 1.25, 1.5, 2, 3];
let zoom = 1;
let display = null;
let presence = null;
let turn = 0;
let timer = 0;

/** The width of the column, in css pixels, without the page's own margins. */
function column() {
  const style = getComputedStyle(main);
  return Math.floor(main.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight));
}

const number = (response, name) => Number.parseFloat(response.headers.get(name) ?? '');

async function paint() {
  const mine = (turn += 1);
  const asked = { width: column(), ratio: Math.min(3, (devicePixelRatio || 1) * Math.max(1, zoom)) };
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
  if (!response.ok) return refused();
  const bitmap = await createImageBitmap(await response.blob()).catch(() => null);
  if (presence?.over || mine !== turn) return bitmap?.close();
  if (!bitmap) return refused();
  drawSheet(canvas, bitmap);
  const width = number(response, 'X-Parvis-Css-Width') || bitmap.width / asked.ratio;
  const height = number(response, 'X-Parvis-Css-Height') || bitmap.height / asked.ratio;
  bitmap.close();
  canvas.style.width = `${width * zoom}px`;
  canvas.style.height = `${height * zoom}px`;
  canvas.classList.add('painted');
  paper.removeAttribute('aria-busy');
  loading?.remove();
  settled();
  display = response.headers.get('X-Parvis-Display') ?? display;
  const remaining = number(response, 'X-Parvis-Remaining');
  if (presence) presence.remains(remaining);
  else presence = new Presence(path, display, remaining);
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(() => { if (!presence?.over) paint(); }, 250);
}

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

let known = column();
let density = devicePixelRatio;
addEventListener('resize', () => {
  if (column() === known && devicePixelRatio === density) return;
  known = column();
  density = devicePixelRatio;
  soon();
});
onScheme(soon);
listen({ '+': () => enlarge(1), '=': () => enlarge(1), '-': () => enlarge(-1), '−': () => enlarge(-1), 0: () => enlarge(0) });
const buttons = document.querySelector('.zoom');
if (buttons) {
  buttons.hidden = false;
  buttons.addEventListener('click', (event) => {
    const way = event.target.closest('[data-zoom]')?.dataset.zoom;
    if (way) enlarge(way === 'in' ? 1 : -1);
  });
}
paint();
