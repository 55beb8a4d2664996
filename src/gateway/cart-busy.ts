import { isGrpcServiceError } from '@temporalio/client';

/** The cart, or Temporal, has more to do than it can take: the command was not stored. */
export class CartBusyError extends Error {
  override name = 'CartBusyError';
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number, options?: ErrorOptions) {
    super('The cart has more commands waiting than it can take', options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Of @grpc/grpc-js, which is the client's own dependency. */
const grpcStatus = { invalidArgument: 3, resourceExhausted: 8 } as const;
/** Temporal has no code of its own for a run that has had its 10,000 signals. */
const signalLimit = /limit for signal events/;
const retryAfterMs = 2_000;

/** Temporal's limits as they are met: of signals in a run, of a closing run, of requests a second. */
export function toCartBusy(error: unknown): CartBusyError | undefined {
  const cause = error instanceof Error && !isGrpcServiceError(error) ? error.cause : error;
  if (!isGrpcServiceError(cause)) return undefined;
  const code: number = cause.code;
  const isFull = code === grpcStatus.invalidArgument && signalLimit.test(cause.details);
  const isBusy = code === grpcStatus.resourceExhausted;
  return isFull || isBusy ? new CartBusyError(retryAfterMs, { cause: error }) : undefined;
}
