import { describeGenerated } from '../../e2e/describe-generated.ts';

describeGenerated({
  title: 'the todo server with scopes of another name',
  options: ['--name', 'Tasks', '--scopes', 'team:tasks:write team:tasks:read audit'],
  name: 'Tasks',
  scopes: ['team:tasks:write', 'team:tasks:read', 'audit'],
  tools: ['create_todo', 'delete_todo', 'get_todo', 'list_todos', 'update_todo'],
  narrow: 'team:tasks:read',
  allowed: 'list_todos',
  denied: { tool: 'create_todo', scope: 'team:tasks:write', args: { title: 'Buy milk' } },
});
