/** The parts of the environment that say where we run. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @returns whether the person would see a browser that is opened here: not over SSH, and on Linux not without a
 *   display, unless `BROWSER` names one. `BROWSER=none` says that there is none.
 */
export function canOpenBrowser(env: Environment, platform: NodeJS.Platform = process.platform): boolean {
  if (env.BROWSER === 'none') return false;
  if (env.BROWSER) return true;
  if (env.SSH_CONNECTION || env.SSH_TTY) return false;
  const isWsl = env.WSL_DISTRO_NAME !== undefined;
  return platform !== 'linux' || isWsl || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** Opens a page in the person's browser. @returns whether something was started, which does not mean that they see it. */
export async function openBrowser(url: URL): Promise<boolean> {
  try {
    const { default: open } = await import('open');
    await open(url.href);
    return true;
  } catch {
    return false;
  }
}
