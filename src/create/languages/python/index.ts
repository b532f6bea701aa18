import type { Language, Overlay } from '../../language.ts';
import { blank, todo } from '../templates.ts';

const overlays: readonly Overlay[] = [
  {
    option: 'store',
    value: 'memory',
    label: 'Memory',
    templates: ['todo'],
    isDefault: true,
    oneProcess: true,
  },
  { option: 'deploy', value: 'docker', label: 'Docker', templates: ['todo', 'blank'], isDefault: true },
];

export const python: Language = {
  value: 'python',
  label: 'Python',
  hint: 'FastMCP; Python 3.11',
  templates: [todo, blank],
  overlays,
  ownPackages: ['scalekit-mcp'],
  // A package of this name would hide the one that the server imports.
  takenNames: [
    ...[
      'scalekit-mcp',
      'fastmcp',
      'fastmcp-slim',
      'mcp',
      'mcp-types',
      'uvicorn',
      'starlette',
      'pyjwt',
      'h11',
    ],
    ...['httpx2', 'pydantic', 'python-dotenv', 'typing-extensions', 'mypy', 'pytest', 'ruff'],
  ],
  load: async () => (await import('./parts.ts')).parts,
};
