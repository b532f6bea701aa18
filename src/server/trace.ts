// Which trace a request belongs to (W3C Trace Context): said in the message (MCP 2026-07-28) or in the header.
import { TRACEPARENT_META_KEY } from '@modelcontextprotocol/server';

/** Version, trace, parent and flags. What has another form is nobody's trace, and is not repeated in a log. */
const form = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/** @param meta the `_meta` of the request. @param header its `traceparent` header. */
export function traceparentOf(
  meta: Readonly<Record<string, unknown>> | undefined,
  header: string | readonly string[] | undefined,
): string | undefined {
  const said = meta?.[TRACEPARENT_META_KEY] ?? header;
  return typeof said === 'string' && form.test(said) ? said : undefined;
}
