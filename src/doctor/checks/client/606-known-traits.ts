import { isLoopback } from '../../../scalekit/index.ts';
import { defineCheck } from '../../check.ts';
import { clients } from '../../clients.ts';
import { found, passed, skipped } from '../../model.ts';

/** docs/mcp.md#clients; docs/scalekit.md#people-and-browsers (allowed callback URLs). */
export default defineCheck({
  code: 'SKM606',
  level: 'advice',
  side: 'dashboard',
  holds: 'The client comes back to an address that is allowed',
  title: 'Scalekit has to allow the page of this client',
  why: 'A client that runs in a browser is refused at Scalekit unless the address of its page is among the allowed callback URLs.',
  fix: 'Add it in Scalekit’s dashboard > Authentication > Redirect URLs > Allowed Callback URLs.',
  run: ({ client, scalekit }) => {
    if (client === undefined) return skipped('No client was asked about (--client)');
    const { callbacks, known, isWebPage } = clients[client];
    const isReal = scalekit.known && !isLoopback(new URL(scalekit.value.issuer));
    if (isWebPage && isReal)
      return found({
        subject: { url: scalekit.value.issuer },
        actual: 'whether it is allowed there cannot be seen from here',
        expected: 'http://localhost:6274/ among the allowed callback URLs',
      });
    return passed(`${callbacks.join(', ')}. ${known.join(' ')}`);
  },
});
