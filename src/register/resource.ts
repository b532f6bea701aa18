import { waysToRegister } from '../doctor/client-registration.ts';
import { gatherScalekit } from '../doctor/gather/scalekit.ts';
import { authorizationMetadata, strings, summary } from '../doctor/reading.ts';
import { parseIssuer } from '../scalekit/index.ts';

/** A registered MCP server according to its own authorization server metadata (RFC 8414), which is authoritative. */
export interface Resource {
  readonly issuer: string;
  readonly environmentUrl: string;
  readonly resourceId: string;
  readonly scopes: readonly string[];
  /** Whether clients can identify themselves, by registration or by a metadata document. */
  readonly takesClients: boolean;
}

/** The resource, or why it could not be read. */
export type ReadResource =
  | { readonly read: true; readonly resource: Resource }
  | { readonly read: false; readonly why: string };

/**
 * Reads the metadata from the environment, at whichever of the two addresses answers.
 * @param environmentUrl an origin without trailing slash.
 */
export async function readResource(
  environmentUrl: string,
  id: string,
  signal: AbortSignal,
): Promise<ReadResource> {
  const answers = await gatherScalekit(environmentUrl, id, { signal });
  const metadata = authorizationMetadata(answers);
  if (metadata === undefined)
    return { read: false, why: `${answers.metadata.url}: ${summary(answers.metadata)}` };
  const issuer = String(metadata.issuer);
  const parts = parseIssuer(issuer);
  if (parts === undefined || parts.resourceId !== id)
    return { read: false, why: `${answers.metadata.url}: its issuer is ${issuer}` };
  const ways = waysToRegister(metadata);
  const resource = { issuer, ...parts, scopes: strings(metadata.scopes_supported) };
  return { read: true, resource: { ...resource, takesClients: ways.dynamic || ways.documents } };
}
