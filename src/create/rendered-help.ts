/** The help as most terminals show it. */
export interface RenderedHelp {
  /** Undefined where nothing was built. */
  readonly text: string | undefined;
  /** A narrower terminal needs it wrapped anew. */
  readonly columns: number;
}

/** The build puts what `createHelp` returns here (scripts/rendered-help.js), so that `--help` loads neither the table nor what it is made of. */
export const renderedHelp: RenderedHelp = { text: undefined, columns: 120 };
