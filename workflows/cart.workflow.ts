import {
  CancellationScope,
  condition,
  makeContinueAsNewFunc,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  createCartLog,
  openCart,
  reopenCart,
  type CartLog,
  type CartLogState,
} from '../src/domain/cart-log.ts';
import { toCartView } from '../src/domain/cart-view.ts';
import { dueAt } from '../src/domain/clock.ts';
import { effectsOf } from '../src/domain/effects.ts';
import { getCartQuery, getStateQuery, type CartWorkflowInput } from './cart.messages.ts';
import { durableDatabase, localDatabase } from './database.ts';
import { createDeadline } from './deadline.ts';
import { createEffectRunner } from './effects.ts';
import { canBeCarried, createHandOver } from './hand-over.ts';
import { createInbox } from './inbox.ts';
import { createSaver } from './saving.ts';
import { createVisibility, searchAttributesOf } from './visibility.ts';

/** One life of a cart: from its first command to the moment nothing is left to do for it. */
export async function cartWorkflow(input: CartWorkflowInput): Promise<{ status: string; version: number }> {
  // An operator's cancel is a request to abandon the cart, not to drop what has to be released and saved.
  return await CancellationScope.nonCancellable(() => live(input));
}

async function live(input: CartWorkflowInput): Promise<{ status: string; version: number }> {
  const { settings, carried } = input;
  let awake = true;
  let cancelled = false;
  let loaded: CartLog | undefined;
  const wake = () => {
    awake = true;
  };
  const inbox = createInbox(carried?.inbox ?? [], wake);
  setHandler(getCartQuery, () => (loaded ? toCartView(loaded.cart) : null));
  setHandler(getStateQuery, () => loaded?.cart ?? null);
  CancellationScope.current().parent?.cancelRequested.catch(() => {
    cancelled = true;
    wake();
  });

  const first = carried ?? (await firstState(input));
  const cartLog = createCartLog(first.log, settings);
  const fence = () => (first.fence ?? 0) + workflowInfo().historyLength;
  loaded = cartLog;
  const effects = createEffectRunner(settings, wake);
  const saver = createSaver(cartLog, fence, wake);
  const handOver = createHandOver(settings.continueAsNewAfterEvents, wake);
  const deadline = createDeadline(wake);
  const visibility = createVisibility();

  for (;;) {
    await condition(() => awake);
    awake = false;
    // Commands come before results, as the SDK hands them over: a task that fails is done again with more of both,
    // and what its commands were told holds then too.
    for (let envelope = inbox.take(); envelope; envelope = inbox.take()) cartLog.handle(envelope, Date.now());
    for (const { effect, result } of effects.takeResults()) cartLog.settle(effect, result, Date.now());

    const history = handOver.state();
    const atRest = effects.inFlight === 0;
    // An operator's cancel is not carried over: it comes first.
    const handsOver = !cancelled && (history === 'overdue' || (history !== 'early' && atRest));
    if (handsOver) {
      const handedOver = { log: cartLog.toState(), inbox: inbox.waiting, fence: fence() };
      if (canBeCarried(handedOver)) await continueAsNew(input, handedOver);
    }
    if (history === 'due') handOver.waitAtMost();

    // Commands that wait for the catalogue will move the deadline: it waits for them.
    if (cancelled || inbox.size === 0) cartLog.tick(Date.now(), { early: cancelled });
    cancelled = false;

    // Near the end of a run no call is started: the next run asks for the same ones, under the same keys.
    if (history === 'early' || history === 'upgrade') effects.run(effectsOf(cartLog.cart));
    else effects.cancelUnwanted(effectsOf(cartLog.cart));
    // What is too much to be carried over is decided and written first.
    if (handsOver && !saver.flushed) saver.flush();
    else saver.save();
    visibility.show(cartLog.cart);

    const { cart } = cartLog;
    const due = dueAt(cart, settings);
    if (due !== undefined && inbox.size === 0 && deadline.arm(due)) visibility.index(cart);
    const settled = inbox.size === 0 && effectsOf(cart).length === 0 && effects.inFlight === 0;
    if (due !== undefined || !settled) continue;
    // Abandoned or completed, and nothing is left to do but to see it written.
    if (saver.flushed) return { status: cart.status, version: cart.version };
    saver.flush();
  }
}

async function firstState({
  cartId,
  settings,
  fresh,
}: CartWorkflowInput): Promise<{ log: CartLogState; fence?: number }> {
  const { currency, ttlMs } = settings;
  const stored = fresh ? null : await load(cartId, fresh);
  if (!stored) return { log: openCart({ cartId, currency, ttlMs }, Date.now()) };
  return { log: reopenCart(stored, { ttlMs }, Date.now()), fence: stored.fence ?? 0 };
}

async function load(cartId: string, fresh: boolean | undefined) {
  // Histories of before `fresh` have a local activity here.
  if (fresh === undefined)
    return await localDatabase.loadCart(cartId).catch(() => durableDatabase.loadCart(cartId));
  return await durableDatabase.loadCart(cartId);
}

async function continueAsNew(
  { cartId, settings }: CartWorkflowInput,
  carried: NonNullable<CartWorkflowInput['carried']>,
): Promise<never> {
  const next = makeContinueAsNewFunc<typeof cartWorkflow>({
    typedSearchAttributes: searchAttributesOf(carried.log.cart),
    // A run stays with the version that it began with; the next one takes the version that is wanted by now.
    initialVersioningBehavior: 'AUTO_UPGRADE',
  });
  return await next({ cartId, settings, carried });
}
