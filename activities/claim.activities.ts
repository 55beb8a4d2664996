import type { CartInbox, HandOver } from './ports.ts';

export function createClaimActivities(inbox: CartInbox) {
  return {
    /** Repeated, it sends the same command under the same operation id: it is applied once. */
    async handOver({ toCartId, settings, envelope }: HandOver): Promise<void> {
      await inbox.send(toCartId, envelope, settings);
    },
  };
}
