import { isLoopback } from '../../../scalekit/index.ts';
import { defineCheck, withFact } from '../../check.ts';
import type { Facts, ServerFacts } from '../../facts/index.ts';
import { startCommand } from '../../frameworks.ts';
import { type Finding, found, type Outcome, passed, skipped, unreachable } from '../../model.ts';
import type { Failure } from '../../probe.ts';
import { describeOwner } from './303-is-mcp-server.ts';

/** A program is already there, so starting one does not help. */
const silentPrograms: Readonly<Partial<Record<Failure, Pick<Finding, 'title' | 'why' | 'fix' | 'level'>>>> = {
  timeout: {
    title: 'The server is there, but does not answer',
    why: 'Something accepts the connection but does not answer, so clients wait in vain.',
    fix: 'Stop what listens on this port and start the server again; if it still does not answer, see its log for what it waits for.',
    level: 'error',
  },
  closed: {
    title: 'Something is there, but hangs up',
    why: 'It accepts the connection and ends it without an HTTP answer. It may speak https, or be another program.',
    fix: 'Check whether the address has to begin with https://, and see the log of what listens on this port.',
    level: 'error',
  },
};

/** @returns why a public address cannot be reached from here, or undefined if that cannot be told. */
function unreachableFromHere({ noToken, endpoint, localPort }: ServerFacts): Partial<Finding> | undefined {
  if (noToken.answered) return undefined;
  if (localPort?.answers)
    return {
      title: 'The server runs on this machine, and the world does not reach it',
      level: 'error',
      actual: `${noToken.message}; but port ${localPort.port} of this machine answers`,
      side: 'proxy',
      fix: `Point the proxy or the tunnel for ${new URL(endpoint).host} at port ${localPort.port}, and open the firewall for it.`,
    };
  if (noToken.failure !== 'tls') return undefined;
  if (/wrong version number|packet length|unknown protocol|http request/i.test(noToken.message))
    return {
      title: 'The server speaks plain http where https is asked',
      level: 'error',
      actual: noToken.message,
      expected: 'TLS on this port',
      side: 'proxy',
      why: 'Something answers at this port without encryption, so an https client gets nowhere. It has nothing to do with certificates.',
      fix: 'Put https in front of it (a proxy with a certificate), or use http:// if this is your own machine.',
    };
  return {
    title: 'The server’s certificate is not accepted',
    level: 'error',
    actual: noToken.message,
    side: 'proxy',
    expected: 'a certificate that programs accept',
    fix: 'Give the proxy in front of the server a certificate for this name, or use http:// if this is your own machine. Is it signed by an authority of your own, browsers may know it and programs do not: tell them with NODE_EXTRA_CA_CERTS=<file>, the doctor too.',
  };
}

/** @returns whether it may as well be this machine's network that fails. */
function isUnclear(failure: Failure, endpoint: string): boolean {
  if (failure === 'timeout') return !isLoopback(new URL(endpoint));
  return failure === 'no-such-host' || failure === 'no-dns';
}

/** @returns the words for a program that is there but does not answer, or for no program at all. */
function notRunning(facts: Facts, failure: Failure): Partial<Finding> {
  const command = facts.project.known ? startCommand(facts.project.value) : undefined;
  if (silentPrograms[failure] !== undefined) return silentPrograms[failure];
  if (command === undefined) return { level: 'error' };
  return {
    fix: `Start it with: ${command}. Then run: npx scalekit-mcp doctor (or let the doctor start it: --start)`,
  };
}

/** docs/scalekit.md#documented-failures, 5. A project whose server does not run is not an error; a URL that a person asked about is. */
export default defineCheck({
  code: 'SKM301',
  level: 'warning',
  side: 'machine',
  holds: 'The server is running',
  title: 'The server is not running',
  why: 'Nothing answers at its address, so clients cannot connect, and the rest could not be checked.',
  fix: 'Start the server, and make sure that the address above is the one it listens on.',
  run: (facts) =>
    withFact(facts.server, (server): Outcome => {
      const { noToken, endpoint, portOwner } = server;
      if (noToken.answered) return passed(endpoint);
      const { failure, message } = noToken;
      const subject = { url: endpoint };
      const elsewhere = unreachableFromHere(server);
      if (elsewhere !== undefined) return found({ subject, ...elsewhere });
      if (failure === 'too-large') return skipped('What answers there is not an MCP server');
      if (isUnclear(failure, endpoint))
        return unreachable(
          `${endpoint}: ${message}`,
          'Check the address and this machine’s network. If others reach it, a firewall or a proxy in between does not let this machine through.',
        );
      const actual = `${message}${describeOwner(portOwner)}`;
      return found({ subject, actual, expected: 'an answer', ...notRunning(facts, failure) });
    }),
});
