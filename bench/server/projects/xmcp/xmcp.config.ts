import type { XmcpConfig } from 'xmcp';

// The port is fixed at build time, hence fixed here; the folders that we have no use for are switched off.
const config: XmcpConfig = { http: { port: 38431 }, paths: { prompts: false, resources: false } };

export default config;
