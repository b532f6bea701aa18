// What every rival's list_todos answers: the same five todos that are created in ours before it is measured.
import { randomUUID } from 'node:crypto';

export const todos = Array.from({ length: 5 }, (_, index) => ({
  id: randomUUID(),
  title: `Todo ${index + 1}`,
  description: 'Measure it, then say it.',
  completed: false,
}));
