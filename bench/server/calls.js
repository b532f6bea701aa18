// What a client sends: one tools/call of list_todos, as each of the two protocol eras writes it.

export const eras = ['2025-11-25', '2026-07-28'];

const client = { name: 'bench', version: '1.0.0' };
const common = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/** @returns {{headers: Record<string, string>, body: (id: number) => string}} what stays the same from call to call */
export function callOf(era, { token, sessionId } = {}) {
  const headers = {
    ...common,
    'mcp-protocol-version': era,
    ...(token && { authorization: `Bearer ${token}` }),
    ...(sessionId && { 'mcp-session-id': sessionId }),
  };
  if (era === '2025-11-25')
    return { headers, body: bodyOf('tools/call', { name: 'list_todos', arguments: {} }) };

  const _meta = {
    'io.modelcontextprotocol/protocolVersion': era,
    'io.modelcontextprotocol/clientInfo': client,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return {
    headers: { ...headers, 'mcp-method': 'tools/call', 'mcp-name': 'list_todos' },
    body: bodyOf('tools/call', { name: 'list_todos', arguments: {}, _meta }),
  };
}

/** The call that creates one of the todos, for a server whose todos belong to the token's subject. */
export function createTodoCall(token, todo) {
  const { headers } = callOf('2025-11-25', { token });
  return { headers, body: bodyOf('tools/call', { name: 'create_todo', arguments: todo })(1) };
}

/** The handshake of 2025-era clients. Servers that keep sessions answer it with an `Mcp-Session-Id`. */
export function initializeCall(token) {
  const { headers } = callOf('2025-11-25', { token });
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: client };
  return { headers, body: bodyOf('initialize', params)(1) };
}

export function initializedNotification(token, sessionId) {
  const { headers } = callOf('2025-11-25', { token, sessionId });
  return { headers, body: JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }) };
}

/** Reads an answer, written as JSON or as a server-sent event, and returns its todos. */
export function todosOf(text) {
  const lines = text.split('\n').filter((line) => line.startsWith('data: {'));
  const answer = JSON.parse(lines.length > 0 ? lines.at(-1).slice('data: '.length) : text);
  const todos = answer.result?.structuredContent?.todos;
  if (!Array.isArray(todos)) throw new Error(`not an answer to list_todos: ${text.slice(0, 300)}`);
  return todos;
}

/** Ids have a fixed number of digits, so that every answer of a server has the same length. */
function bodyOf(method, params) {
  const frame = JSON.stringify({ jsonrpc: '2.0', id: 0, method, params });
  const [before, after] = frame.split('"id":0');
  return (id) => `${before}"id":${1_000_000 + id}${after}`;
}
