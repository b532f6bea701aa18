import { expect, test } from 'vitest';
import { run } from '../support/program.ts';
import { registryEnvironment } from '../support/registry.ts';

test('programs under test keep what it takes to reach a registry, and nothing else of the shell', async () => {
  const reach = {
    NODE_EXTRA_CA_CERTS: '/company.pem',
    https_proxy: 'http://proxy:3128',
    NO_PROXY: 'localhost',
    npm_config_cafile: '/company.pem',
    npm_config_userconfig: '/company.npmrc',
    'npm_config_//registry.example/:_authToken': 'x',
  };
  expect(registryEnvironment({ ...reach, npm_config_json: 'true', HOST: 'here', PORT: '1' })).toEqual(reach);
  const ours = registryEnvironment();
  const { stdout } = await run(process.execPath, ['-p', 'JSON.stringify(process.env)']);
  expect(JSON.parse(stdout)).toMatchObject(ours);
});
