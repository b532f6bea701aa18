// What the servers on the official SDK share: how a token is verified, and the tool. Copied beside each of them (install.js).
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { z } from 'zod';
import { todos } from './todos.js';

const { PORT, SCALEKIT_ENVIRONMENT_URL: environmentUrl, SCALEKIT_RESOURCE_ID: resourceId } = process.env;
const keys = createRemoteJWKSet(new URL(`${environmentUrl}/keys`));

/**
 * The options of the SDK's requireBearerAuth.
 * @param {(message: string) => Error} invalidToken makes the error that this version of the SDK expects
 */
export function bearerAuth(invalidToken) {
  const verifyAccessToken = async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: [environmentUrl, `${environmentUrl}/resources/${resourceId}`],
        audience: resourceId,
        algorithms: ['RS256'],
      });
      return { token, clientId: payload.client_id, scopes: payload.scope.split(' '), expiresAt: payload.exp };
    } catch (error) {
      throw invalidToken(error.message);
    }
  };
  return {
    verifier: { verifyAccessToken },
    requiredScopes: ['todo:read'],
    resourceMetadataUrl: `http://localhost:${PORT}/.well-known/oauth-protected-resource`,
  };
}

/** The shape of the tool's arguments; version 1 of the SDK takes it as it is, version 2 as a schema. */
export const listTodosShape = { completed: z.boolean().optional() };

export async function listTodos({ completed }) {
  const found = { todos: todos.filter((todo) => completed === undefined || todo.completed === completed) };
  return { content: [{ type: 'text', text: JSON.stringify(found) }], structuredContent: found };
}
