/** The switches of the local Scalekit, as `emulate` and `dev` list them; on its own, so that help loads nothing else. */
export const switchOptions: ReadonlyArray<readonly [flags: string, summary: string]> = [
  [
    '--client-documents <on|off|bundled>',
    'client id metadata documents: on fetches them, off makes clients register, bundled works offline (default)',
  ],
];
