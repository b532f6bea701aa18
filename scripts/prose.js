// Compiles the prose of templates (.hbs) to data, which src/create/rendering.ts puts together. Handlebars reads it, whose parser also
// knows which line breaks belong to a tag. Its own functions would need its runtime, which is most of what a start would then have to load.
import Handlebars from 'handlebars';

function refuse(node, why) {
  throw new Error(`${why} is not used in templates (line ${node.loc.start.line}, ${node.type})`);
}

function nameOf(path) {
  if (path.type !== 'PathExpression' || path.data) refuse(path, 'What is not a name');
  return [path.depth, ...path.parts];
}

const blocks = new Set(['if', 'unless', 'each']);

function pieceOf(node) {
  if (node.type === 'ContentStatement') return node.value;
  if (node.type === 'CommentStatement') return '';
  if (node.hash || (node.params?.length ?? 0) > (node.type === 'BlockStatement' ? 1 : 0))
    refuse(node, 'A parameter');
  if (node.type === 'MustacheStatement') return ['name', nameOf(node.path)];
  if (node.type !== 'BlockStatement') return refuse(node, 'This');
  const kind = node.path.original;
  if (!blocks.has(kind)) refuse(node, `{{#${kind}}}`);
  return [kind, nameOf(node.params[0]), piecesOf(node.program), piecesOf(node.inverse)];
}

function piecesOf(program) {
  return (program?.body ?? []).map(pieceOf).filter((piece) => piece !== '');
}

/** @returns the pieces of a template, as src/create/rendering.ts describes them. */
export function compileProse(text) {
  return piecesOf(Handlebars.parse(text));
}
