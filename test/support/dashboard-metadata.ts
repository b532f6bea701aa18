/** Metadata JSON as the dashboard gives it (docs/scalekit.md#metadata-json). */
export const dashboardMetadata = {
  authorization_servers: ['https://acme.scalekit.dev/resources/res_123'],
  bearer_methods_supported: ['header'],
  resource: 'http://localhost:3002/',
  resource_documentation: 'http://localhost:3002/docs',
  scopes_supported: ['todo:read', 'todo:write'],
};
