// The server that the official suite asks for, with its own tools, resources and prompts: made with the package's public
// interface alone. The package does not support what is missing here; scenarios.ts says why.
import * as z from 'zod';
import {
  audio,
  defineScopes,
  embedded,
  image,
  type Prompt,
  type Resource,
  type Tool,
  ToolError,
} from '../../../src/server/index.ts';

export const { scopes, tool, resource, prompt } = defineScopes({
  'test:all': 'Everything that the suite does',
});

const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
const wav = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=';

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const annotations = { readOnlyHint: true, destructiveHint: false, openWorldHint: false } as const;
const about = (name: string) => ({
  name,
  title: name,
  description: `The suite's own ${name}`,
  scopes: ['test:all'] as const,
  annotations,
});
const nothing = { input: z.object({}) };
const confirmation = z.object({ ok: z.boolean() });

const contents: readonly Tool[] = [
  tool({
    ...about('test_simple_text'),
    ...nothing,
    run: () => 'This is a simple text response for testing.',
  }),
  tool({ ...about('test_image_content'), ...nothing, run: () => image(png, 'image/png') }),
  tool({ ...about('test_audio_content'), ...nothing, run: () => audio(wav, 'audio/wav') }),
  tool({
    ...about('test_embedded_resource'),
    ...nothing,
    run: () =>
      embedded({
        uri: 'test://embedded-resource',
        mimeType: 'text/plain',
        text: 'This is an embedded resource content.',
      }),
  }),
  tool({
    ...about('test_multiple_content_types'),
    ...nothing,
    run: () => [
      'Multiple content types test:',
      image(png, 'image/png'),
      embedded({
        uri: 'test://mixed-content-resource',
        mimeType: 'application/json',
        text: '{"test":"data","value":123}',
      }),
    ],
  }),
  tool({
    ...about('test_error_handling'),
    ...nothing,
    run: () => {
      throw new ToolError('This tool intentionally returns an error for testing');
    },
  }),
];

const underWay: readonly Tool[] = [
  tool({
    ...about('test_tool_with_progress'),
    ...nothing,
    async run(_args, { progress }) {
      for (const done of [0, 50, 100]) {
        progress(done, 100);
        await pause(50);
      }
      return 'Done';
    },
  }),
  ...['test_tool_with_logging', 'test_logging_tool'].map((name) =>
    tool({
      ...about(name),
      ...nothing,
      run(_args, { log }) {
        log('info', 'tool_execution');
        return 'Logged';
      },
    }),
  ),
];

/** A JSON Schema with all that 2020-12 has. The suite checks only that the list of tools contains it. */
const address = z.object({ street: z.string().optional(), city: z.string().optional() });
const dialect = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  then: { required: ['phone'] },
  else: { required: ['email'] },
};
const schemas: readonly Tool[] = [
  tool({
    ...about('json_schema_2020_12_tool'),
    input: z
      .strictObject({
        name: z.string().optional(),
        address: address.meta({ id: 'address', $anchor: 'addressDef' }).optional(),
        contactMethod: z.enum(['phone', 'email']).optional(),
        phone: z.string().optional(),
        email: z.string().optional(),
      })
      .meta(dialect),
    run: () => 'Fits',
  }),
  tool({
    ...about('test_param_header'),
    input: z.object({ region: z.string().meta({ 'x-mcp-header': 'Region' }) }),
    run: ({ region }) => region,
  }),
];

const choices = z.object({
  untitledSingle: z.enum(['option1', 'option2', 'option3']),
  titledSingle: z.string().meta({
    oneOf: [
      { const: 'value1', title: 'First Option' },
      { const: 'value2', title: 'Second Option' },
      { const: 'value3', title: 'Third Option' },
    ],
  }),
  legacyEnum: z
    .enum(['opt1', 'opt2', 'opt3'])
    .meta({ enumNames: ['Option One', 'Option Two', 'Option Three'] }),
  untitledMulti: z.array(z.enum(['option1', 'option2', 'option3'])),
  titledMulti: z.array(z.string()).meta({
    items: {
      anyOf: [
        { const: 'value1', title: 'First Choice' },
        { const: 'value2', title: 'Second Choice' },
        { const: 'value3', title: 'Third Choice' },
      ],
    },
  }),
});
const defaults = z.object({
  name: z.string().default('John Doe'),
  age: z.int().default(30),
  score: z.number().default(95.5),
  status: z.enum(['active', 'inactive', 'pending']).default('active'),
  verified: z.boolean().default(true),
});

const questions: readonly Tool[] = [
  tool({
    ...about('test_elicitation'),
    input: z.object({ message: z.string() }),
    run: async ({ message }, { ask }) =>
      JSON.stringify(await ask(message, z.object({ username: z.string(), email: z.string() }))),
  }),
  tool({
    ...about('test_elicitation_sep1034_defaults'),
    ...nothing,
    run: async (_args, { ask }) => JSON.stringify(await ask('Your data', defaults)),
  }),
  tool({
    ...about('test_elicitation_sep1330_enums'),
    ...nothing,
    run: async (_args, { ask }) => JSON.stringify(await ask('Your choice', choices)),
  }),
  tool({
    ...about('test_input_required_result_elicitation'),
    ...nothing,
    run: async (_args, { ask }) =>
      JSON.stringify(await ask('What is your name?', z.object({ name: z.string() }), 'user_name')),
  }),
  ...['request_state', 'tampered_state'].map((name) =>
    tool({
      ...about(`test_input_required_result_${name}`),
      ...nothing,
      run: async (_args, { ask }) =>
        `state-ok ${JSON.stringify(await ask('Please confirm', confirmation, 'confirm'))}`,
    }),
  ),
  tool({
    ...about('test_input_required_result_multi_round'),
    ...nothing,
    async run(_args, { ask }) {
      const name = await ask('Step 1: What is your name?', z.object({ name: z.string() }), 'step1');
      const colour = await ask(
        'Step 2: What is your favorite color?',
        z.object({ color: z.string() }),
        'step2',
      );
      return JSON.stringify([name, colour]);
    },
  }),
  tool({
    ...about('test_streaming_elicitation'),
    ...nothing,
    async run(_args, { ask, progress }) {
      progress(1, 2);
      return JSON.stringify(await ask('Please confirm', confirmation));
    },
  }),
  tool({
    ...about('test_missing_capability'),
    ...nothing,
    run: async (_args, { ask }) => JSON.stringify(await ask('Please confirm', confirmation)),
  }),
];

export const tools: readonly Tool[] = [...contents, ...underWay, ...schemas, ...questions];

export const resources: readonly Resource[] = [
  resource({
    uri: 'test://static-text',
    name: 'static_text',
    mimeType: 'text/plain',
    scopes: ['test:all'],
    read: () => 'This is the content of the static text resource.',
  }),
  resource({
    uri: 'test://static-binary',
    name: 'static_binary',
    mimeType: 'image/png',
    scopes: ['test:all'],
    read: () => Buffer.from(png, 'base64'),
  }),
  resource({
    uri: 'test://template/{id}/data',
    name: 'template',
    mimeType: 'application/json',
    scopes: ['test:all'],
    read: ({ id }) => JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
  }),
];

const forPrompt = (name: string) => ({
  name,
  description: `The suite's own ${name}`,
  scopes: ['test:all'] as const,
});

export const prompts: readonly Prompt[] = [
  prompt({ ...forPrompt('test_simple_prompt'), run: () => 'This is a simple prompt for testing.' }),
  prompt({
    ...forPrompt('test_prompt_with_arguments'),
    arguments: z.object({ arg1: z.string().describe('First'), arg2: z.string().describe('Second') }),
    complete: { arg1: (typed) => ['testValue1', 'paris'].filter((value) => value.startsWith(typed)) },
    run: ({ arg1, arg2 }) => `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`,
  }),
  prompt({
    ...forPrompt('test_prompt_with_embedded_resource'),
    arguments: z.object({ resourceUri: z.string() }),
    run: ({ resourceUri: uri }) => [
      embedded({ uri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' }),
      'Please process the embedded resource above.',
    ],
  }),
  prompt({
    ...forPrompt('test_prompt_with_image'),
    run: () => [image(png, 'image/png'), 'Please analyze the image above.'],
  }),
  prompt({
    ...forPrompt('test_input_required_result_prompt'),
    run: async (_args, { ask }) =>
      JSON.stringify(
        await ask('What context should the prompt use?', z.object({ context: z.string() }), 'user_context'),
      ),
  }),
];
