// What tools and prompts say beside structured data: text, images, audio, and resources, linked or whole.
import type {
  AudioContent,
  ContentBlock,
  EmbeddedResource,
  ImageContent,
  ResourceLink,
} from '@modelcontextprotocol/server';

/** One piece of content, in MCP's own form: what the functions beside it make, or the same written out. */
export type Content = ContentBlock;

/** Content as it is easiest to write: a string is text. */
export type Contents = string | Content | ReadonlyArray<string | Content>;

/** Bytes, or the base64 of them. */
export type Bytes = Uint8Array | string;

/**
 * A picture.
 *
 * @example
 * run: async () => image(await readFile('chart.png'), 'image/png')
 */
export function image(data: Bytes, mimeType: string): ImageContent {
  return { type: 'image', data: base64(data), mimeType };
}

/**
 * A sound.
 *
 * @example
 * run: async ({ text }) => audio(await speak(text), 'audio/wav')
 */
export function audio(data: Bytes, mimeType: string): AudioContent {
  return { type: 'audio', data: base64(data), mimeType };
}

/**
 * A link to a resource, which the client reads when it wants to. It may belong to another server.
 *
 * @example
 * run: ({ id }) => ['Saved.', resourceLink({ uri: `note://${id}`, name: 'The note' })]
 */
export function resourceLink(link: Omit<ResourceLink, 'type'>): ResourceLink {
  return { type: 'resource_link', ...link };
}

/** A resource with what it contains: text, or bytes. */
export interface Embedded {
  readonly uri: string;
  readonly mimeType?: string;
  readonly text?: string;
  readonly bytes?: Bytes;
}

/**
 * A whole resource, for what the model should read at once.
 *
 * @example
 * run: () => embedded({ uri: 'report://today', mimeType: 'text/markdown', text: '# Today' })
 */
export function embedded({ uri, mimeType, text, bytes }: Embedded): EmbeddedResource {
  const type = mimeType === undefined ? {} : { mimeType };
  const contents = bytes === undefined ? { text: text ?? '' } : { blob: base64(bytes) };
  return { type: 'resource', resource: { uri, ...type, ...contents } };
}

/** Structured data with content beside it, as `withContent` makes it. */
export class WithContent<Structured> {
  readonly structured: Structured;
  readonly content: readonly Content[];

  constructor(structured: Structured, content: readonly Content[]) {
    this.structured = structured;
    this.content = content;
  }
}

/**
 * Adds content to the structured result of a tool that has an output schema. Clients get both.
 *
 * @example
 * run: async () => withContent({ open: 3 }, image(await chart(), 'image/png'))
 */
export function withContent<Structured>(
  structured: Structured,
  ...content: ReadonlyArray<string | Content>
): WithContent<Structured> {
  return new WithContent(structured, contentOf(content));
}

/** @returns content in MCP's form. */
export function contentOf(contents: Contents): Content[] {
  const list = Array.isArray(contents) ? contents : [contents as string | Content];
  return list.map((each: string | Content) =>
    typeof each === 'string' ? { type: 'text', text: each } : each,
  );
}

/** Text that is given for bytes is base64 already. */
export function base64(data: Bytes): string {
  if (typeof data === 'string') return data;
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
}
