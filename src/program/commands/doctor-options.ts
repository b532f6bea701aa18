/** The doctor's flags and their summaries, apart from it: the table of commands is read without loading what they need. */
export const doctorOptions: ReadonlyArray<readonly [flags: string, summary: string]> = [
  ['--offline', 'look at files only, and ask nothing over the network'],
  ['--token <jwt|->', 'an access token to judge, claim by claim (- reads stdin; or SCALEKIT_MCP_TOKEN)'],
  ['--fix', 'show what can be mended, ask, and mend it'],
  ['--yes', 'with --fix: do not ask'],
  ['--watch', 'look again when .env, the source or the server changes'],
  ['--only <list>', 'these codes or steps alone, e.g. SKM108,server'],
  ['--skip <list>', 'all but these codes or steps'],
  ['--fail-on <level>', 'error | warning: what makes the exit code 1 (default error)'],
  ['--verbose', 'every check, with what was seen'],
  ['--quiet', 'a line for each finding, and nothing else'],
  ['--format <name>', 'text | json | github (annotations)'],
  ['--json', 'the same as --format json'],
  ['--save <file>', 'write what was seen, without secrets, for a bug report'],
  ['--from <file>', 'judge what --save has written, here or elsewhere'],
  ['--explain <code>', 'what a code means, at length'],
];
