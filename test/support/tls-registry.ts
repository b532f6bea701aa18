import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { handOn, upstreamRegistry } from './upstream-registry.ts';

/** A package registry as companies have them: behind a certificate that no machine trusts by itself. */
export interface TlsRegistry {
  /** `https://localhost:<port>/` */
  readonly url: string;
  /** The file of the certificate to trust, in PEM. */
  readonly certificateFile: string;
  /** The paths that were asked for. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/**
 * Starts a registry on loopback that forwards everything to this machine's own.
 * @param directory where the certificate goes.
 */
export async function startTlsRegistry(directory: string): Promise<TlsRegistry> {
  const upstream = await upstreamRegistry();
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
    ],
  });
  const certificateFile = join(directory, 'company.pem');
  await writeFile(certificateFile, cert);
  const asked: string[] = [];
  const server = createServer({ key, cert }, async (request, response) => {
    const path = (request.url ?? '/').slice(1);
    asked.push(path);
    await handOn(request, response, upstream, url);
  }).listen(0, 'localhost');
  await once(server, 'listening');
  const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url, certificateFile, asked, close };
}
