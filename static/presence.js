// While something is shown, the page asks every 30 s whether it still may be. What cannot be
// confirmed is removed.

import { askServerWhy, end, post, refused, warn } from './client.js';

const EVERY = 30_000;
/** After the end, before asking whether it was the closing of the space: past it for certain. */
const SETTLED = 500;

export class Presence {
  #path;
  #display;
  #failures = 0;
  #wall = 0;
  #steady = 0;
  #beat = 0;
  #limit = 0;
  #over = false;

  /** `path` is that of the sheet or list; `display` its code; `remaining` in milliseconds. */
  constructor(path, display, remaining) {
    this.#path = `${path}/presence`;
    this.#display = display;
    this.remains(remaining);
    this.#beat = setInterval(() => this.#ask(), EVERY);
    // Timers sleep with the machine: look at the clock as soon as it wakes.
    document.addEventListener('visibilitychange', () => this.#look());
    addEventListener('pagehide', () => this.#finish('over'));
  }

  /** The server's remaining time replaces the one known. */
  remains(milliseconds) {
    if (!Number.isFinite(milliseconds)) return;
    // Two clocks: one does not run during sleep, the other may be set back.
    this.#wall = Date.now() + milliseconds;
    this.#steady = performance.now() + milliseconds;
    clearTimeout(this.#limit);
    this.#limit = setTimeout(() => this.#look(), Math.max(0, milliseconds));
  }

  #look() {
    if (this.#over) return;
    if (Date.now() >= this.#wall || performance.now() >= this.#steady) this.#runOut();
    else if (document.visibilityState === 'visible') this.#ask();
  }

  async #ask() {
    if (this.#over) return;
    if (Date.now() >= this.#wall) return this.#runOut();
    let response;
    try {
      response = await post(this.#path, { display: this.#display });
    } catch {
      return this.#failed();
    }
    if (this.#over) return;
    if (response.status >= 500) return this.#failed();
    if (!response.ok) {
      this.#stop();
      return refused();
    }
    try {
      const state = await response.json();
      this.#failures = 0;
      this.remains(state.remaining_ms);
      if (state.warning) warn(state.warning);
    } catch {
      this.#failed();
    }
  }

  /** Its time is up: removed at once. If the space has closed, the server's own page says so. */
  #runOut() {
    this.#finish('over');
    setTimeout(async () => {
      const response = await post(this.#path, { display: this.#display }).catch(() => null);
      if (response?.status === 403) askServerWhy();
    }, SETTLED);
  }

  #failed() {
    this.#failures += 1;
    if (this.#failures >= 2) this.#finish('lost');
  }

  #finish(ending) {
    if (this.#over) return;
    this.#stop();
    end(ending);
  }

  #stop() {
    this.#over = true;
    clearInterval(this.#beat);
    clearTimeout(this.#limit);
  }

  get over() {
    return this.#over;
  }
}
