import { CartProblemError, UndecidedError } from './errors.ts';
import { pause, retryAfterMs } from './pause.ts';
import type { Request, Send } from './send.ts';
import type { Operation } from './types.ts';

export interface CommandOptions {
  /** Only if the cart still has this version; else the promise rejects with `version_mismatch`. */
  ifVersion?: number;
  /** One of your own, to repeat a command from another process. Each call has its own otherwise. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

export interface CommandsOptions {
  send: Send;
  baseUrl: string;
  decideWithinMs: number;
}

/** Answered at once, or accepted and decided later. */
export type CommandResult<T> = { answer: T } | { operation: Operation };

const pollMs = 500;

/** Commands, and what becomes of them. Paths start at the API's own root. */
export function createCommands({ send, baseUrl, decideWithinMs }: CommandsOptions) {
  async function command<T>(
    method: Request['method'],
    path: string,
    body: unknown,
    { ifVersion, idempotencyKey = crypto.randomUUID(), signal }: CommandOptions,
  ): Promise<CommandResult<T>> {
    const headers: Record<string, string> = { 'idempotency-key': idempotencyKey };
    if (ifVersion !== undefined) headers['if-match'] = `"${ifVersion}"`;
    const response = await send({ method, url: `${baseUrl}${path}`, headers, body, signal });
    if (response.status !== 202) return { answer: (await response.json()) as T };
    return { operation: await outcome(response.headers.get('location') ?? '', { signal }) };
  }

  async function outcome(
    path: string,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<Operation> {
    const giveUpAt = performance.now() + decideWithinMs;
    for (;;) {
      const response = await send({ method: 'GET', url: `${baseUrl}${path}`, signal });
      const operation = (await response.json()) as Operation;
      if (operation.problem) throw new CartProblemError(operation.problem);
      if (operation.status === 'applied') return operation;
      if (performance.now() >= giveUpAt) throw new UndecidedError(operation.operationId);
      await pause(retryAfterMs(response) ?? pollMs, signal);
    }
  }

  return { command, outcome };
}
