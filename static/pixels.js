// The server paints in greys; the page has two schemes. Nothing is stored: pixels go from the
// answer to the canvas.

const dark = matchMedia('(prefers-color-scheme: dark)');

/** Calls back when the reader's scheme changes. */
export function onScheme(callback) {
  dark.addEventListener('change', callback);
}

// Sixteen greys, and what each becomes on dark paper. The twelfth is the watermark's: a little
// darker than in proportion, so that labels above it keep their contrast.
const INK = [0xec, 0xe9, 0xe4];
const LEAF = [0x1f, 0x1c, 0x23];
const WATERMARK = [0x3b, 0x38, 0x3e];
const palette = Array.from({ length: 16 }, (_, step) =>
  step === 12 ? WATERMARK : INK.map((ink, part) => Math.round(ink + ((LEAF[part] - ink) * step) / 15)));

/** A whole sheet, as it is or on dark paper. */
export function drawSheet(canvas, bitmap) {
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: false });
  context.drawImage(bitmap, 0, 0);
  if (!dark.matches) return;
  const picture = context.getImageData(0, 0, canvas.width, canvas.height);
  const bytes = picture.data;
  for (let at = 0; at < bytes.length; at += 4) {
    const [red, green, blue] = palette[bytes[at] >> 4];
    bytes[at] = red;
    bytes[at + 1] = green;
    bytes[at + 2] = blue;
  }
  context.putImageData(picture, 0, 0);
}

/** One cell of a strip: ink in the colour of the text around it, on whatever stands behind. */
export function drawCell(canvas, bitmap, cell, ratio) {
  canvas.width = Math.max(1, cell.width);
  canvas.height = Math.max(1, cell.height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(bitmap, cell.left, cell.top, cell.width, cell.height, 0, 0, cell.width, cell.height);
  const picture = context.getImageData(0, 0, canvas.width, canvas.height);
  const [red, green, blue] = getComputedStyle(canvas).color.match(/[\d.]+/g).map(Number);
  const bytes = picture.data;
  for (let at = 0; at < bytes.length; at += 4) {
    const ink = bytes[at + 3] === 0 ? 0 : 255 - bytes[at];
    bytes[at] = red;
    bytes[at + 1] = green;
    bytes[at + 2] = blue;
    bytes[at + 3] = ink;
  }
  context.putImageData(picture, 0, 0);
  canvas.style.width = `${canvas.width / ratio}px`;
  canvas.style.height = `${canvas.height / ratio}px`;
  canvas.classList.add('painted');
}
