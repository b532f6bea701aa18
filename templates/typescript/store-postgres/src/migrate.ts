// `npm run migrate`: brings the database up to date. In the image: `node dist/src/migrate.js`.
import { existsSync } from 'node:fs';
import { Client } from 'pg';
import { clientOptions, databaseUrl } from './database.ts';
import { migrate } from './migrations.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

try {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const client = new Client(clientOptions(databaseUrl()));
  await client.connect();
  try {
    const taken = await migrate(client);
    for (const name of taken) say(`Migrated: ${name}`);
    if (taken.length === 0) say('The database is up to date.');
  } finally {
    await client.end();
  }
} catch (error) {
  const { message, code, stack } = error as NodeJS.ErrnoException;
  process.stderr.write(`The database was not migrated; nothing was changed: ${message || code}\n`);
  if (process.env.DEBUG) process.stderr.write(`${stack}\n`);
  process.exitCode = 1;
}
