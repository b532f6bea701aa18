// How the log is written in a process that runs only this server.

/**
 * What is logged in one turn of the event loop is written to stderr at once: each write to the system costs more than its line.
 * Not for hosts that stop a process between two requests.
 */
export function writeOnceATurn(): (line: string) => void {
  let waiting = '';
  const write = () => {
    const text = waiting;
    waiting = '';
    if (text !== '') process.stderr.write(text);
  };
  // Whatever the end is, what was logged before it is written.
  process.once('exit', write);
  return (line) => {
    if (waiting === '') setImmediate(write);
    waiting += line;
  };
}
