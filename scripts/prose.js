// Compiles the prose of templates (.hbs) to plain functions. Handlebars reads it, whose parser also knows which line breaks belong
// to a tag; its own functions would need its runtime, which is most of what a start would then have to load.
import Handlebars from 'handlebars';

/** What the functions call. A missing name is an error, and an empty list is falsy, as in Handlebars. */
export const runtime = `
  const own = (value, name) => {
    if (value === undefined || value === null || !Object.hasOwn(value, name))
      throw new Error('"' + name + '" not defined in the data of a template');
    return value[name];
  };
  const text = (value) => value === undefined || value === null ? '' : String(value);
  const holds = (value) => Array.isArray(value) ? value.length > 0 : Boolean(value);
`;

function refuse(node, why) {
  throw new Error(`${why} is not used in templates (line ${node.loc.start.line}, ${node.type})`);
}

/** @param depth how many lists we are in: c0 is the data, c1 an entry of the outermost list, and so on. */
function lookup(path, depth, { strict }) {
  if (path.type !== 'PathExpression' || path.data) refuse(path, 'What is not a name');
  const [last, ...before] = [...path.parts].reverse();
  const context = `c${depth - path.depth}`;
  if (last === undefined) return context;
  const parent = before.reverse().reduce((value, part) => `own(${value}, ${JSON.stringify(part)})`, context);
  // A condition may ask for a name that is missing.
  return strict ? `own(${parent}, ${JSON.stringify(last)})` : `${parent}[${JSON.stringify(last)}]`;
}

const blocks = {
  if: (value, body, inverse) => `(holds(${value}) ? ${body} : ${inverse})`,
  unless: (value, body, inverse) => `(holds(${value}) ? ${inverse} : ${body})`,
};

function expressionOf(node, depth) {
  if (node.type === 'ContentStatement') return JSON.stringify(node.value);
  if (node.type === 'CommentStatement') return "''";
  if (node.hash || (node.params?.length ?? 0) > (node.type === 'BlockStatement' ? 1 : 0))
    refuse(node, 'A parameter');
  if (node.type === 'MustacheStatement') return `text(${lookup(node.path, depth, { strict: true })})`;
  if (node.type !== 'BlockStatement') return refuse(node, 'This');
  const value = lookup(node.params[0], depth, { strict: false });
  const inverse = programOf(node.inverse, depth);
  if (node.path.original === 'each')
    return `(holds(${value}) ? ${value}.map((c${depth + 1}) => ${programOf(node.program, depth + 1)}).join('') : ${inverse})`;
  const block = blocks[node.path.original] ?? refuse(node, `{{#${node.path.original}}}`);
  return block(value, programOf(node.program, depth), inverse);
}

function programOf(program, depth) {
  const parts = (program?.body ?? []).map((node) => expressionOf(node, depth));
  return parts.length === 0 ? "''" : `(${parts.join(' + ')})`;
}

/** @returns the source of a function from a template's data to its text; it calls what `runtime` declares. */
export function compileProse(text) {
  return `(c0) => ${programOf(Handlebars.parse(text), 0)}`;
}
