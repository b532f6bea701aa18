import { isLoopback } from '../../../scalekit/index.ts';
import { type Check, withFact } from '../../check.ts';
import type { Facts } from '../../facts.ts';
import { found, type Outcome, passed, unreachable } from '../../model.ts';

const startCommands: Readonly<Record<string, string>> = {
  generated: 'npm run dev',
  'mcp-use': 'npm run dev',
  xmcp: 'npm run dev',
  node: 'npm start',
  fastmcp: 'python server.py',
  python: 'python server.py',
};

function startCommand({ project }: Facts): string | undefined {
  return project.known ? startCommands[project.value.kind] : undefined;
}

/** Facts: Scalekit, documented failure 5. A project at rest is no error; a URL that a person asked about is. */
export const running: Check = {
  code: 'SKM301',
  run: (facts) =>
    withFact(facts.server, ({ noToken, endpoint, localPort }): Outcome => {
      if (noToken.answered) return passed(endpoint);
      const subject = { url: endpoint };
      const { failure, message } = noToken;
      if (localPort?.answers)
        return found({
          subject,
          title: 'The server runs on this machine, and the world does not reach it',
          actual: `${message}; but port ${localPort.port} of this machine answers`,
          side: 'proxy',
          fix: `Point the proxy or the tunnel for ${new URL(endpoint).host} at port ${localPort.port}, and open the firewall for it.`,
        });
      if (failure === 'tls')
        return found({
          subject,
          title: 'The server’s certificate is not accepted',
          actual: message,
          side: 'proxy',
          fix: 'Give the proxy in front of the server a certificate for this name, or use http:// if this is your own machine.',
        });
      if (
        failure === 'no-such-host' ||
        failure === 'no-dns' ||
        (failure === 'timeout' && !isLoopback(new URL(endpoint)))
      )
        return unreachable(
          `${endpoint}: ${message}`,
          'Check the address and this machine’s network. If others reach it, a firewall or a proxy in between does not let this machine through.',
        );
      const command = startCommand(facts);
      return found({
        subject,
        actual: message,
        expected: 'an answer',
        ...(command === undefined
          ? { level: 'error' as const }
          : { fix: `Start it with: ${command}. Then run: npx scalekit-mcp doctor` }),
      });
    }),
};
