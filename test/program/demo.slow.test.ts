import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Program } from '../support/program.ts';
import { repository } from '../support/repository.ts';

test('npm run demo goes on at another port when its own is taken while it installs', async () => {
  const demo = new Program(process.execPath, [join(repository, 'scripts/demo.js')], { group: true });
  onTestFinished(() => demo.kill());
  const [, port] = await demo.says(/MCP endpoint: http:\/\/localhost:(\d+)\/mcp/, 120_000);
  const other = createServer((socket) => socket.on('error', () => {})).listen(Number(port));
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { code } = await demo.ended();
  expect(demo.output).toContain(`another program has taken port ${port}`);
  expect(demo.output).toContain('Done: the server and the local Scalekit have ended');
  expect(code, demo.output).toBe(0);
});
