import type { Tool } from 'scalekit-mcp-server';
import { cart, order, search } from './shop.ts';

export const tools: readonly Tool[] = [search, cart, order];
