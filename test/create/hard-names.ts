/** Names that break careless code: quotes of every kind, templates, markup, other scripts, great length. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is no template, and must not become one
export const hardName = 'It\'s "mine" `${process.exit(1)}` {{name}} \\n </h1> & | * _ # 🙂 مهام שלום';

export const hardNames: readonly string[] = [
  hardName,
  "'",
  '"',
  '`',
  '\\',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is no template, and must not become one
  '${name}',
  '{{{name}}} {{#if x}}',
  '$& $1 $$',
  '*/ // <!-- -->',
  '👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  'العربية',
  'n'.repeat(200),
  '🙂'.repeat(200),
];
