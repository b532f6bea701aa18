// A person with a browser: opens the address that a client prints or opens, and answers the consent page as PERSON_FILE says.
import { appendFileSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Browser } from '../../../../scripts/demo/browser.js';

const nowhere = 'nowhere:';

/** What is written on a page, without its markup. */
function textOf(html) {
  const text = html.replaceAll(/<(style|script|title)\b[\s\S]*?<\/\1>/g, '').replaceAll(/<[^>]*>/g, ' ');
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** Asks the system and not the client: some take the first connection for the answer. */
function listens(port) {
  const address = new RegExp(`:${Number(port).toString(16).toUpperCase().padStart(4, '0')} \\S+ 0A `, 'm');
  return ['/proc/net/tcp', '/proc/net/tcp6'].some((table) => address.test(readFileSync(table, 'utf8')));
}

/** A person reads for some seconds. Until then the client listens for its answer, which some begin after they open the page. */
async function read(url) {
  const { protocol, port } = new URL(url.searchParams.get('redirect_uri'));
  if (protocol !== 'http:') return;
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline && !listens(port)) await delay(50);
}

async function answer(browser, page, url, { grants, decision = 'Allow' }) {
  await read(url);
  const isWanted = ({ value }) => grants === undefined || grants.includes(value);
  const end = await browser.submit(page, decision, isWanted, nowhere);
  return {
    callback: end.url.replace(/\?.*/, ''),
    callbackStatus: end.status,
    callbackText: textOf(end.html),
  };
}

async function visit(url) {
  const browser = new Browser();
  const page = await browser.open(url.href, nowhere);
  const title = /<title>([^<]*)/.exec(page.html)?.[1];
  const seen = { title, status: page.status, text: textOf(page.html) };
  if (!page.html.includes('name="decision"')) return seen;
  const wishes = JSON.parse(readFileSync(process.env.PERSON_FILE, 'utf8'));
  return { ...seen, ...(await answer(browser, page, url, wishes)) };
}

const url = new URL(process.argv[2]);
const outcome = await visit(url).catch((error) => ({ error: String(error.cause?.message ?? error.message) }));
const asked = { clientId: url.searchParams.get('client_id'), scope: url.searchParams.get('scope') };
appendFileSync(`${process.env.PERSON_FILE}.visits`, `${JSON.stringify({ ...asked, ...outcome })}\n`);
