// Makes a server refuse a token that was good: `REFUSE_TOKEN=3` spoils one token of each client, the first from the third on that it
// brings a second time, before the server reads it, as if its key had been withdrawn. Whatever comes of that is the server's own answer.
import { subscribe } from 'node:diagnostics_channel';

const refused = Number(process.env.REFUSE_TOKEN);
const tokensOf = new Map();
/** The spoilt token of each client. */
const chosen = new Map();

function clientOf(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()).client_id;
}

/** A signature by nobody. */
const spoilt = (token) => token.replace(/[^.]+$/, (signature) => [...signature].reverse().join(''));

/** Node.js makes `headers` and `headersDistinct` of these, when they are first asked for. */
function spoil({ rawHeaders }) {
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && /^authorization$/i.test(name)) + 1;
  const token = /^Bearer (.+)$/.exec(rawHeaders[at])?.[1];
  if (at === 0 || token === undefined) return;
  const client = clientOf(token);
  if (!tokensOf.has(client)) tokensOf.set(client, []);
  const tokens = tokensOf.get(client);
  if (!tokens.includes(token)) tokens.push(token);
  else if (tokens.indexOf(token) >= refused - 1 && !chosen.has(client)) chosen.set(client, token);
  if (chosen.get(client) === token) rawHeaders[at] = `Bearer ${spoilt(token)}`;
}

if (refused > 0) subscribe('http.server.request.start', ({ request }) => spoil(request));
