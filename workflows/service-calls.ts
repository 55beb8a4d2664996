import type {
  AdjustEffect,
  CancelPaymentEffect,
  CommitEffect,
  Effect,
  PlaceOrderEffect,
  RefundEffect,
  ReleaseEffect,
  RequestPaymentEffect,
  ReserveEffect,
} from '../src/domain/effects.ts';
import type { EffectResult } from '../src/domain/effect-result.ts';
import type { CartSettings } from './cart.messages.ts';
import type { DatabaseCalls } from './database.ts';
import { serviceProxies } from './service-proxies.ts';

export type ServiceCalls = ReturnType<typeof createServiceCalls>;

/** One activity an effect, with a summary that reads well in the Web UI. */
export function createServiceCalls(settings: CartSettings, database: Pick<DatabaseCalls, 'placeOrder'>) {
  const activities = serviceProxies(settings);

  /** Lines that became pending together go to the service in one call. */
  async function reserve(effects: readonly ReserveEffect[]): Promise<EffectResult[]> {
    const entries = effects.map(({ key, item, quantity }) => ({ key, item, quantity }));
    const summary = effects.map(({ item, quantity }) => `${quantity} × ${item}`).join(', ');
    const results = await activities.reserve.executeWithOptions({ summary: shorten(summary) }, [entries]);
    const byKey = new Map(results.map((result) => [result.key, result]));
    return effects.map(({ key }) => byKey.get(key) ?? noAnswer);
  }

  async function adjust(effect: AdjustEffect): Promise<EffectResult> {
    const { adjustmentKey: key, reservationId, quantity, item } = effect;
    const summary = shorten(`${item} → ${quantity}`);
    const request = { key, reservationId, quantity };
    const result = await activities.adjust.executeWithOptions({ summary }, [request]);
    return result.status === 'adjusted' ? { ...result, status: 'done' } : result;
  }

  async function release({ key, reservationId, item }: ReleaseEffect): Promise<EffectResult> {
    const hold = reservationId ? ({ by: 'id', reservationId } as const) : ({ by: 'key', key } as const);
    await activities.release.executeWithOptions({ summary: shorten(item) }, [hold]);
    return { status: 'done' };
  }

  async function commit({ reservationId, item }: CommitEffect): Promise<EffectResult> {
    const result = await activities.commit.executeWithOptions({ summary: shorten(item) }, [reservationId]);
    return { status: result === 'committed' ? 'done' : 'gone' };
  }

  async function placeOrder({ draft, ended }: PlaceOrderEffect): Promise<EffectResult> {
    return await database.placeOrder({ draft, ended });
  }

  async function requestPayment(effect: RequestPaymentEffect): Promise<EffectResult> {
    const { orderId, orderNumber, amountMinor, currency } = effect;
    const summary = `${orderNumber}: ${amountMinor} minor ${currency}`;
    const payment = { orderId, orderNumber, amountMinor, currency };
    return await activities.requestPayment.executeWithOptions({ summary }, [payment]);
  }

  async function cancelPayment({ orderId }: CancelPaymentEffect): Promise<EffectResult> {
    await activities.cancelPayment.executeWithOptions({ summary: orderId }, [orderId]);
    return { status: 'done' };
  }

  async function refund({ paymentId, amountMinor }: RefundEffect): Promise<EffectResult> {
    const summary = `${paymentId}: ${amountMinor} minor`;
    await activities.refundPayment.executeWithOptions({ summary }, [{ paymentId, amountMinor }]);
    return { status: 'done' };
  }

  function call(effect: Exclude<Effect, ReserveEffect>): Promise<EffectResult> {
    switch (effect.type) {
      case 'adjust':
        return adjust(effect);
      case 'release':
        return release(effect);
      case 'commit':
        return commit(effect);
      case 'placeOrder':
        return placeOrder(effect);
      case 'requestPayment':
        return requestPayment(effect);
      case 'cancelPayment':
        return cancelPayment(effect);
      case 'refund':
        return refund(effect);
    }
  }

  return { reserve, call };
}

export const noAnswer: EffectResult = {
  status: 'failed',
  reason: 'The reservation service did not answer for this item',
};

const shorten = (text: string): string => (text.length <= 180 ? text : `${text.slice(0, 179)}…`);
