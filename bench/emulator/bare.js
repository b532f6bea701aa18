// oidc-provider alone, on which the local Scalekit is built: a key, a listener, and its first answer.
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { Provider } from 'oidc-provider';

const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
const key = { ...privateKey.export({ format: 'jwk' }), kid: 'bench', alg: 'RS256', use: 'sig' };
const provider = new Provider('http://localhost', { jwks: { keys: [key] }, cookies: { keys: ['bench'] } });
const server = provider.listen(0, '127.0.0.1', async () => {
  await (await fetch(`http://127.0.0.1:${server.address().port}/jwks`)).text();
  console.log(JSON.stringify(process.cpuUsage()));
});
