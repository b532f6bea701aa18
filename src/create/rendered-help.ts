/** The help as most terminals show it. */
export interface RenderedHelp {
  /** Undefined if it was not built. */
  readonly text: string | undefined;
  /** In a narrower terminal it has to be wrapped again. */
  readonly columns: number;
}

/** The build puts the result of `createHelp` here (scripts/rendered-help.js), so that `--help` loads neither the table nor its rules. */
export const renderedHelp: RenderedHelp = { text: undefined, columns: 120 };
