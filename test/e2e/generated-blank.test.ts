import { describeGenerated } from './describe-generated.ts';

const oddName = `Bob’s "quoted" \`ticks\` \${x} {{y}} \\ </script> 🗒️ قائمة`;

describeGenerated({
  title: 'a blank server with an odd name',
  options: [
    '--template',
    'blank',
    '--name',
    oddName,
    '--scopes',
    'notes:read,Notes_Admin,x,toString,__proto__',
  ],
  name: oddName,
  // The last two are names of properties that every JavaScript object inherits.
  scopes: ['notes:read', 'Notes_Admin', 'x', 'toString', '__proto__'],
  tools: ['notes_read', 'notes_admin', 'x', 'tostring', 'proto'],
  narrow: 'notes:read',
  allowed: 'notes_read',
  denied: { tool: 'notes_admin', scope: 'Notes_Admin', args: {} },
});
