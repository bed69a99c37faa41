// Every page: nothing old comes back from the browser's memory, and errors are met first.

addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
document.querySelector('[data-focus]')?.focus();
