// Passkeys, the one thing on our pages that needs a script: it asks our own server what to ask the browser, asks that, and sends
// the answer as a form like any other.
'use strict';

(() => {
  const form = document.querySelector('form[data-passkey]');
  if (!form || !window.PublicKeyCredential) return;
  const failed = document.querySelector('[data-passkey-failed]');
  form.hidden = false;

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const known = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

  async function create({ publicKey }) {
    const user = { ...publicKey.user, id: bytes(publicKey.user.id) };
    const excludeCredentials = known(publicKey.excludeCredentials);
    const options = { ...publicKey, challenge: bytes(publicKey.challenge), user, excludeCredentials };
    const { id, rawId, type, response } = await navigator.credentials.create({ publicKey: options });
    const { attestationObject, clientDataJSON } = response;
    const answer = { attestationObject: text(attestationObject), clientDataJSON: text(clientDataJSON) };
    return { id, rawId: text(rawId), type, response: answer, extensions: {} };
  }

  async function get({ publicKey }) {
    const allowCredentials = known(publicKey.allowCredentials);
    const options = { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials };
    const { id, rawId, type, response } = await navigator.credentials.get({ publicKey: options });
    const answer = {
      authenticatorData: text(response.authenticatorData),
      clientDataJSON: text(response.clientDataJSON),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : null,
    };
    return { id, rawId: text(rawId), type, response: answer, extensions: {} };
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      const asked = await fetch(form.dataset.passkey, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
      const begun = await asked.json();
      const answer = begun.create ? await create(begun.create) : await get(begun.get);
      form.elements.id.value = begun.id;
      form.elements.answer.value = JSON.stringify(answer);
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
})();
