/** What is known to work (docs/mcp.md#clients); the next major may have other options. */
export const inspectorRange = '@modelcontextprotocol/inspector@^2.12.0';

/** The oldest Node.js that the Inspector supports: `engines` of its package.json. */
export const inspectorNode = '22.19';

/** @param version of a Node.js, such as `24.1.0`. */
export function isNodeForInspector(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [least = 0, leastMinor = 0] = inspectorNode.split('.').map(Number);
  return major > least || (major === least && minor >= leastMinor);
}
