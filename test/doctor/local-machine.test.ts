import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ProbeResult, probe } from '../../src/doctor/probe.ts';
import { untilChanged, watchFiles } from '../../src/doctor/watch.ts';
import { freePort, portOwner } from '../../src/project/ports.ts';
import { temporaryDirectory } from '../support/temporary.ts';

async function listen(port = 0): Promise<number> {
  const server = createServer((_request, response) => response.writeHead(401).end());
  await new Promise<void>((resolve) => server.listen(port, resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as { port: number }).port;
}

describe.skipIf(process.platform === 'win32')('portOwner', () => {
  test('names the program that listens', async () => {
    expect(await portOwner(await listen())).toMatch(new RegExp(`\\(process ${process.pid}\\)$`));
  });

  test('finds no program if none listens', async () => {
    expect(await portOwner(await freePort())).toBeUndefined();
  });
});

describe('untilChanged', () => {
  /** Waits for a change. @returns whether it came. */
  function watching(directory: string, server?: { endpoint: string; answer: ProbeResult }) {
    const stop = new AbortController();
    const files = watchFiles(directory, stop.signal);
    const changed = untilChanged({ files, server, signal: stop.signal });
    changed.catch(() => {});
    onTestFinished(() => stop.abort(new Error('Over.')));
    return { changed, files, stop };
  }

  test('ends when .env is written', async () => {
    const directory = await temporaryDirectory();
    const { changed } = watching(directory);
    await writeFile(join(directory, '.env'), 'PORT=1\n');
    await changed;
  });

  test.each([
    'src/tools/create-todo.ts',
    'src/protect/gate.ts',
    '.cursor/mcp.json',
    '.vscode/mcp.json',
    '.mcp.json',
    '.env.local',
    'server.py',
    'app/tools/deep.py',
    'vendor/scalekit-mcp-server-0.1.0-dev.1.tgz',
    'package-lock.json',
    'Dockerfile',
    'scalekit-doctor.json',
    'local-scalekit.json',
  ])('ends each time %s is written', async (path) => {
    const directory = await temporaryDirectory();
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, 'package.json'), '{}');
    await writeFile(join(directory, path), 'one');
    const { changed, files } = watching(directory);
    await writeFile(join(directory, path), 'another');
    await changed;
    const again = files.changed();
    await writeFile(join(directory, path), 'a third');
    await again;
  });

  test('does not end for other files, nor in a folder that is not a project', async () => {
    const directory = await temporaryDirectory();
    for (const folder of ['node_modules/x', 'dist', '.git', 'src'])
      await mkdir(join(directory, folder), { recursive: true });
    const { files } = watching(directory);
    for (const file of ['node_modules/x/a.js', 'dist/a.js', '.git/a.json', 'src/a.ts', 'notes.md', '.env'])
      await writeFile(join(directory, file), 'x');
    expect(await files.changed()).toEqual(['.env']);
  });

  test('ends when the server starts', async () => {
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}/mcp`;
    const answer = await probe({ url: endpoint }, { signal: new AbortController().signal });
    const { changed } = watching(await temporaryDirectory(), { endpoint, answer });
    await listen(port);
    await changed;
  });

  test('ends when it is interrupted, and says why', async () => {
    const { changed, stop } = watching(await temporaryDirectory());
    stop.abort(new Error('Interrupted.'));
    await expect(changed).rejects.toThrow('Interrupted.');
  });
});
