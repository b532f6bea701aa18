import type { Language } from '../../language.ts';
import { docker, memory } from '../overlays.ts';
import { blank, todo } from '../templates.ts';

export const python: Language = {
  value: 'python',
  label: 'Python',
  hint: 'FastMCP; Python 3.11',
  templates: [todo, blank],
  overlays: [memory, docker],
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
