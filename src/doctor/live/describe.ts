import type { Answers, TokenShape } from '../../emulator/like.ts';
import { printable } from '../../scalekit/index.ts';

const list = (words: readonly string[]) => words.map((word) => printable(word)).join(', ') || 'none';
const yes = (value: boolean) => (value ? 'yes' : 'no');

function token(title: string, shape: TokenShape | undefined): readonly (readonly [string, string])[] {
  if (shape === undefined) return [];
  return [
    [`issuer of ${title}`, shape.issuer],
    [`aud of ${title}`, list(shape.audience ?? [])],
    [`scopes of ${title} are in`, list(shape.scopeClaims ?? [])],
    [`claims of ${title}`, list(shape.claims ?? [])],
    [`lifetime of ${title}`, shape.lifetime === undefined ? 'unsaid' : `${shape.lifetime} s`],
  ];
}

function refresh({ refresh: answer }: Answers): string | undefined {
  if (answer === undefined) return undefined;
  if (!answer.given) return 'none, although offline_access was asked for';
  const rotates = answer.rotates === undefined ? 'refused at once' : answer.rotates ? 'rotates' : 'stays';
  return `${rotates}; lifetime ${answer.lifetime === undefined ? 'unsaid' : `${answer.lifetime} s`}`;
}

/** @returns each answer as a person reads it, in the order of docs/scalekit.md. */
export function describeAnswers(answers: Answers): readonly string[] {
  const { metadataForms: forms, metadata, cors, registration, registrationError, revocation } = answers;
  const rows: ReadonlyArray<readonly [string, string | undefined]> = [
    ['metadata, inserted form', forms && String(forms.inserted)],
    ['metadata, appended form', forms && String(forms.appended)],
    ['openid-configuration of the resource', forms && String(forms.openIdConfiguration)],
    ['keys of the resource', forms && String(forms.keysOfResource)],
    ['issuer in the metadata', metadata?.issuer],
    ['members of the metadata', metadata && list(metadata.members)],
    ['registration offered', metadata && yes(metadata.registration)],
    ['client documents supported', metadata && yes(metadata.documents)],
    [
      'scripts of other origins',
      cors &&
        `metadata ${yes(cors.metadata)}, token ${yes(cors.token)}, registration ${yes(cors.registration)}`,
    ],
    [
      'a wrong registration',
      registrationError && `${registrationError.status}: ${list(Object.keys(registrationError.members))}`,
    ],
    ['a registration', registration && `${registration.status}: ${list(Object.keys(registration.members))}`],
    ["another server's resource", answers.foreignResource],
    ...token("a person's token", answers.token),
    ['OpenID scopes granted', answers.token && list(answers.token.openIdScopes ?? [])],
    ['members of the token answer', answers.token && list(answers.token.members)],
    ['refresh token', refresh(answers)],
    [
      'revocation by that client',
      revocation && `${revocation.status} ${printable(revocation.error ?? '')}`.trim(),
    ],
    ...token("a machine's token", answers.machine),
  ];
  const said = rows.filter((row): row is readonly [string, string] => row[1] !== undefined);
  const width = Math.max(0, ...said.map(([name]) => name.length));
  return said.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
}
