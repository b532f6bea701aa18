import { expect, test } from 'vitest';
import { chooseEnvironment } from '../../src/register/environments.ts';
import type { ListedEnvironment } from '../../src/register/prose.ts';
import { ScriptedPerson } from './walk.ts';

function environment(id: string, type: ListedEnvironment['type'], name = id): ListedEnvironment {
  return { id, name, type, domain: `${id}.scalekit.dev`, customDomain: undefined };
}

const one = environment('env_1', 'development', 'Dev');
const two = environment('env_2', 'development', 'Staging');
const live = environment('env_9', 'production', 'Live');

async function choose(
  environments: readonly ListedEnvironment[],
  options: { asked?: string; currentUrl?: string; yes?: boolean } = {},
) {
  const person = new ScriptedPerson();
  const choosing = { asked: undefined, currentUrl: undefined, yes: false, ...options, person };
  const chosen = await chooseEnvironment(environments, choosing).catch((error) => error);
  return { chosen: chosen.id ?? `${chosen.exitCode}: ${chosen.message}`, asked: person.asked };
}

test.each([
  ['the only one, without a question', [one], {}, 'env_1', 0],
  ['the only one, though it is for production: the plan says so', [live], {}, 'env_9', 0],
  ['of several a person chooses; development comes first', [live, two], {}, 'env_2', 1],
  ['that of .env', [one, live], { currentUrl: 'https://env_9.scalekit.dev' }, 'env_9', 0],
  ['by its id', [one, live], { asked: 'env_9' }, 'env_9', 0],
  ['by its name, in any case', [one, live], { asked: 'LIVE' }, 'env_9', 0],
  ['by its URL', [one, live], { asked: 'https://env_9.scalekit.dev/' }, 'env_9', 0],
  ['--yes takes the only development one', [live, one], { yes: true }, 'env_1', 0],
])('%s', async (_title, environments, options, id, questions) => {
  const { chosen, asked } = await choose(environments, options);
  expect(chosen).toBe(id);
  expect(asked).toHaveLength(questions);
});

test.each([
  ['none at all', [], {}, /^1: Your Scalekit workspace has no environment/],
  ['--yes alone, for production', [live], { yes: true }, /^2: .*none is for development:\n.*PRODUCTION/],
  ['--yes alone, of two', [one, two], { yes: true }, /^2: .*several are for development/],
  [
    'asked for, and not there',
    [one],
    { asked: 'env_7' },
    /^2: .*no such environment: env_7\n.*Dev \(DEV\) env_1/s,
  ],
  ['two of that name', [one, environment('env_3', 'development', 'Dev')], { asked: 'dev' }, /^2: .*Several/],
])('%s', async (_title, environments, options, said) => {
  expect((await choose(environments, options)).chosen).toMatch(said);
});
