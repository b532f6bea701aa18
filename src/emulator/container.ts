import { existsSync, readFileSync } from 'node:fs';
import { accept, type Checked, isLoopback, refuse } from '../scalekit/index.ts';

/** Files by which container engines mark what they run: Docker and BuildKit, Podman and CRI-O. */
const marks = ['/.dockerenv', '/run/.containerenv'];

function controlGroups(): string {
  try {
    return readFileSync('/proc/1/cgroup', 'utf8');
  } catch {
    return '';
  }
}

/** @returns whether this process runs in a container: by its engine's marks, variables or control groups. */
export function isInContainer(env: Readonly<Record<string, string | undefined>>): boolean {
  return (
    marks.some((file) => existsSync(file)) ||
    Boolean(env.KUBERNETES_SERVICE_HOST ?? env.container) ||
    /\b(?:docker|kubepods|containerd|libpod|lxc)\b/.test(controlGroups())
  );
}

/**
 * Checks `--public-url`: where the browser on the host reaches the published port. Tokens and metadata name it, and a page
 * that anybody else could reach would be a login for anybody.
 */
export function checkPublicUrl(text: string): Checked<string> {
  const expected = 'http://localhost:<published port>';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.protocol !== 'http:' || url.port === '')
    return refuse('public-url/form', 'This is no URL with a port on this machine', text, expected);
  if (!isLoopback(url))
    return refuse('public-url/host', 'The local Scalekit is for browsers on this machine', text, expected);
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    return refuse('public-url/path', 'It has a path', text, expected);
  return accept(url.origin);
}
