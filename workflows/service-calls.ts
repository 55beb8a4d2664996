import type {
  AdjustEffect,
  CancelPaymentEffect,
  CommitEffect,
  Effect,
  HandOverEffect,
  PlaceOrderEffect,
  RefundEffect,
  ReleaseEffect,
  RequestPaymentEffect,
  ReserveEffect,
} from '../src/domain/effects.ts';
import type { EffectResult } from '../src/domain/effect-result.ts';
import type { CartSettings } from '../src/domain/cart-settings.ts';
import { receiveOperationId } from '../src/domain/commands.ts';
import { durableDatabase } from './database.ts';
import { durableInbox } from './other-carts.ts';
import { serviceProxies } from './service-proxies.ts';

/** One activity an effect, with a summary that reads well in the Web UI. */
export function createServiceCalls(settings: CartSettings) {
  const activities = serviceProxies(settings);
  const holds = holdCalls(activities);
  const payments = paymentCalls(activities);

  function call(effect: Exclude<Effect, ReserveEffect>): Promise<EffectResult> {
    switch (effect.type) {
      case 'adjust':
        return holds.adjust(effect);
      case 'release':
        return holds.release(effect);
      case 'commit':
        return holds.commit(effect);
      case 'placeOrder':
        return placeOrder(effect);
      case 'requestPayment':
        return payments.request(effect);
      case 'cancelPayment':
        return payments.cancel(effect);
      case 'refund':
        return payments.refund(effect);
      case 'handOver':
        return handOver(effect);
    }
  }

  async function placeOrder({ draft, ended }: PlaceOrderEffect): Promise<EffectResult> {
    const summary = `order ${draft.attempt}: ${draft.totals.totalMinor} minor ${draft.currency}`;
    return await durableDatabase.placeOrder.executeWithOptions({ summary }, [{ draft, ended }]);
  }

  async function handOver(effect: HandOverEffect): Promise<EffectResult> {
    const { type: _, id: __, toCartId, ...parcel } = effect;
    const { fromCartId, lines } = parcel;
    const command = { type: 'receive', ...parcel } as const;
    const envelope = { operationId: receiveOperationId(fromCartId), fingerprint: 'receive', command };
    const summary = `${lines.length} lines → cart ${toCartId}`;
    await durableInbox.handOver.executeWithOptions({ summary }, [{ toCartId, settings, envelope }]);
    return { status: 'done' };
  }

  return { reserve: holds.reserve, call };
}

type Activities = ReturnType<typeof serviceProxies>;

function holdCalls(activities: Activities) {
  return {
    /** Lines that became pending together go to the service in one call. */
    async reserve(effects: readonly ReserveEffect[]): Promise<EffectResult[]> {
      const entries = effects.map(({ key, item, quantity }) => ({ key, item, quantity }));
      const summary = effects.map(({ item, quantity }) => `${quantity} × ${item}`).join(', ');
      const results = await activities.reserve.executeWithOptions({ summary: shorten(summary) }, [entries]);
      const byKey = new Map(results.map((result) => [result.key, result]));
      return effects.map(({ key }) => byKey.get(key) ?? noAnswer);
    },
    async adjust({ adjustmentKey: key, reservationId, quantity, item }: AdjustEffect): Promise<EffectResult> {
      const summary = shorten(`${item} → ${quantity}`);
      const request = { key, reservationId, quantity };
      const result = await activities.adjust.executeWithOptions({ summary }, [request]);
      return result.status === 'adjusted' ? { ...result, status: 'done' } : result;
    },
    async release({ key, reservationId, item }: ReleaseEffect): Promise<EffectResult> {
      const hold = reservationId ? ({ by: 'id', reservationId } as const) : ({ by: 'key', key } as const);
      await activities.release.executeWithOptions({ summary: shorten(item) }, [hold]);
      return { status: 'done' };
    },
    async commit({ reservationId, item }: CommitEffect): Promise<EffectResult> {
      const result = await activities.commit.executeWithOptions({ summary: shorten(item) }, [reservationId]);
      return { status: result === 'committed' ? 'done' : 'gone' };
    },
  };
}

function paymentCalls(activities: Activities) {
  return {
    async request(effect: RequestPaymentEffect): Promise<EffectResult> {
      const { orderId, orderNumber, amountMinor, currency } = effect;
      const summary = `${orderNumber}: ${amountMinor} minor ${currency}`;
      const payment = { orderId, orderNumber, amountMinor, currency };
      return await activities.requestPayment.executeWithOptions({ summary }, [payment]);
    },
    async cancel({ orderId }: CancelPaymentEffect): Promise<EffectResult> {
      await activities.cancelPayment.executeWithOptions({ summary: orderId }, [orderId]);
      return { status: 'done' };
    },
    async refund({ paymentId, amountMinor }: RefundEffect): Promise<EffectResult> {
      const summary = `${paymentId}: ${amountMinor} minor`;
      await activities.refundPayment.executeWithOptions({ summary }, [{ paymentId, amountMinor }]);
      return { status: 'done' };
    },
  };
}

export const noAnswer: EffectResult = {
  status: 'failed',
  reason: 'The reservation service did not answer for this item',
};

const shorten = (text: string): string => (text.length <= 180 ? text : `${text.slice(0, 179)}…`);
