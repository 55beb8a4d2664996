import type { Facts, Run } from './facts.ts';
import type { Finding } from './finding.ts';

/** No workflow has failed or is stuck, each open cart has one, and each that runs has an open cart. */
export function checkWorkflows({ carts, runs, journal }: Facts): Finding[] {
  const running = new Set(runs.filter(isRunning).map(({ workflowId }) => workflowId));
  const statusOf = new Map(carts.map(({ cartId, status }) => [`cart-${cartId}`, status]));
  const found = (workflowId: string, detail: string): Finding => ({
    check: 'workflows',
    ...(workflowId.startsWith('cart-') && { cartId: workflowId.slice('cart-'.length) }),
    detail: `${workflowId} ${detail}`,
  });
  const stranded = [...statusOf].filter(([id, status]) => isOpen(status) && !running.has(id));
  const undead = [...running].filter((id) => !isOpen(statusOf.get(id) ?? 'active'));
  const forgotten = journal.carts
    .map(({ cartId }) => `cart-${cartId}`)
    .filter((id) => !statusOf.has(id) && running.has(id));
  return [
    ...runs.flatMap((run) => problemsOf(run).map((problem) => found(run.workflowId, problem))),
    ...stranded.map(([id, status]) => found(id, `is ${status}, and no workflow runs for it`)),
    ...undead.map((id) => found(id, `still runs, and is ${statusOf.get(id)}`)),
    ...forgotten.map((id) => found(id, 'runs, and has no row')),
  ];
}

const isRunning = ({ status }: Run): boolean => status === 'RUNNING';
const isOpen = (status: string): boolean =>
  status === 'active' || status === 'checking_out' || status === 'awaiting_payment';

const goodStatuses = new Set(['RUNNING', 'COMPLETED', 'CONTINUED_AS_NEW']);
/** A killed worker costs a task one attempt; several kills in a row some. */
const taskAttemptsAtMost = 3;

function problemsOf(run: Run): string[] {
  const { workflowId, status, taskAttempt = 0, problems = [], state } = run;
  if (!goodStatuses.has(status)) return [`is ${status}`];
  if (!isRunning(run)) return [];
  return [
    taskAttempt > taskAttemptsAtMost && `has a task in its attempt ${taskAttempt}`,
    problems.length > 0 && `reports ${problems.join(', ')}`,
    workflowId.startsWith('cart-') && !state && 'does not say what state it has',
  ].filter((what) => typeof what === 'string');
}
