import { expect } from 'vitest';

/** A browser without a screen: keeps cookies by path, follows no redirect by itself. */
export class Browser {
  readonly #cookies: { name: string; value: string; path: string }[] = [];

  async open(
    url: string | URL,
    form?: URLSearchParams,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const { pathname } = new URL(url);
    const cookie = this.#cookies
      .filter(({ path }) => pathname.startsWith(path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { accept: 'text/html', cookie, ...headers },
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    });
    for (const line of response.headers.getSetCookie()) this.#remember(line);
    return response;
  }

  #remember(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const [name = '', value = ''] = pair.split('=', 2);
    const path = attributes.find((each) => each.startsWith('path='))?.slice(5) ?? '/';
    const index = this.#cookies.findIndex((cookie) => cookie.name === name && cookie.path === path);
    if (index >= 0) this.#cookies.splice(index, 1);
    if (value !== '') this.#cookies.push({ name, value, path });
  }
}

/** @returns where a redirect goes. */
export function locationOf(response: Response): URL {
  expect(response.status).toBeGreaterThanOrEqual(302);
  expect(response.status).toBeLessThanOrEqual(303);
  return new URL(response.headers.get('location') ?? '', response.url);
}

/** A form of a page, as a browser would send it. */
export class Form {
  readonly action: URL;
  readonly page: string;
  readonly #fields: { name: string; value: string; type: string; checked: boolean }[];

  /** Reads the page's only form. The markup is our own, so that patterns are enough. */
  constructor(page: string, url: string) {
    this.page = page;
    this.action = new URL(url);
    this.#fields = [...page.matchAll(/<input type="(\w+)" name="(\w+)" value="([^"]*)"( checked)?>/g)].map(
      ([, type = '', name = '', value = '', checked]) => ({
        type,
        name,
        value,
        checked: checked !== undefined,
      }),
    );
  }

  static async of(response: Response): Promise<Form> {
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    return new Form(await response.text(), response.url);
  }

  /** The ticked or selected values of a field. */
  chosen(name: string): readonly string[] {
    return this.#fields.filter((field) => field.name === name && field.checked).map((field) => field.value);
  }

  /** All values that a field can have. */
  offered(name: string): readonly string[] {
    return this.#fields.filter((field) => field.name === name).map((field) => field.value);
  }

  untick(value: string): this {
    for (const field of this.#fields) if (field.value === value) field.checked = false;
    return this;
  }

  select(value: string): this {
    for (const field of this.#fields) if (field.type === 'radio') field.checked = field.value === value;
    return this;
  }

  /** What the browser sends when a button is pressed. */
  press(decision: 'allow' | 'deny'): URLSearchParams {
    const body = new URLSearchParams();
    for (const { name, value, checked } of this.#fields) if (checked) body.append(name, value);
    body.append('decision', decision);
    return body;
  }
}

/** A person at the consent page: who they log in as, and what they do not tick. */
export interface Person {
  /** `usr_…`; default: whoever the page proposes. */
  readonly user?: string;
  /** Default: everything that is asked for. */
  readonly grants?: readonly string[];
}

/** Opens the consent page to which a client's request leads. */
export async function openConsent(browser: Browser, url: URL | string): Promise<Form> {
  return Form.of(await browser.open(locationOf(await browser.open(url))));
}

/** Presses a button of the consent page. @returns where the browser is sent back to the client. */
export async function answerConsent(
  browser: Browser,
  form: Form,
  decision: 'allow' | 'deny' = 'allow',
): Promise<URL> {
  const resume = locationOf(await browser.open(form.action, form.press(decision)));
  return locationOf(await browser.open(resume));
}

/**
 * Goes through login and consent as a person does, without a screen.
 * @param url where the client has sent the browser.
 * @returns the parameters with which the browser is sent back to the client.
 */
export async function consent(url: URL, { user, grants }: Person = {}): Promise<URLSearchParams> {
  const browser = new Browser();
  const form = await openConsent(browser, url);
  if (user !== undefined) form.select(user);
  for (const scope of form.offered('scope')) if (grants && !grants.includes(scope)) form.untick(scope);
  return (await answerConsent(browser, form)).searchParams;
}
