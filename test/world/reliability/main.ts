import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lacks } from '../../support/needs.ts';
import { repository } from '../../support/repository.ts';
import { complaintsOfSqlite, killSqlite } from '../stores/sqlite-killed.ts';
import { page } from './page.ts';
import { complaintsOf, runFaults } from './run.ts';
import { siteNeeds } from './site.ts';

const rounds = 3;

const usage = `Usage: npm run reliability

Runs three replicas behind nginx, with Postgres and Redis, under load; kills, restarts, drains and replaces all of them, ${rounds} times
each; kills a server with SQLite 50 times; and writes docs/reliability.md. It takes some five minutes.`;

/** @returns the exit code: 1 if a write was lost, a call failed that must not fail, or the like. */
export async function main(args: readonly string[]): Promise<number> {
  if (args.length > 0) {
    console.error(usage);
    return args.includes('--help') ? 0 : 2;
  }
  if (lacks('the fault run', siteNeeds)) return 3;
  const say = (text: string) => console.error(text);
  const run = await runFaults(rounds, say);
  say('A server with SQLite is killed …');
  const sqlite = await killSqlite();
  const complaints = [...complaintsOf(run), ...complaintsOfSqlite(sqlite)];
  await writeFile(join(repository, 'docs/reliability.md'), page(run, sqlite, complaints));
  for (const complaint of complaints) say(complaint);
  say(`docs/reliability.md was written: ${complaints.length} complaints.`);
  return complaints.length === 0 ? 0 : 1;
}
