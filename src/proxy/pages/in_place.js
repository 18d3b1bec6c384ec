// Asks for the code beside the page that needs it: a script of a page that is refused for want of a verification waits here for
// it, and goes on. What this shows is text of ours, and it leads nowhere but to the challenge of the page's own site.
(() => {
  'use strict';
  const words = WORDS;
  const self = document.currentScript.src;
  const own = self.slice(0, self.indexOf('/.postern/') + '/.postern/'.length);
  const plainFetch = window.fetch.bind(window);
  let asked = null;

  // The challenge that a refusal names, or null. An address of another origin is not ours to follow.
  const challengeOf = (type, text) => {
    try {
      if (!type.startsWith('application/problem+json')) return null;
      const url = new URL(JSON.parse(text).challenge_url);
      return url.origin === location.origin && url.pathname.endsWith('/.postern/challenge') ? url.href : null;
    } catch {
      return null;
    }
  };

  const element = (name, text, style) => {
    const made = Object.assign(document.createElement(name), { textContent: text });
    Object.assign(made.style, style);
    return made;
  };

  // Shows the dialog, once for all who wait; true when the person verified, false when they put it off.
  const ask = url => asked ??= new Promise(done => {
    const large = { display: 'inline-block', minHeight: '44px', padding: '10px 16px', boxSizing: 'border-box', font: 'inherit', marginInlineEnd: '12px' };
    const dialog = element('dialog', '', { maxWidth: '28rem', padding: '24px', font: '16px/1.5 system-ui, sans-serif' });
    const heading = element('h2', words.heading, { marginTop: 0 });
    const verify = element('a', words.verify, large);
    const later = element('button', words.later, large);
    heading.id = 'postern-in-place';
    Object.assign(verify, { href: url, target: '_blank', rel: 'noopener' });
    Object.assign(dialog, { lang: words.lang, dir: words.dir });
    dialog.setAttribute('aria-labelledby', heading.id);
    dialog.append(heading, element('p', words.lead), verify, later);
    const end = verified => {
      clearInterval(timer);
      removeEventListener('focus', look);
      dialog.close();
      dialog.remove();
      asked = null;
      done(verified);
    };
    const look = async () => {
      try {
        const answer = await plainFetch(own + 'verified', { cache: 'no-store', redirect: 'error' });
        if (answer.status === 204 && dialog.isConnected) end(true);
      } catch { /* The next look may find the way. */ }
    };
    const timer = setInterval(look, 2000);
    addEventListener('focus', look);
    dialog.addEventListener('cancel', () => end(false));
    later.addEventListener('click', () => end(false));
    document.body.append(dialog);
    dialog.showModal();
    verify.focus();
  });

  // Asks again by itself, unless the body was a stream, which can be read once.
  window.fetch = async (input, init) => {
    const isStream = init?.body instanceof ReadableStream;
    const spare = input instanceof Request && !input.bodyUsed ? input.clone() : input;
    const answer = await plainFetch(input, init);
    if (answer.status !== 401) return answer;
    const url = challengeOf(answer.headers.get('content-type') ?? '', await answer.clone().text());
    return url && await ask(url) && !isStream ? plainFetch(spare, init) : answer;
  };

  // An XMLHttpRequest that has ended cannot begin anew: its page hears of the refusal, and tries again in its own way.
  const plainSend = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (...body) {
    this.addEventListener('load', () => {
      if (this.status !== 401) return;
      const isText = this.responseType === '' || this.responseType === 'text';
      const text = isText ? this.responseText : JSON.stringify(this.response);
      const url = challengeOf(this.getResponseHeader('content-type') ?? '', text);
      if (url) ask(url);
    }, { once: true });
    return plainSend.apply(this, body);
  };
})();
