// Stands in for a language model, so that programs that only a model makes call tools call them: `CALL <tool> <json>` in the
// prompt is what it wants, `LIST` makes it name its tools. Speaks the Messages API (Claude Code) and generateContent (Gemini CLI).
import { createServer } from 'node:http';

const [port] = process.argv.slice(2);

/** @returns the tool call that the prompt asks for, or the text to answer with. */
function decide(prompt, result, tools) {
  if (result !== undefined) return { text: `RESULT ${JSON.stringify(result)}` };
  if (/^LIST$/m.test(prompt)) return { text: `TOOLS ${tools.join(' ')}` };
  const [, wanted, input] = /^CALL (\S+) (\{.*\})$/m.exec(prompt) ?? [];
  const name = tools.find((tool) => tool.endsWith(`_${wanted}`));
  return name === undefined
    ? { text: 'RESULT "there is no such tool"' }
    : { call: { name, input: JSON.parse(input) } };
}

const events = (list) =>
  list.map((each) => `event: ${each.type}\ndata: ${JSON.stringify(each)}\n\n`).join('');

function messages(body) {
  const { content } = body.messages.filter(({ role }) => role === 'user').at(-1);
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  const result = blocks.find(({ type }) => type === 'tool_result');
  const prompt = blocks.map(({ text }) => text ?? '').join('\n');
  const { text, call } = decide(
    prompt,
    result?.content,
    (body.tools ?? []).map(({ name }) => name),
  );
  const block = call ? { type: 'tool_use', id: `toolu_${Date.now()}`, ...call } : { type: 'text', text };
  const stop = { stop_reason: call ? 'tool_use' : 'end_turn', stop_sequence: null };
  const usage = { input_tokens: 1, output_tokens: 1 };
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: body.model, usage };
  if (!body.stream) return JSON.stringify({ ...message, ...stop, content: [block] });
  const delta = call
    ? { type: 'input_json_delta', partial_json: JSON.stringify(call.input) }
    : { type: 'text_delta', text };
  return events([
    { type: 'message_start', message: { ...message, content: [], stop_reason: null, stop_sequence: null } },
    {
      type: 'content_block_start',
      index: 0,
      content_block: call ? { ...block, input: {} } : { type: 'text', text: '' },
    },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: stop, usage },
    { type: 'message_stop' },
  ]);
}

function generateContent(body, isStream) {
  const { parts } = body.contents.at(-1);
  const result = parts.find(({ functionResponse }) => functionResponse)?.functionResponse.response;
  const prompt = parts.map(({ text }) => text ?? '').join('\n');
  const tools = (body.tools ?? []).flatMap(({ functionDeclarations = [] }) => functionDeclarations);
  const { text, call } = decide(
    prompt,
    result,
    tools.map(({ name }) => name),
  );
  const part = call ? { functionCall: { name: call.name, args: call.input } } : { text };
  const answer = {
    candidates: [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 }],
  };
  return isStream ? `data: ${JSON.stringify(answer)}\n\n` : JSON.stringify(answer);
}

function answer(path, body) {
  if (/\/messages$/.test(path)) return messages(body);
  if (/:(?:stream)?[gG]enerateContent$/.test(path)) return generateContent(body, path.includes(':stream'));
  return JSON.stringify({ input_tokens: 1, totalTokens: 1 });
}

createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  const { pathname } = new URL(request.url, 'http://localhost');
  const body = request.method === 'POST' ? answer(pathname, JSON.parse(text)) : '{}';
  const isStream = /^(?:event|data):/.test(body);
  response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
  response.end(body);
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
