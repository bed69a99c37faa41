// A list of painted names: one picture for all rows, cut into their canvases. Also its search.

import { post, refused } from './client.js';
import { drawCell } from './pixels.js';
import { length, lengths } from './painting.js';
import { keepCut } from './strip.js';

const list = document.querySelector('[data-list]');
const rows = list ? [...list.querySelectorAll('[data-sheet]')] : [];

function cut(bitmap, response, ratio) {
  const height = length(response, 'Row-Height');
  const left = length(response, 'Number-Left');
  const widths = lengths(response, 'Name-Widths');
  const cells = {
    // Up to the number, or as wide as the strip where the number stands below: one watermark.
    name: { left: 0, top: 0, width: left || bitmap.width, height: length(response, 'Name-Height') },
    number: {
      left,
      top: length(response, 'Number-Top'),
      width: length(response, 'Number-Width'),
      height: length(response, 'Number-Height'),
    },
  };
  rows.forEach((row, index) => {
    for (const canvas of row.querySelectorAll('canvas')) {
      const cell = cells[canvas.dataset.part];
      drawCell(canvas, bitmap, { ...cell, top: cell.top + index * height }, ratio);
    }
    // The link, and its rule, are as wide as the name.
    row.style.setProperty('--name', `${widths[index] / ratio}px`);
  });
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

// Where the style sheet stacks the cells of a row, the number is painted under the name.
const stacked = matchMedia('(max-width: 53.75em)');
const room = () => (stacked.matches ? innerWidth : Math.max(960, innerWidth));

if (list) {
  keepCut(list, room, cut);
  if (form) form.hidden = false;
  form?.addEventListener('submit', (event) => {
    event.preventDefault();
    search(form.elements.q.value.trim());
  });
  form?.addEventListener('reset', () => { clear(); form.elements.q.focus(); });
}
