import { existsSync, readFileSync } from 'node:fs';
import { accept, type Checked, isLoopback, isUrl, refuse } from '../scalekit/index.ts';

/** Files that container engines put into containers: Docker and BuildKit, Podman and CRI-O. */
const marks = ['/.dockerenv', '/run/.containerenv'];

function controlGroups(): string {
  try {
    return readFileSync('/proc/1/cgroup', 'utf8');
  } catch {
    return '';
  }
}

/** @returns whether this process runs in a container, by the engine's marker files, variables or control groups. */
export function isInContainer(env: Readonly<Record<string, string | undefined>>): boolean {
  return (
    marks.some((file) => existsSync(file)) ||
    Boolean(env.KUBERNETES_SERVICE_HOST ?? env.container) ||
    /\b(?:docker|kubepods|containerd|libpod|lxc)\b/.test(controlGroups())
  );
}

/**
 * Checks `--public-url`, the URL at which the browser on the host reaches the published port. Tokens and metadata contain
 * it. It has to be on this machine: if others could reach the page, anybody could sign in.
 */
export function checkPublicUrl(text: string): Checked<string> {
  const expected = 'http://localhost:<published port>';
  const url = isUrl(text) ? new URL(text) : undefined;
  if (url === undefined || url.protocol !== 'http:' || url.port === '')
    return refuse('public-url/form', 'This is not an http URL with a port', text, expected);
  if (!isLoopback(url))
    return refuse(
      'public-url/host',
      'The local Scalekit may only be reached from this machine',
      text,
      expected,
    );
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    return refuse('public-url/path', 'The URL has a path', text, expected);
  return accept(url.origin);
}
