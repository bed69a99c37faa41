// Candidates side by side: one picture, cut into the heads of the columns and a row for each.

import { drawCell } from './pixels.js';
import { keepPainted, length, lengths } from './strip.js';

const list = document.querySelector('[data-list]');

function cut(bitmap, response, ratio) {
  const rows = [...list.querySelectorAll('[data-sheet]')];
  const height = length(response, 'Row-Height');
  const head = length(response, 'Head-Height');
  const widths = lengths(response, 'Name-Widths');
  const row = { left: 0, width: bitmap.width, height };
  const heads = list.querySelector('.strips-head');
  heads.hidden = !(head > 0);
  if (head > 0) {
    drawCell(heads.querySelector('canvas'), bitmap, { ...row, top: rows.length * height, height: head }, ratio);
  }
  rows.forEach((one, index) => {
    drawCell(one.querySelector('canvas'), bitmap, { ...row, top: index * height }, ratio);
    // The rule of the link belongs to the page, not to the pixels.
    const rule = one.querySelector('.waiting').style;
    rule.left = `${length(response, 'Name-Left') / ratio}px`;
    rule.top = `${length(response, 'Name-Baseline') / ratio + 4}px`;
    rule.width = `${widths[index] / ratio}px`;
  });
}

if (list) keepPainted(list, () => list.clientWidth, cut);
