// Passkeys: the browser's own dialogue between the server's challenge and its answer. Without this script
// the page works as before: its button stays hidden.

import { post } from './client.js';

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

const opened = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

async function make({ publicKey }) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
      excludeCredentials: opened(publicKey.excludeCredentials),
    },
  });
  return said(credential, {
    attestationObject: toText(credential.response.attestationObject),
    transports: credential.response.getTransports?.() ?? [],
  });
}

async function ask({ publicKey }) {
  const credential = await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      allowCredentials: opened(publicKey.allowCredentials),
    },
  });
  const { authenticatorData, signature, userHandle } = credential.response;
  return said(credential, {
    authenticatorData: toText(authenticatorData),
    signature: toText(signature),
    userHandle: userHandle ? toText(userHandle) : null,
  });
}

const said = (credential, response) => ({
  id: credential.id,
  rawId: toText(credential.rawId),
  type: credential.type,
  extensions: {},
  response: { ...response, clientDataJSON: toText(credential.response.clientDataJSON) },
});

async function go(button) {
  const told = document.getElementById('cle-erreur');
  const form = button.closest('form');
  const fields = form ? Object.fromEntries(new FormData(form)) : {};
  delete fields.csrf;
  told.hidden = true;
  button.disabled = true;
  try {
    const begun = await (await post(button.dataset.challenge, fields)).json();
    if (begun.erreur) throw new Error(begun.erreur, { cause: 'server' });
    const cle = await (button.dataset.passkey === 'create' ? make(begun) : ask(begun));
    const ended = await (await post(button.dataset.answer, { nom: fields.nom, cle })).json();
    if (ended.erreur) throw new Error(ended.erreur, { cause: 'server' });
    location.assign(ended.vers);
  } catch (error) {
    // The browser's own words are in no particular language, and a dialogue that was closed is no fault.
    told.querySelector('span').textContent =
      error.cause === 'server' ? error.message : 'La clé d’accès n’a pas répondu. Recommencez, ou continuez sans elle.';
    told.hidden = false;
    told.focus();
    button.disabled = false;
  }
}

if (globalThis.PublicKeyCredential) {
  for (const part of document.querySelectorAll('[data-passkey-part]')) part.hidden = false;
  for (const button of document.querySelectorAll('[data-passkey]')) {
    button.addEventListener('click', (event) => {
      event.preventDefault();
      go(button);
    });
  }
}
