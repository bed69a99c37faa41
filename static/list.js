// A list of painted names: one picture for all rows, cut into their canvases. Also its search.

import { end, post, refused, settled } from './client.js';
import { drawCell, onScheme } from './pixels.js';
import { Presence } from './presence.js';

const list = document.querySelector('[data-list]');
const path = list?.dataset.list;
const rows = list ? [...list.querySelectorAll('[data-sheet]')] : [];

let display = null;
let presence = null;
let turn = 0;
let timer = 0;
let known = list?.clientWidth;

const number = (response, name) => Number.parseFloat(response.headers.get(name) ?? '');

async function paint() {
  const mine = (turn += 1);
  const asked = { width: list.clientWidth, ratio: Math.min(3, devicePixelRatio || 1), generation: list.dataset.generation };
  if (display) asked.display = display;
  let response;
  try {
    response = await post(`${path}/affichage`, asked);
  } catch {
    if (!display) end('lost');
    return;
  }
  if (presence?.over || mine !== turn) return;
  // 409: a newer publication has other rows. Like any refusal, the server's page says what holds.
  if (!response.ok) return refused();
  const bitmap = await createImageBitmap(await response.blob()).catch(() => null);
  if (presence?.over || mine !== turn) return bitmap?.close();
  if (!bitmap) return refused();
  // A painted name stands 28 css px high, whatever density it was drawn at.
  const ratio = number(response, 'X-Parvis-Name-Height') / 28 || number(response, 'X-Parvis-Ratio') || asked.ratio;
  const height = number(response, 'X-Parvis-Row-Height') || Math.floor(bitmap.height / Math.max(1, rows.length));
  const left = number(response, 'X-Parvis-Number-Left');
  const cells = {
    row: { left: 0, top: 0, width: bitmap.width, height },
    name: { left: 0, top: 0, width: left || bitmap.width, height: number(response, 'X-Parvis-Name-Height') || height },
    number: {
      left,
      top: number(response, 'X-Parvis-Number-Top'),
      width: number(response, 'X-Parvis-Number-Width'),
      height: number(response, 'X-Parvis-Number-Height'),
    },
  };
  rows.forEach((row, index) => {
    for (const canvas of row.querySelectorAll('canvas')) {
      const cell = cells[canvas.dataset.part];
      drawCell(canvas, bitmap, { ...cell, top: cell.top + index * height }, ratio, canvas.dataset.part !== 'row');
    }
  });
  bitmap.close();
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

// The search is the server's: the page knows no name. What was typed never enters an address.
const form = document.querySelector('form.search');
const found = form?.querySelector('.found');
const all = form?.querySelector('button[type=reset]');

function show(ids) {
  for (const row of rows) row.hidden = ids !== null && !ids.has(row.dataset.sheet);
  for (const group of list.querySelectorAll('[data-group]')) {
    const gone = ids !== null && ![...group.querySelectorAll('[data-sheet]')].some((row) => !row.hidden);
    group.hidden = gone;
    for (const withdrawn of group.querySelectorAll('.gone')) withdrawn.hidden = ids !== null;
  }
  if (all) all.hidden = ids === null;
}

async function search(query) {
  if (!query) return clear();
  let response;
  try {
    response = await post(form.getAttribute('action'), { q: query });
  } catch {
    found.textContent = 'La recherche n’a pas abouti\u00a0: la liaison est interrompue. Réessayez.';
    return;
  }
  if (!response.ok) return refused();
  const { sheets } = await response.json();
  const ids = new Set(sheets);
  show(ids);
  found.textContent = ids.size === 0
    ? 'Aucune fiche ne correspond dans cette commission.'
    : `${ids.size} fiche${ids.size > 1 ? 's' : ''} sur ${rows.length}.`;
}

function clear() {
  show(null);
  found.textContent = '';
}

if (list) {
  paint();
  addEventListener('resize', () => {
    if (list.clientWidth === known) return;
    known = list.clientWidth;
    soon();
  });
  onScheme(soon);
  if (form) form.hidden = false;
  form?.addEventListener('submit', (event) => {
    event.preventDefault();
    search(form.elements.q.value.trim());
  });
  form?.addEventListener('reset', () => { clear(); form.elements.q.focus(); });
}
