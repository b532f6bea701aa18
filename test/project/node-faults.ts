/**
 * Where `util.parseEnv` of Node.js 22 and later reads what nobody has written: the next line as a value of blanks alone;
 * `export` as part of a name without a value; a variable without a name; a byte order mark as a letter; an indented comment
 * below another as a name.
 */
export const nodesFaults = new RegExp(
  [
    /=[ \t\r]+\n/,
    /export[^=\n]*=\r*(?:\n|$)/,
    /(?:^|\n)[ \t\r]*(?:export[ \t\r]*)?=/,
    /^\ufeff/,
    /#[^\n]*\n[ \t\r\n]+#/,
  ]
    .map(({ source }) => source)
    .join('|'),
);
