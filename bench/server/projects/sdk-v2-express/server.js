// The SDK's guide to serving over Express, with its requireBearerAuth, and jose as the verifier.
import { createMcpExpressApp, requireBearerAuth } from '@modelcontextprotocol/express';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { createServer, options } from './sdk-v2.js';

const app = createMcpExpressApp();
const authorize = requireBearerAuth(options);
const handle = toNodeHandler(createMcpHandler(createServer));

app.all('/mcp', authorize, (request, response) => handle(request, response, request.body));

app.listen(Number(process.env.PORT), '127.0.0.1');
