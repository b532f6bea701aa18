// Which scopes something needs, where it is listed: clients can ask for them before a call instead of after a refusal.

/** As OpenAI's Apps SDK has it for tools. A public one takes a token too, and then knows the user. */
export function securitySchemesOf(scopes: readonly string[], isPublic = false): object[] {
  const oauth2 = { type: 'oauth2', scopes: [...scopes] };
  return isPublic ? [{ type: 'noauth' }, oauth2] : [oauth2];
}

/** The same where clients drop members that the specification does not name. */
export function securityMeta(scopes: readonly string[]): Record<string, unknown> {
  return { securitySchemes: securitySchemesOf(scopes) };
}
