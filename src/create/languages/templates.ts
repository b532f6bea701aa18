import type { TemplateRow } from '../language.ts';

/** What a project can start from, the same in every language. */

export const todo: TemplateRow = {
  value: 'todo',
  label: 'Todo server',
  hint: 'five tools, a store, per-user data',
  directory: 'todo-mcp',
  needsPair: true,
};

export const blank: TemplateRow = {
  value: 'blank',
  label: 'Blank server',
  hint: 'one example tool for each scope',
  directory: 'mcp-server',
  needsPair: false,
};
