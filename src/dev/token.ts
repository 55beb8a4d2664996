import { loadDevConfig, processEnvironment } from '../config.ts';
import { runMain } from '../platform/main.ts';
import { createLogin } from './login.ts';

/** `make token FOR=anna`: a token of a user for the local stack, good for 12 hours. */
await runMain(async () => {
  const [subject = '', scope = ''] = process.argv.slice(2);
  const tokenFor = createLogin(loadDevConfig(processEnvironment()));
  if (subject === '') {
    return refuse(
      'Say for whom: make token FOR=anna@example.org, for an operator with SCOPE=carts:admin beside it.',
    );
  }
  if (!tokenFor) return refuse('This stack takes the tokens of the login at JWT_JWKS_URL: ask that one.');
  console.log(await tokenFor({ subject, ...(scope && { scope }) }));
});

function refuse(problem: string): void {
  console.error(problem);
  process.exitCode = 1;
}
