import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { handOn, upstreamRegistry } from './upstream-registry.ts';

/** What npm sends to publish a package, as far as it is read (its own form of a CouchDB document). */
interface Publication {
  readonly name: string;
  readonly versions: Readonly<Record<string, object>>;
  readonly 'dist-tags': Readonly<Record<string, string>>;
  readonly _attachments: Readonly<Record<string, { readonly data: string }>>;
}

/** A package registry on loopback that accepts what is published to it, and forwards everything else to this machine's own. */
export interface PublishingRegistry {
  /** `http://localhost:<port>/` */
  readonly url: string;
  /** The names of what was published, in order. */
  readonly published: readonly string[];
  /** npm's configuration for it. */
  readonly npmrc: string;
  close(): Promise<void>;
}

export async function startPublishingRegistry(): Promise<PublishingRegistry> {
  const upstream = await upstreamRegistry();
  const packages = new Map<string, Publication>();
  const server = createServer(async (request, response) => {
    if (request.method === 'PUT') return await publish(request, response, packages);
    const [name = '', , file] = (request.url ?? '').slice(1).split('/');
    const found = packages.get(decodeURIComponent(name));
    if (!found) return await handOn(request, response, upstream, url);
    if (file === undefined) {
      const { _attachments, ...packument } = found;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(packument));
    } else {
      const attachment = found._attachments[file];
      response
        .writeHead(attachment ? 200 : 404, { 'content-type': 'application/octet-stream' })
        .end(attachment && Buffer.from(attachment.data, 'base64'));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/`;
  return {
    url,
    get published() {
      return [...packages.keys()];
    },
    npmrc: `registry=${url}\n//127.0.0.1:${port}/:_authToken=anybody\n`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function publish(
  request: IncomingMessage,
  response: ServerResponse,
  packages: Map<string, Publication>,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const publication = JSON.parse(Buffer.concat(chunks).toString()) as Publication;
  const before = packages.get(publication.name);
  packages.set(publication.name, {
    ...publication,
    versions: { ...before?.versions, ...publication.versions },
    _attachments: { ...before?._attachments, ...publication._attachments },
  });
  response.writeHead(201, { 'content-type': 'application/json' }).end('{}');
}
