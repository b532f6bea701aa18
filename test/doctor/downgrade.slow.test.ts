import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { Program } from '../support/program.ts';
import { scalekitProgram } from '../support/repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { json, type Parts, startSmallServer } from './live/small-server.ts';
import { startFront } from './live/start-front.ts';

/** A server that does not know it is behind TLS, examined by the built program, which is told which certificate to trust. */

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

/** @returns the findings above advice with TLS in front of a server, the first one with its text. */
async function throughTls(server: (origin: string) => Partial<Parts>) {
  const directory = await temporaryDirectory();
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
    ],
  });
  const certificate = join(directory, 'company.pem');
  await writeFile(certificate, cert);
  let origin = '';
  const parts: Partial<Parts> = { gate: (place, request) => server(origin).gate?.(place, request) };
  const behind = await startSmallServer(emulator, parts, () => origin);
  const right = { name: '', answer: () => undefined, codes: [], says: /./ };
  const front = await startFront(right, Number(new URL(behind.endpoint).port), { key, cert });
  origin = front.origin;
  try {
    const args = [scalekitProgram, 'doctor', `${origin}/mcp`, '--json'];
    const env = { NODE_EXTRA_CA_CERTS: certificate };
    const { code, stdout } = await new Program(process.execPath, args, { cwd: directory, env }).ended();
    const results = JSON.parse(stdout).results as {
      code: string;
      state: string;
      level: string;
      fix: string;
    }[];
    return {
      code,
      found: results.filter(({ state, level }) => state === 'found' && level !== 'advice'),
    };
  } finally {
    await front.close();
    await behind.close();
  }
}

test('a redirect to http with a slash, as uvicorn makes it behind TLS', async () => {
  const { code, found } = await throughTls((origin) => ({
    gate: (_place, { url }) =>
      url === '/mcp'
        ? { status: 307, headers: { location: `${origin.replace('https:', 'http:')}/mcp/` } }
        : json(404, { detail: 'Not Found' }),
  }));
  expect(found.map((each) => each.code)).toEqual(['SKM346']);
  expect(found[0]?.fix).toMatch(/X-Forwarded-Proto/);
  expect(code).toBe(1);
});

test('behind TLS, without a fault', async () => {
  const { code, found } = await throughTls(() => ({}));
  expect(found).toEqual([]);
  expect(code).toBe(0);
});
