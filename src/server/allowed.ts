// What an owner allows besides MCP_URL: host names, and origins of web pages. Entries that could never match are refused at the
// start, because nobody would find out why requests are refused.
import { accept, type Checked, printable, refuse } from '../scalekit/checked.ts';
import { isUrl } from '../scalekit/urls.ts';

/** A name or an address, and perhaps a port, which is ignored. */
const host = /^(\[[\da-f:.]+\]|[a-z\d_](?:[\w.-]*[a-z\d])?)(?::\d{1,5})?$/i;
/** Browser extensions and desktop programs have schemes of their own. */
const ownScheme = /^[a-z][a-z\d+.-]*:\/\/[\w.-]+$/i;

/** @returns the host's name, without its port, as `Host` headers are compared with. */
export function checkAllowedHost(text: string): Checked<string> {
  const name = host.exec(text)?.[1];
  return name === undefined
    ? refuse(
        'allowed-host',
        `\`${printable(text)}\` is not a host name`,
        text,
        'names of hosts, such as mcp.internal or 10.0.0.7, one by one',
      )
    : accept(name.toLowerCase());
}

/**
 * @returns the origin as browsers send it. For `URL`, all schemes but those of the web have the origin `null`, which every
 * sandboxed page also has, so they stay as written.
 */
export function checkAllowedOrigin(text: string): Checked<string> {
  if (text === 'null') return accept(text);
  const url = isUrl(text) ? new URL(text) : undefined;
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (isWeb && url.pathname === '/' && url.search === '' && url.hash === '' && host.test(url.host))
    return accept(url.origin);
  if (!isWeb && ownScheme.test(text)) return accept(text.toLowerCase());
  return refuse(
    'allowed-origin',
    `\`${printable(text)}\` is not an origin`,
    text,
    'origins such as https://app.example.com, without a path, one by one',
  );
}
