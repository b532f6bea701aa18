// Data of an organization: its members share it, and nobody else sees it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer, type TestServer } from './support.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** @param oid the organization that the token names. */
async function callAs(subject: string, oid: string | undefined) {
  const token = await server.scalekit.mint({ subject, claims: { oid } });
  return await server.call('colleagues', {}, { token });
}

describe('colleagues', () => {
  it('is shared by the members of an organization, and by nobody else', async () => {
    await callAs('usr_1', 'org_1');
    const other = await callAs('usr_3', 'org_2');
    assert.deepEqual(other.result, { organization: 'org_2', callers: ['usr_3'] });
    const second = await callAs('usr_2', 'org_1');
    assert.deepEqual(second.result, { organization: 'org_1', callers: ['usr_1', 'usr_2'] });
  });

  it('says so if the token names no organization', async () => {
    const { status, error } = await callAs('usr_1', undefined);
    assert.equal(status, 200);
    assert.match(error ?? '', /names no organization/);
  });
});
