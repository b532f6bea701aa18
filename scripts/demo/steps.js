// Prints a walk so that a person can follow it: for each step a numbered headline, the request and the response.

const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
let number = 0;

export const step = (title) => console.log(`\n${paint('1;36', `${String(++number).padStart(2)}. ${title}`)}`);
export const request = (text) => console.log(`    ${paint('2', '→')} ${text}`);
export const answer = (text) => console.log(`    ${paint('32', '←')} ${text}`);
export const note = (text) => console.log(`      ${paint('2', text)}`);

/** Shows an object, a line per member; long values are cut. */
export function show(object, names = Object.keys(object)) {
  const width = Math.max(...names.map((name) => name.length));
  for (const name of names) {
    const value = typeof object[name] === 'string' ? object[name] : JSON.stringify(object[name]);
    note(`${name.padEnd(width)}  ${value?.length > 110 ? `${value.slice(0, 110)}…` : value}`);
  }
}

/** Ends the walk if the response is not a protected server's. */
export function expect(condition, what, got) {
  if (!condition)
    throw new Error(`Expected ${what}; got ${typeof got === 'string' ? got : JSON.stringify(got)}.`);
}
