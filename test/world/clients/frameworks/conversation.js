/** Lists the tools, calls one, then one whose scope the token lacks, then the first again; prints what came of it. */
export async function tryTools(names, call) {
  const attempt = (name, args) =>
    call(name, args).then(
      (result) => JSON.stringify(result),
      (error) => `${error.name}: ${error.message}`,
    );
  const seen = {
    tools: names,
    allowed: await attempt('list_todos', { limit: 1 }),
    refused: await attempt('create_todo', { title: 'Refused' }),
    again: await attempt('list_todos', { limit: 1 }),
  };
  process.stdout.write(`${JSON.stringify(seen)}\n`);
  process.exit();
}
