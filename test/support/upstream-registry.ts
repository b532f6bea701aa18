import { execFile } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';

/** The registry that this machine uses, with its slash. */
export async function upstreamRegistry(): Promise<string> {
  const { stdout } = await promisify(execFile)('npm', ['config', 'get', 'registry'], {
    shell: process.platform === 'win32',
  });
  return new URL(stdout.trim()).href;
}

/** Answers as another registry does. @param url of ours: a registry names itself in a package's metadata. */
export async function handOn(
  { url: path = '/', headers }: IncomingMessage,
  response: ServerResponse,
  upstream: string,
  url: string,
): Promise<void> {
  try {
    const answer = await fetch(new URL(path.slice(1), upstream), {
      headers: { accept: headers.accept ?? '*/*' },
    });
    const type = answer.headers.get('content-type') ?? 'application/octet-stream';
    const bytes = Buffer.from(await answer.arrayBuffer());
    const body = type.includes('json') ? bytes.toString().replaceAll(upstream, url) : bytes;
    response.writeHead(answer.status, { 'content-type': type }).end(body);
  } catch (error) {
    response.writeHead(502).end(String(error));
  }
}
