export interface WelcomeFacts {
  apiUrl: string;
  /** Left out where there is none. */
  docsUrl?: string;
  webUiUrl?: string;
  temporalAddress: string;
  databaseUrl: string;
  reservationUrl: string;
  paymentUrl: string;
  /** Left out where the user gave it. */
  adminToken?: string;
  /** Tokens of users are of our own making. */
  localLogin: boolean;
  dataDir: string;
  startedInMs: number;
}

/** One table with every address, and three lines that work when pasted. */
export function welcomeText(facts: WelcomeFacts): string {
  const { apiUrl } = facts;
  const rows: [string, string | undefined][] = [
    ['API', apiUrl],
    ['API docs', facts.docsUrl],
    ['A live cart', `${apiUrl}/demo`],
    ['Temporal Web UI', facts.webUiUrl],
    ['Temporal', facts.temporalAddress],
    ['Postgres', facts.databaseUrl],
    ['Reservations', facts.reservationUrl],
    ['Payments', facts.paymentUrl],
    ['Admin token', facts.adminToken],
    ['A user', facts.localLogin ? '`make token FOR=anna` prints a token' : undefined],
    ['Data and logs', facts.dataDir],
  ];
  const json = `-H 'content-type: application/json' -d`;
  return [
    '',
    `  Ready in ${(facts.startedInMs / 1_000).toFixed(1)} s. Ctrl-C ends all of it; your carts are kept.`,
    '',
    ...rows.flatMap(([label, value]) => (value === undefined ? [] : [`  ${label.padEnd(16)} ${value}`])),
    '',
    '  Try it in another terminal:',
    '',
    `  curl -si -c cart.jar -X POST ${apiUrl}/api/v1/items ${json} '{"name":"apple","quantity":2}'`,
    `  curl -s -b cart.jar -X POST ${apiUrl}/api/v1/items ${json} '{"name":"pear","quantity":1}'`,
    `  curl -s -b cart.jar ${apiUrl}/api/v1/items`,
    '',
  ].join('\n');
}

/** For addresses that the user gave: their password is not ours to print. */
export function withoutPassword(url: string): string {
  const parsed = new URL(url);
  if (parsed.password === '') return url;
  parsed.password = '***';
  return parsed.href;
}
