// The tools of this server. One file a tool; a tool that is not in this list does not exist.
// The next one: copy a file beside this one, name its scopes, import it here, and add it to the list.
import type { Tool } from '../protect/tool.ts';
import { todoRead } from './todo-read.ts';

export const tools: readonly Tool[] = [todoRead];
