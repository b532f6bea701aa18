import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { readJsonFile, replacePrivateFile } from './files.ts';

interface Entry {
  readonly payload: AdapterPayload;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Only ids that the emulator itself issues become file names. */
const storableId = /^m2m_\d{1,32}$/;

/** A client that has not been used for so long, in milliseconds, is forgotten: some register anew on every start. */
const staleAfter = 90 * 24 * 3600 * 1000;

/** Removes the files of clients that nobody uses any more. */
async function removeStale(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    const path = join(directory, name);
    const lastUsed = await stat(path).catch(() => undefined);
    if (lastUsed && lastUsed.mtimeMs < Date.now() - staleAfter) await rm(path, { force: true });
  }
}

/**
 * Everything that the authorization server remembers, in memory; registered clients on disk too when there is a directory,
 * one file each, so that two emulators never write the same file. One storage outlives the provider objects, which are
 * made anew when keys rotate.
 */
export class Storage {
  readonly #entries = new Map<string, Entry>();
  readonly #clients = new Set<string>();
  readonly #directory: string | undefined;
  #tidied: Promise<void> | undefined;
  #writes = 0;

  /** @param directory where registered clients are kept; undefined for nowhere. */
  constructor(directory: string | undefined) {
    this.#directory = directory === undefined ? undefined : join(directory, 'clients');
  }

  /** Forgets everything, also on disk, as far as this emulator has had to do with it. */
  async clear(): Promise<void> {
    this.#entries.clear();
    const ids = [...this.#clients];
    this.#clients.clear();
    await Promise.all(ids.map((id) => this.#removeFile(id)));
  }

  /** The library's view of one kind of record, as its configuration wants it. */
  readonly adapter = (model: string): Adapter => {
    const keyOf = (id: string) => `${model}:${id}`;
    const isClient = model === 'Client';
    return {
      upsert: async (id, payload, expiresIn) => {
        this.#set(keyOf(id), payload, expiresIn);
        if (isClient) await this.#writeClient(id, payload);
      },
      find: async (id) => this.#get(keyOf(id)) ?? (isClient ? this.#readClient(id) : undefined),
      findByUid: async (uid) =>
        this.#search((key, payload) => key.startsWith(`${model}:`) && payload.uid === uid),
      // Only the device flow asks, which is off.
      findByUserCode: async () => undefined,
      consume: async (id) => {
        const payload = this.#get(keyOf(id));
        if (payload) payload.consumed = Math.floor(Date.now() / 1000);
      },
      destroy: async (id) => {
        this.#entries.delete(keyOf(id));
        if (isClient) await this.#removeFile(id);
      },
      revokeByGrantId: async (grantId) => {
        for (const [key, { payload }] of this.#entries)
          if (payload.grantId === grantId) this.#entries.delete(key);
      },
    };
  };

  #set(key: string, payload: AdapterPayload, expiresIn: number | undefined): void {
    const time = Date.now();
    // Now and then, since it looks at everything.
    if (++this.#writes % 256 === 0)
      for (const [other, entry] of this.#entries) if (entry.expiresAt <= time) this.#entries.delete(other);
    const expiresAt = expiresIn === undefined ? Number.POSITIVE_INFINITY : time + expiresIn * 1000;
    this.#entries.set(key, { payload, expiresAt });
  }

  #get(key: string): AdapterPayload | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.expiresAt > Date.now() ? entry.payload : undefined;
  }

  #search(matches: (key: string, payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const [key, { payload }] of this.#entries) if (matches(key, payload)) return this.#get(key);
    return undefined;
  }

  async #writeClient(id: string, payload: AdapterPayload): Promise<void> {
    this.#clients.add(id);
    if (this.#directory === undefined || !storableId.test(id)) return;
    this.#tidied ??= removeStale(this.#directory);
    await this.#tidied;
    await replacePrivateFile(this.#directory, `${id}.json`, payload);
  }

  async #readClient(id: string): Promise<AdapterPayload | undefined> {
    if (this.#directory === undefined || !storableId.test(id)) return undefined;
    const stored = await readJsonFile(this.#directory, `${id}.json`);
    if (typeof stored !== 'object' || stored === null) return undefined;
    this.#clients.add(id);
    const time = new Date();
    await utimes(join(this.#directory, `${id}.json`), time, time).catch(() => {});
    const client: AdapterPayload = { ...stored };
    this.#set(`Client:${id}`, client, undefined);
    return client;
  }

  async #removeFile(id: string): Promise<void> {
    if (this.#directory !== undefined && storableId.test(id))
      await rm(join(this.#directory, `${id}.json`), { force: true });
  }
}
