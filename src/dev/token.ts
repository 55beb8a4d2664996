import { loadDevConfig, processEnvironment } from '../config.ts';
import { runMain } from '../platform/main.ts';
import { createLogin } from './login.ts';

/** `make token FOR=anna`: a token of a user for the local stack, good for 12 hours. */
await runMain(async () => {
  const [subject = '', scope] = process.argv.slice(2).filter((argument) => argument !== '');
  const tokenFor = createLogin(loadDevConfig(processEnvironment()));
  const problem =
    subject === ''
      ? 'Say for whom: make token FOR=anna@example.org, for an operator with SCOPE=carts:admin beside it.'
      : 'This stack takes the tokens of the login at JWT_JWKS_URL: ask that one.';
  if (subject === '' || !tokenFor) {
    console.error(problem);
    process.exitCode = 1;
    return;
  }
  console.log(await tokenFor({ subject, ...(scope === undefined ? {} : { scope }) }));
});
