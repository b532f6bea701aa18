import { describe, expect, onTestFinished, test } from 'vitest';
import type { Flavour } from './flavour.ts';
import { callTool } from './requests.ts';

/** What one caller may do in a minute, which is counted before a body is read. */
export function describeLimits(flavour: Flavour): void {
  const start = async (env: Record<string, string>) => {
    const ground = await flavour.start(env);
    onTestFinished(() => ground.close());
    return ground;
  };

  describe('limits', () => {
    test.each(['REQUESTS_PER_MINUTE', 'TOOL_CALLS_PER_MINUTE'])(
      '%s counts each user separately',
      async (name) => {
        const ground = await start({ [name]: '3' });
        const [first, second] = await Promise.all(
          ['usr_1', 'usr_2'].map((subject) => ground.emulator.mint({ subject })),
        );
        for (const _ of [1, 2, 3]) expect((await callTool(ground, first, 'list_todos')).status).toBe(200);
        const answer = await callTool(ground, first, 'list_todos');
        expect(answer.status).toBe(429);
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
        expect((await callTool(ground, second, 'list_todos')).status).toBe(200);
      },
    );

    test('REFUSED_TOKENS_PER_MINUTE refuses a guesser, even with a good token at the end', async () => {
      const ground = await start({ REFUSED_TOKENS_PER_MINUTE: '3' });
      for (const guess of ['a.b.c', 'd.e.f', 'g.h.i'])
        expect((await callTool(ground, guess, 'list_todos')).status).toBe(401);
      expect((await callTool(ground, 'j.k.l', 'list_todos')).status).toBe(429);
    });
  });
}
