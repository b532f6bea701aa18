// The lower limit: what Node itself needs to read a JSON call and answer with the same todos. No protocol, no checks.
import { createServer } from 'node:http';
import { todos } from './todos.js';

createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { id } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const result = {
      content: [{ type: 'text', text: JSON.stringify({ todos }) }],
      structuredContent: { todos },
    };
    const body = JSON.stringify({ jsonrpc: '2.0', id, result });
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
