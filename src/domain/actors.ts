import type { ExternalCommand } from './commands.ts';
import type { Effect } from './effects.ts';
import type { Actor } from './events.ts';

/** Who sends a command. */
export function senderOf({ type }: ExternalCommand): Actor {
  return type === 'paymentSucceeded' || type === 'paymentFailed' ? 'payment-service' : 'shopper';
}

/** Who answers a call. */
export function answererOf({ type }: Effect): Actor {
  switch (type) {
    case 'placeOrder':
    case 'handOver':
      return 'service';
    case 'requestPayment':
    case 'cancelPayment':
    case 'refund':
      return 'payment-service';
    default:
      return 'reservation-service';
  }
}
