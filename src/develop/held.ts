import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// A server that is started before its code is compiled: it loads what takes long, and waits.

/** What we tell the program that is held. */
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
      // Without this nothing would keep a process alive that waits.
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

/** An ejected project has no such package, and loads everything when it begins. */
function packageToLoad(directory: string): string {
  try {
    const path = createRequire(join(directory, 'package.json')).resolve('scalekit-mcp-server');
    // What is wrong with it, its own code will find out, and say.
    return `await import(${JSON.stringify(pathToFileURL(path).href)}).catch(() => {});`;
  } catch {
    return '';
  }
}
