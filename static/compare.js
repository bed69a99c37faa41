// Candidates side by side: one picture, cut into the heads of the columns and a row for each.

import { drawCell } from './pixels.js';
import { length, lengths } from './painting.js';
import { keepCut } from './strip.js';

const list = document.querySelector('[data-list]');

function cut(bitmap, response, ratio) {
  const rows = [...list.querySelectorAll('[data-sheet]')];
  const heights = lengths(response, 'Row-Heights');
  const head = length(response, 'Head-Height');
  const widths = lengths(response, 'Name-Widths');
  const row = { left: 0, width: bitmap.width };
  const heads = list.querySelector('.strips-head');
  heads.hidden = !(head > 0);
  if (head > 0) {
    drawCell(heads.querySelector('canvas'), bitmap, { ...row, top: bitmap.height - head, height: head }, ratio);
  }
  let top = 0;
  rows.forEach((one, index) => {
    const height = heights[index];
    drawCell(one.querySelector('canvas'), bitmap, { ...row, top, height }, ratio);
    top += height;
    // The rule of the link belongs to the page, not to the pixels.
    const rule = one.querySelector('.waiting').style;
    rule.left = `${length(response, 'Name-Left') / ratio}px`;
    rule.top = `${length(response, 'Name-Baseline') / ratio + 4}px`;
    rule.width = `${widths[index] / ratio}px`;
  });
}

if (list) keepCut(list, () => list.clientWidth, cut);
