// Fetches what Scalekit publishes: its keys and its metadata.
import type { IncomingHttpHeaders } from 'node:http';
import { http, https } from './speed.ts';

/** Such documents are a few kilobytes; anything much larger is something else. */
const maximumBytes = 256 * 1024;
/** In ms. */
const timeout = 5000;

/** A document, and the headers that say when it was sent. */
export interface Downloaded {
  readonly text: string;
  readonly headers: Pick<IncomingHttpHeaders, 'date' | 'age'>;
}

/**
 * Fetches a document of Scalekit's. No redirect is followed.
 * @param from what is fetched from, for the error's message.
 * @throws Error when it is not 200, takes longer than 5 seconds or is larger than 256 KB.
 */
export function download(url: string, from: string): Promise<Downloaded> {
  const { get } = url.startsWith('https:') ? https() : http;
  // Uses Node's default agent, which follows HTTPS_PROXY where NODE_USE_ENV_PROXY is set and Node supports it.
  const options = {
    headers: { accept: 'application/json', connection: 'close' },
    signal: AbortSignal.timeout(timeout),
  };
  return new Promise((resolve, reject) => {
    const request = get(url, options, (response) => {
      const giveUp = (reason: string) => {
        reject(new Error(`${from} ${reason}`));
        request.destroy();
      };
      if (response.statusCode !== 200) return giveUp(`answered ${response.statusCode}`);
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes > maximumBytes) giveUp(`sent more than ${maximumBytes} bytes`);
      });
      const { headers } = response;
      response.on('end', () => resolve({ text: Buffer.concat(chunks).toString(), headers }));
      response.on('error', reject);
    });
    request.on('error', reject);
    // Reject if the socket closes without an answer.
    request.on('close', () => reject(new Error(`${from} sent no answer`)));
  });
}
