// Keys of a sheet. Arrows work anywhere but in a field; characters only while the sheet has the
// focus, so that dictation never triggers them (WCAG 2.1.4).

const inField = (element) => element?.closest?.('input, textarea, select, [contenteditable]') != null;

/** `actions` maps a character to a function; arrows and « t » are always there. */
export function listen(actions = {}) {
  const sheet = document.getElementById('fiche');
  const scroller = document.querySelector('.scroller');
  const follow = (selector) => document.querySelector(selector)?.click();
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || inField(event.target)) return;
    // An enlarged sheet is wider than the window: arrows then move the paper.
    const wide = scroller && scroller.scrollWidth > scroller.clientWidth + 1;
    if (!wide && !event.shiftKey && event.key === 'ArrowLeft') return follow('.travel a.before');
    if (!wide && !event.shiftKey && event.key === 'ArrowRight') return follow('.travel a.after');
    if (document.activeElement !== sheet) return;
    const key = event.key.toLowerCase();
    if (key === 't') return follow('[data-key=t]');
    if (actions[key]) {
      event.preventDefault();
      actions[key]();
    }
  });
}
