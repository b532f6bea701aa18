// A browser without a screen: follows redirects, keeps cookies, fills in forms. Enough for a consent page that works without script.

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };
const unescapeHtml = (text) => text.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (_, name) => entities[name]);

function attributesOf(tag) {
  const attributes = {};
  for (const [, name, value] of tag.matchAll(/\s([\w-]+)(?:="([^"]*)")?/g))
    attributes[name] = unescapeHtml(value ?? '');
  return attributes;
}

/** @returns the forms of a page: where each is sent, its inputs and its buttons. */
function formsOf(html, baseUrl) {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, head, body]) => {
    const { action, method } = attributesOf(head);
    return {
      action: new URL(action || baseUrl, baseUrl).href,
      method: (method ?? 'get').toUpperCase(),
      inputs: [...body.matchAll(/<input\b([^>]*)>/g)].map(([, tag]) => attributesOf(tag)),
      buttons: [...body.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/g)].map(([, tag, text]) => ({
        ...attributesOf(tag),
        text: text.replaceAll(/<[^>]*>/g, '').trim(),
      })),
    };
  });
}

/** One person's browser: its cookies, and the page that it is on. */
export class Browser {
  #cookies = new Map();

  /** Opens a page and follows redirects until there is one to read, or one leads to `stopAt`. */
  async open(url, stopAt, init = {}) {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, cookie: this.#cookieHeader() },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair] = line.split(';');
      const name = pair.slice(0, pair.indexOf('='));
      const value = pair.slice(pair.indexOf('=') + 1);
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) return { url, status: response.status, html: await response.text() };
    await response.body?.cancel();
    const next = new URL(location, url).href;
    return next.startsWith(stopAt)
      ? { url: next, status: response.status, html: '' }
      : this.open(next, stopAt);
  }

  /** Presses a button of a page's form, with only the boxes ticked that `wanted` accepts. */
  async submit(page, buttonText, wanted, stopAt) {
    const form = formsOf(page.html, page.url).find(({ buttons }) =>
      buttons.some(({ text }) => text === buttonText),
    );
    if (!form) throw new Error(`The page ${page.url} has no button "${buttonText}".`);
    const body = new URLSearchParams();
    for (const input of form.inputs) {
      if (input.type === 'checkbox' && !wanted(input)) continue;
      if (input.type === 'radio' && !('checked' in input)) continue;
      if (input.name) body.append(input.name, input.value ?? 'on');
    }
    const button = form.buttons.find(({ text }) => text === buttonText);
    if (button.name) body.append(button.name, button.value ?? '');
    return this.open(button.formaction ? new URL(button.formaction, page.url).href : form.action, stopAt, {
      method: form.method,
      body,
    });
  }

  #cookieHeader() {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}
