import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Context, type ExitCode, exitCodes } from '../terminal/context.ts';
import { UsageError, UserError } from '../terminal/errors.ts';
import { styled } from '../terminal/screen.ts';
import { packageRoot, version } from '../terminal/version.ts';
import { type Diagnosis, diagnose } from './diagnose.ts';
import type { Facts } from './facts/index.ts';
import { type Examination, readFlags } from './flags.ts';
import type { DoctorFlags } from './options.ts';
import { quietReport, textReport } from './report/text.ts';

/** `scalekit-mcp doctor`: from its options to facts, a diagnosis and a report. */

/** Lines wrap at the terminal's width, up to a width that is still easy to read. */
function widthOf(context: Context): number {
  return Math.max(60, Math.min(context.stdout.columns ?? 100, 110));
}

async function render(
  facts: Facts,
  diagnosis: Diagnosis,
  plan: Examination,
  context: Context,
): Promise<string> {
  if (plan.format === 'json') return (await import('./report/json.ts')).jsonReport(facts, diagnosis, version);
  if (plan.format === 'github') return (await import('./report/github.ts')).githubReport(diagnosis);
  if (plan.quiet) return quietReport(diagnosis);
  const paint: Parameters<typeof textReport>[2]['paint'] = (style, text) => styled(context, style, text);
  return textReport(facts, diagnosis, { paint, width: widthOf(context), verbose: plan.verbose });
}

async function readFacts(file: string): Promise<Facts> {
  const { loadFacts, UnusableFacts } = await import('./saved-facts.ts');
  return loadFacts(file).catch((error: unknown) => {
    throw error instanceof UnusableFacts ? new UsageError(error.message) : error;
  });
}

/** In a workspace, the package that is an MCP server is meant; if there are several, the person has to choose. */
async function packageIn(plan: Examination, context: Context): Promise<Examination> {
  const { target } = plan;
  if (target.url !== undefined || plan.from !== undefined) return plan;
  const { serversIn } = await import('./gather/workspace.ts');
  const [only, ...more] = await serversIn(target.directory);
  if (only === undefined) return plan;
  if (more.length > 0)
    throw new UsageError(`There are several MCP servers in this workspace: ${[only, ...more].join(', ')}`, {
      next: `cd ${only} && npx scalekit-mcp doctor`,
    });
  context.stderr.write(`Checking ${only}, the MCP server of this workspace.\n`);
  return { ...plan, target: { ...target, directory: resolve(target.directory, only) } };
}

/** What is there instead of a project that the doctor can read. */
async function noProject(directory: string): Promise<UsageError> {
  const { isOtherLanguage, serversBelow } = await import('./gather/workspace.ts');
  const [first, ...more] = await serversBelow(directory);
  if (first !== undefined)
    return new UsageError(
      `There is no project in this folder, but there is below it: ${[first, ...more].join(', ')}`,
      {
        next: `cd ${first} && npx scalekit-mcp doctor`,
      },
    );
  if (await isOtherLanguage(directory))
    return new UsageError(
      'The files of this project are in a language that the doctor does not read, and no URL was given.',
      {
        next: 'Start the server, and check it at its URL: npx scalekit-mcp doctor http://localhost:8080/mcp',
      },
    );
  return new UsageError('There is no project in this folder, and no URL was given.', {
    next: "Run it in your server's folder, or: npx scalekit-mcp doctor https://mcp.example.com/mcp",
  });
}

async function factsOf(plan: Examination): Promise<Facts> {
  if (plan.from !== undefined) return readFacts(plan.from);
  const { gatherFacts } = await import('./gather/index.ts');
  const facts = await gatherFacts(plan.target);
  if (!facts.project.known && plan.target.url === undefined && !facts.token.known)
    throw await noProject(plan.target.directory);
  return facts;
}

async function save(facts: Facts, file: string, context: Context): Promise<void> {
  const { saveFacts } = await import('./saved-facts.ts');
  await saveFacts(file, facts).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${file} cannot be written: ${error.code ?? error.message}`, { cause: error });
  });
  context.stderr.write(`What was found is in ${file}. It contains no token and no secret.\n`);
}

interface Examined {
  readonly facts: Facts;
  readonly diagnosis: Diagnosis;
}

async function examine(plan: Examination, context: Context): Promise<Examined> {
  const facts = await factsOf(plan);
  if (plan.save !== undefined) await save(facts, plan.save, context);
  await keepSurface(facts, context);
  return { facts, diagnosis: diagnose(facts, plan) };
}

/** The first run with `--surface` records the tools; later runs compare with that. */
async function keepSurface(facts: Facts, context: Context): Promise<void> {
  const { surface, tools } = facts;
  if (surface === undefined || surface.tools !== undefined || surface.problem !== undefined || !tools.known)
    return;
  const [{ toolFactsOf }, { surfaceOf, surfaceText }] = await Promise.all([
    import('./tools.ts'),
    import('./surface.ts'),
  ]);
  const list = toolFactsOf(tools.value.list);
  if (list === undefined) return;
  await writeFile(resolve(context.cwd, surface.file), surfaceText(surfaceOf(list)));
  context.stderr.write(`What clients know of the tools (${list.length}) is in ${surface.file}. Commit it.\n`);
}

async function show({ facts, diagnosis }: Examined, plan: Examination, context: Context): Promise<void> {
  context.stdout.write(await render(facts, diagnosis, plan, context));
}

/** Runs again after each change, until it is interrupted. */
async function keepWatching(plan: Examination, context: Context): Promise<never> {
  const { untilChanged, watchFiles } = await import('./watch.ts');
  const files = watchFiles(plan.target.directory, context.signal);
  for (;;) {
    const examination = await examine(plan, context);
    await show(examination, plan, context);
    context.stderr.write('Watching the project and its server. Ctrl-C ends it.\n');
    const { server } = examination.facts;
    const last = server.known ? { endpoint: server.value.endpoint, answer: server.value.noToken } : undefined;
    await untilChanged({ files, server: last, signal: context.signal });
  }
}

async function explain(code: string, context: Context): Promise<ExitCode> {
  const [{ readPage }, { codes, isCode }] = await Promise.all([import('./explain.ts'), import('./codes.ts')]);
  const known = code.toUpperCase();
  if (!isCode(known))
    throw new UsageError(
      `--explain: There is no such code: ${code}\n    expected one of ${codes.join(', ')}`,
    );
  context.stdout.write(await readPage(packageRoot, known));
  return exitCodes.ok;
}

/**
 * Says what is wrong with a project, its Scalekit and its server, and on which side.
 * @returns 0 nothing failed, 1 findings, 3 something could not be checked.
 * @throws UsageError if there is nothing to look at, or an option is wrong; what aborted the context.
 */
export async function doctor(flags: DoctorFlags, context: Context): Promise<ExitCode> {
  if (flags.explain !== undefined) return explain(flags.explain, context);
  if (flags.live) return (await import('./live/command.ts')).live(flags, context);
  const plan = await packageIn(await readFlags(flags, context), context);
  if (plan.watch) return keepWatching(plan, context);
  const examination = await examine(plan, context);
  if (!plan.fix) {
    await show(examination, plan, context);
    return examination.diagnosis.exitCode;
  }
  const { mend } = await import('./fix/mend.ts');
  const isForPeople = plan.format === 'text' && !plan.quiet;
  if (isForPeople) await show(examination, plan, context);
  const { hasChanged, hasFailed } = await mend(examination.facts, examination.diagnosis, plan, context);
  const then = hasChanged ? await examine(plan, context) : examination;
  // What could not be written is no success, even if what is left is advice.
  const isLeft = hasFailed && then.diagnosis.exitCode === exitCodes.ok;
  const after = isLeft ? { ...then, diagnosis: { ...then.diagnosis, exitCode: exitCodes.failed } } : then;
  if (hasChanged || !isForPeople) await show(after, plan, context);
  return after.diagnosis.exitCode;
}
