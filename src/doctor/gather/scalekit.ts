import { endpoints } from '../../scalekit/index.ts';
import type { ScalekitFacts } from '../facts.ts';
import { type ProbeOptions, probe } from '../probe.ts';

/** Asks an MCP server's authorization server for its keys and for its metadata in both forms. */
export async function gatherScalekit(
  environmentUrl: string,
  resourceId: string,
  options: ProbeOptions,
): Promise<ScalekitFacts> {
  const urls = endpoints(environmentUrl, resourceId);
  const [metadata, metadataAppended, keys] = await Promise.all([
    probe({ url: urls.metadata }, options),
    probe({ url: urls.metadataAppended }, options),
    probe({ url: urls.keys }, options),
  ]);
  return { issuer: urls.issuer, environmentUrl, resourceId, metadata, metadataAppended, keys };
}
