import { interpreterIn } from '../../../project/layout.ts';
import { lastLines, type RunOptions, runProgram } from '../../../project/programs.ts';
import { UserError } from '../../../terminal/errors.ts';

/** The virtual environment of a Python project, `.venv/`: made by uv if it is installed, else by Python's own venv and pip. */

const written = 'The project was written, but its packages are not installed.';

/** The newest first. On Windows `py` is the launcher. */
const pythons = [
  ...(process.platform === 'win32' ? [['py', '-3']] : []),
  ...['python3', 'python', 'python3.14', 'python3.13', 'python3.12', 'python3.11'].map((name) => [name]),
];

const isRecent = 'import sys; sys.exit(sys.version_info < (3, 11))';

/** @returns the command of the first Python that is recent enough. */
async function findPython(options: RunOptions): Promise<readonly string[] | undefined> {
  for (const [program = '', ...args] of pythons) {
    const { exitCode } = await runProgram(program, [...args, '-c', isRecent], { ...options, limit: 10_000 });
    if (exitCode === 0) return [program, ...args];
  }
  return undefined;
}

async function runOrFail(
  [program = '', ...args]: readonly string[],
  options: RunOptions,
  hint: (output: string) => string | undefined = () => undefined,
): Promise<void> {
  const { exitCode, output } = await runProgram(program, args, options);
  if (exitCode === 0) return;
  const how = exitCode === undefined ? 'was ended' : `ended with exit code ${exitCode}`;
  const why = hint(output) ?? lastLines(output);
  throw new UserError(`\`${[program, ...args].join(' ')}\` ${how}. ${written}\n${why}`, {
    code: 'install/python',
  });
}

/** Debian and Ubuntu have the module in a separate package. */
function venvHint(output: string): string | undefined {
  return /ensurepip is not|No module named '?venv/.test(output)
    ? 'Python has no venv here: install it (Debian, Ubuntu: apt install python3-venv), or install uv.'
    : undefined;
}

/** pip and uv name the index, and retry for a while before they give up. */
function indexHint(output: string): string | undefined {
  return /NameResolutionError|NewConnectionError|Failed to fetch|dns error|ConnectTimeout|Max retries/i.test(
    output,
  )
    ? `The package index is not reachable. Check the network, HTTPS_PROXY and PIP_INDEX_URL.\n${lastLines(output, 4)}`
    : undefined;
}

/**
 * Makes `.venv/` and installs what pyproject.toml requires, including what is for development and tests.
 * @returns notes for the owner, as sentences.
 * @throws UserError if there is neither uv nor a recent Python, or the install fails.
 */
export async function installPython(options: RunOptions): Promise<readonly string[]> {
  const uv = await runProgram('uv', ['--version'], { ...options, limit: 10_000 });
  if (uv.exitCode === 0) {
    // The virtual environment that is active in this shell is not the project's.
    const { VIRTUAL_ENV: _active, ...env } = options.env;
    await runOrFail(['uv', 'sync', '--extra', 'dev'], { ...options, env }, indexHint);
    return [];
  }
  const python = await findPython(options);
  if (python === undefined)
    throw new UserError(
      `Neither uv nor Python 3.11 or later was found. ${written} Install uv (https://docs.astral.sh/uv/) or Python (https://www.python.org/downloads/).`,
      { code: 'install/no-python' },
    );
  await runOrFail([...python, '-m', 'venv', '.venv'], options, venvHint);
  const interpreter = interpreterIn(options.cwd) ?? '';
  const pip = [
    '-m',
    'pip',
    'install',
    '--disable-pip-version-check',
    '--quiet',
    '--no-compile',
    '-e',
    '.[dev]',
  ];
  await runOrFail([interpreter, ...pip], options, indexHint);
  return [];
}
