import { describe, expect, it } from 'vitest';
import { Limits } from '../../src/server/limits.ts';

const limits = () => new Limits({ toolCallsPerMinute: 2, refusedTokensPerMinute: 2 });

describe('limits', () => {
  it('say how long to wait once they are exceeded', async () => {
    const each = limits();
    expect([await each.toolCall('a'), await each.toolCall('a')]).toEqual([undefined, undefined]);
    const wait = await each.toolCall('a');
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect(await each.toolCall('b'), 'others are not affected').toBeUndefined();
  });

  it('of 0 are no limits', async () => {
    const none = new Limits({ toolCallsPerMinute: 0, refusedTokensPerMinute: 0 });
    for (let n = 0; n < 5; n += 1) expect(await none.toolCall('a')).toBeUndefined();
  });

  const networks: Array<[string, string, boolean]> = [
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['2001:db8::1', '2001:db8:0:0:9::', true],
    ['::1', '::2', true],
  ];
  it.each(networks)('count %s and %s as one: %s', async (one, other, same) => {
    const each = limits();
    await each.refusedToken(one);
    await each.refusedToken(one);
    expect((await each.refusedToken(other)) !== undefined).toBe(same);
  });
});
