import type { Project } from './layout.ts';
import { type RunningProgram, type StartOptions, startNode, startProgram } from './programs.ts';

/**
 * Run before `server.py`: when we are gone, even by SIGKILL, the pipe between us breaks and the server ends too, instead of
 * keeping its port forever.
 */
const endWithParent = `
import os, runpy, signal, sys, threading
def watch():
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=watch, daemon=True).start()
sys.path[0] = os.getcwd()
sys.argv = [sys.argv[1]]
runpy.run_path(sys.argv[0], run_name="__main__")
`;

/**
 * Starts a project's server, in its folder. It ends when we do.
 * @param first URL of a module that is loaded before a TypeScript server's own code.
 */
export function runServer(
  project: Project,
  options: Omit<StartOptions, 'cwd'>,
  first?: string,
): RunningProgram {
  const started = { ...options, cwd: project.directory };
  if (project.language === 'typescript') {
    const imports = first === undefined ? [] : ['--import', first];
    return startNode(['--enable-source-maps', ...imports, project.entry], started);
  }
  // Unbuffered, so that what it prints is seen; without bytecode, which git would list in a project without our .gitignore.
  const env = { ...options.env, PYTHONUNBUFFERED: '1' };
  return startProgram(project.interpreter, ['-c', endWithParent, project.entry], { ...started, env });
}
