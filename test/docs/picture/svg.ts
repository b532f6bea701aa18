import type xterm from '@xterm/headless';

type Buffer = InstanceType<typeof xterm.Terminal>['buffer']['active'];
type Cell = NonNullable<ReturnType<NonNullable<ReturnType<Buffer['getLine']>>['getCell']>>;

/** Text in one style: its position and its style. */
export interface Run {
  readonly column: number;
  readonly text: string;
  readonly colour: string | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
}

export type Line = readonly Run[];

/** The sixteen colours of a terminal, on a dark ground. */
const palette = [
  ...['#484f58', '#ff7b72', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#c9d1d9'],
  ...['#6e7681', '#ffa198', '#7ee787', '#f2cc60', '#a5d6ff', '#e2c5ff', '#b3f0ff', '#ffffff'],
];

function lookOf(cell: Cell): Omit<Run, 'column' | 'text'> {
  return {
    colour: cell.isFgPalette() ? palette[cell.getFgColor()] : undefined,
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
  };
}

/** @returns the text on a screen, without empty lines at its end. */
export function linesOf(buffer: Buffer): readonly Line[] {
  const lines: Line[] = [];
  for (let row = 0; row < buffer.length; row += 1) {
    const line = buffer.getLine(row);
    const runs: Array<{ -readonly [Key in keyof Run]: Run[Key] }> = [];
    const width = line?.translateToString(true).length ?? 0;
    for (let column = 0; column < width; column += 1) {
      const cell = line?.getCell(column);
      if (cell === undefined) continue;
      const look = lookOf(cell);
      const last = runs.at(-1);
      const isSame =
        last !== undefined && last.colour === look.colour && last.bold === look.bold && last.dim === look.dim;
      if (isSame) last.text += cell.getChars() || ' ';
      else runs.push({ column, text: cell.getChars() || ' ', ...look });
    }
    lines.push(runs);
  }
  while (lines.at(-1)?.length === 0) lines.pop();
  return lines;
}

/** No-break spaces, because viewers differ in whether they collapse plain ones. */
const escaped = (text: string) =>
  text
    .replaceAll(' ', '\u00a0')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

const cell = { width: 8.4, height: 19 };
const margin = { x: 18, top: 46, bottom: 18 };

function textOf({ column, text, colour, bold, dim }: Run): string {
  const attributes = [
    `x="${(margin.x + column * cell.width).toFixed(1)}"`,
    ...(colour === undefined ? [] : [`fill="${colour}"`]),
    ...(bold ? ['font-weight="600"'] : []),
    ...(dim ? ['opacity="0.65"'] : []),
  ];
  return `<tspan ${attributes.join(' ')}>${escaped(text)}</tspan>`;
}

/** @returns a picture of a terminal, as one SVG without scripts or fonts of its own. */
export function svgOf(title: string, lines: readonly Line[], columns: number): string {
  const width = Math.ceil(2 * margin.x + columns * cell.width);
  const height = margin.top + lines.length * cell.height + margin.bottom;
  const rows = lines.flatMap((line, row) => {
    const y = margin.top + (row + 0.75) * cell.height;
    return line.length === 0 ? [] : [`<text y="${y.toFixed(1)}">${line.map(textOf).join('')}</text>`];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" rx="10" fill="#0d1117"/>
<g fill="#30363d"><circle cx="22" cy="20" r="6"/><circle cx="42" cy="20" r="6"/><circle cx="62" cy="20" r="6"/></g>
<g fill="#c9d1d9" font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14">
${rows.join('\n')}
</g>
</svg>
`;
}
