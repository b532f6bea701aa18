import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { readJsonFile, replacePrivateFile } from '../project/private-files.ts';

interface Entry {
  readonly payload: AdapterPayload;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Only ids that the emulator itself issues become file names. */
const storableId = /^m2m_\d{1,32}$/;

/** Clients that were not used for this long, in milliseconds, are removed: some programs register on every start. */
const staleAfter = 90 * 24 * 3600 * 1000;

/** More clients than anybody has. Above that, the least recently used one is removed. */
const mostClients = 1000;

/** More records of all other kinds than a person can cause. Above that, the oldest are removed: a web page could send requests endlessly. */
const mostEntries = 20_000;

/** Removes the files of unused clients, and of the least recently used ones if there are too many. */
async function removeStale(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(directory, name);
      return { path, usedAt: (await stat(path).catch(() => undefined))?.mtimeMs ?? 0 };
    }),
  );
  const newest = files.sort((one, other) => other.usedAt - one.usedAt).slice(0, mostClients);
  const kept = new Set(newest.filter(({ usedAt }) => usedAt >= Date.now() - staleAfter));
  for (const file of files) if (!kept.has(file)) await rm(file.path, { force: true });
}

/**
 * The authorization server's state, in memory. With a directory, registered clients are also on disk, one file each, so
 * that two emulators never write the same file. The storage outlives the providers, which are replaced when keys rotate.
 */
export class Storage {
  readonly #entries = new Map<string, Entry>();
  readonly #clients = new Set<string>();
  readonly #directory: string | undefined;
  #tidied: Promise<void> | undefined;
  #writes = 0;

  /** @param directory where registered clients are stored; undefined to keep them in memory. */
  constructor(directory: string | undefined) {
    this.#directory = directory === undefined ? undefined : join(directory, 'clients');
  }

  /** Removes everything; on disk, the clients that this emulator used. */
  async clear(): Promise<void> {
    this.#entries.clear();
    const ids = [...this.#clients];
    this.#clients.clear();
    await Promise.all(ids.map((id) => this.#removeFile(id)));
  }

  /** Removes grants and the refresh tokens that depend on them. Clients stay. */
  forgetGrants(): void {
    for (const key of this.#entries.keys())
      if (/^(?:Grant|RefreshToken|AuthorizationCode):/.test(key)) this.#entries.delete(key);
  }

  /** The library's interface to one kind of record. */
  readonly adapter = (model: string): Adapter => {
    const keyOf = (id: string) => `${model}:${id}`;
    const isClient = model === 'Client';
    return {
      upsert: async (id, payload, expiresIn) => {
        this.#set(keyOf(id), payload, expiresIn);
        if (isClient) await this.#writeClient(id, payload);
      },
      find: async (id) => {
        const known = this.#get(keyOf(id));
        if (!isClient) return known;
        if (known !== undefined) await this.#used(id);
        return known ?? this.#readClient(id);
      },
      findByUid: async (uid) =>
        this.#search((key, payload) => key.startsWith(`${model}:`) && payload.uid === uid),
      // Needed only by the device flow, which is off.
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
    // Only now and then, since it iterates over everything.
    if (++this.#writes % 256 === 0)
      for (const [other, entry] of this.#entries) if (entry.expiresAt <= time) this.#entries.delete(other);
    const expiresAt = expiresIn === undefined ? Number.POSITIVE_INFINITY : time + expiresIn * 1000;
    this.#entries.set(key, { payload, expiresAt });
    if (this.#entries.size > mostEntries) this.#forgetOldest();
  }

  /** Skips clients, which have a limit of their own. */
  #forgetOldest(): void {
    for (const key of this.#entries.keys()) {
      if (key.startsWith('Client:')) continue;
      this.#entries.delete(key);
      return;
    }
  }

  /** Marks a client as used now, and removes the least recently used one if there are too many. */
  async #used(id: string): Promise<void> {
    this.#clients.delete(id);
    this.#clients.add(id);
    const [oldest] = this.#clients;
    if (this.#clients.size <= mostClients || oldest === undefined) return;
    this.#clients.delete(oldest);
    this.#entries.delete(`Client:${oldest}`);
    await this.#removeFile(oldest);
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
    await this.#used(id);
    if (this.#directory === undefined || !storableId.test(id)) return;
    this.#tidied ??= removeStale(this.#directory);
    await this.#tidied;
    await replacePrivateFile(this.#directory, `${id}.json`, payload);
  }

  async #readClient(id: string): Promise<AdapterPayload | undefined> {
    if (this.#directory === undefined || !storableId.test(id)) return undefined;
    const stored = await readJsonFile(this.#directory, `${id}.json`);
    if (typeof stored !== 'object' || stored === null) return undefined;
    await this.#used(id);
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
