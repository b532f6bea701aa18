import type { XmcpConfig } from 'xmcp';

// xmcp fixes the port at build time, so it is fixed here; folders that we do not use are switched off.
const config: XmcpConfig = { http: { port: 38431 }, paths: { prompts: false, resources: false } };

export default config;
