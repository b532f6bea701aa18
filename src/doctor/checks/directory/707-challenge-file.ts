import { isLoopback } from '../../../scalekit/index.ts';
import { defineCheck, withServer } from '../../check.ts';
import { found, passed, skipped } from '../../model.ts';
import { summary } from '../../reading.ts';

/** OpenAI, "Domain verification": a token of theirs as plain text at /.well-known/openai-apps-challenge. */
export default defineCheck({
  code: 'SKM707',
  level: 'warning',
  side: 'code',
  holds: 'The directory can see whose server it is',
  title: 'The directory cannot see whose server it is: its challenge file is not there',
  why: 'OpenAI gives you a text for /.well-known/openai-apps-challenge, and reads it from your server to see that the host name is yours.',
  fix: 'Serve the text there, without a token: with our own server, set OPENAI_APPS_CHALLENGE.',
  run: (facts) =>
    withServer(facts, ({ endpoint }) => {
      if (facts.directory?.name !== 'openai') return skipped('Only OpenAI’s directory asks for it');
      if (isLoopback(new URL(endpoint)))
        return skipped('It is on this machine: the file counts once it is deployed');
      const { challenge } = facts.directory;
      if (challenge === undefined) return skipped('It was not asked');
      if (challenge.answered && challenge.status === 200 && challenge.body.kind === 'text') return passed();
      return found({
        subject: { url: challenge.url },
        actual: summary(challenge),
        expected: '200 with the text that OpenAI gave you',
      });
    }),
});
