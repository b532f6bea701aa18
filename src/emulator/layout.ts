import { createHash } from 'node:crypto';
import { Html, html } from './html.ts';
import { style } from './style.ts';

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='8' fill='%233452c7'/%3E%3Cpath d='M10 15v-3a6 6 0 0 1 12 0v3M9 15h14v10H9z' fill='none' stroke='%23fff' stroke-width='2.5' stroke-linejoin='round'/%3E%3C/svg%3E";

/**
 * The headers of every page. No script runs and nothing is loaded. `form-action` is missing on purpose: Chromium also
 * applies it to the redirects after a form, and those lead to the client, and from there wherever it likes.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    'img-src data:',
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'same-origin',
  'x-frame-options': 'DENY',
};

/** The policy has the hash of exactly this text: nothing may be added between the tags. */
const styleElement = new Html(`<style>${style}</style>`);

/**
 * A whole page.
 * @param title of the window, with the page's purpose first.
 * @param content of `<main>`, starting with the only `<h1>`.
 */
export function page(title: string, content: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${title} – Local Scalekit</title>
<link rel="icon" href="${icon}">
${styleElement}
</head>
<body>
<header>
<span class="mark" aria-hidden="true"></span>
<span class="brand">Local Scalekit</span>
<span class="tag">not for production</span>
</header>
<main>
${content}
</main>
<footer>
<p>This stands in for Scalekit on your own machine, for development and tests. It asks for no password: never use it in
production.</p>
</footer>
</body>
</html>
`.text;
}
