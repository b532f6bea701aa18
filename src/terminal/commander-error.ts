import type { CommanderError } from 'commander';
import { UsageError } from './errors.ts';

/** Turns commander's error into a UsageError, which names the valid options if the option was unknown. */
export function usageErrorOf(error: CommanderError, valid: readonly string[], help: string): UsageError {
  const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  const known = error.code === 'commander.unknownOption' || error.code === 'commander.unknownCommand';
  return new UsageError(known ? `${message}\n  valid: ${valid.join(' ')}` : message, {
    code: error.code.replace('commander.', 'arguments/'),
    next: help,
  });
}
