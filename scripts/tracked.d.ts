/** @returns what git knows or would add below a folder, as paths from the repository with slashes, sorted. */
export function trackedFiles(folder: string): string[];
