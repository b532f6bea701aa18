import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// A server process that is started before its code is compiled: it loads the slow packages, then waits.

/** The messages to the waiting server. */
export const held = { begin: 'scalekit-mcp dev: begin', listen: 'scalekit-mcp dev: listen' } as const;

/**
 * Loaded into a server before its own code, by `--import`. It loads the packages, which takes most of a start, and lets the
 * server's own code begin when it is told to; then it holds the server back once more, before it listens, until the one before
 * has given up the port.
 * @param directory the project's.
 * @returns a module, as a URL.
 */
export function holdingModule(directory: string): string {
  const source = `
    import { Server } from 'node:net';
    const told = (word) => new Promise((resolve) => {
      const hear = (message) => {
        if (message !== word) return;
        process.off('message', hear);
        process.channel?.unref();
        resolve();
      };
      process.on('message', hear);
      // Without this the waiting process would exit.
      process.channel?.ref();
    });
    const begin = told(${JSON.stringify(held.begin)});
    ${packageToLoad(directory)}
    await begin;
    const { listen } = Server.prototype;
    let free;
    Server.prototype.listen = function (...args) {
      free ??= told(${JSON.stringify(held.listen)}).finally(() => { Server.prototype.listen = listen; });
      process.send?.(${JSON.stringify(held.listen)});
      free.then(() => listen.apply(this, args)).catch((error) => this.emit('error', error));
      return this;
    };
  `;
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

/** An ejected project does not have this package, and loads everything when its own code begins. */
function packageToLoad(directory: string): string {
  try {
    const path = createRequire(join(directory, 'package.json')).resolve('scalekit-mcp-server');
    // If a package cannot be loaded, the server's own code reports it.
    return `await import(${JSON.stringify(pathToFileURL(path).href)}).catch(() => {});`;
  } catch {
    return '';
  }
}
