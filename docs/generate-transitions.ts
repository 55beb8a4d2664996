import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { transitions, type Transition } from '../src/domain/transitions.ts';

const page = new URL('transitions.md', import.meta.url);

const meanings: Readonly<Record<Transition, string>> = {
  apply: 'decided by the rules of the cart: applied, or rejected with a reason',
  resume: 'the cart becomes active again, then as `apply`; a rejected command leaves it as it is',
  renew: "the cart's next life starts empty, then as `apply`; what was ordered stays in the order book",
  join: 'waits for the checkout under way, and has its outcome',
  existing: 'answered with the order that there is',
  'claim-again':
    'the same outcome for the user who has claimed it, also while it is on its way; `session_not_found` for anybody else',
  keep: 'received with its holds, and merged when the checkout is over',
  'give-up':
    'the checkout ends, or its order is cancelled or expires; the cart is active again, holds included',
  settle:
    'a success sells what is held and completes the cart, late or not, or goes back when the holds are gone; ' +
    'a failure ends the order that waits for it; anything told before changes nothing',
  abandon: 'the idle time ran out, or an operator cancelled the workflow: lines are kept, holds are released',
  refuse: 'rejected: `checkout_in_progress`, `cart_completed`, `no_checkout` or `session_not_found`',
  ignore: 'nothing to do',
};

/** The page as it should be, made of `src/domain/transitions.ts`. */
export async function transitionsPage(): Promise<string> {
  const statuses = Object.entries(transitions);
  const commands = Object.keys(transitions.active) as (keyof typeof transitions.active)[];
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const text = [
    '# Transitions',
    '',
    'Generated from `src/domain/transitions.ts` by `npm run docs:transitions`; a test fails when it is not current.',
    '`decide` uses the same table, and `test/domain/transitions.test.ts` walks all of it.',
    '',
    row(['command', ...statuses.map(([status]) => status)]),
    row(['---', ...statuses.map(() => '---')]),
    ...commands.map((command) => row([`\`${command}\``, ...statuses.map(([, to]) => to[command])])),
    '',
    ...Object.entries(meanings).map(([transition, meaning]) => `- **${transition}**: ${meaning}`),
  ].join('\n');
  const style = await resolveConfig(page);
  return await format(text, { ...style, parser: 'markdown' });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await writeFile(page, await transitionsPage());
}
