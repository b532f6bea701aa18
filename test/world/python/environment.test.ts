import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makePythonProject } from '../../security/project.ts';
import { lacks } from '../../support/needs.ts';
import { pythonNeeds } from '../../support/packages.ts';
import { run } from '../../support/program.ts';
import { ownProject } from './own.ts';

/** What `.env` means to FastMCP. The rest of test/security/environment.test.ts runs a second time for Python. */
describe.skipIf(lacks(".env as FastMCP's settings", pythonNeeds))('.env of a project in Python', () => {
  test('has variables of FastMCP, too, and may be in another encoding than UTF-8', async () => {
    const text = Buffer.from('# caf\xe9\nFASTMCP_LOG_LEVEL=ERROR\nEXTRA=caf\xe9\n', 'latin1');
    const own = await ownProject(await makePythonProject('todo'), { '.env': text });
    const code = 'import protection, fastmcp, os; print(fastmcp.settings.log_level, os.environ["EXTRA"])';
    const { stdout, stderr } = await run(join(own, '.venv/bin/python'), ['-X', 'utf8', '-c', code], {
      cwd: own,
    });
    expect(stdout, stderr).toBe('ERROR caf\ufffd\n');
  });
});
