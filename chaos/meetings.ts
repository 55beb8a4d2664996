import { groupBy } from './checks/group-by.ts';
import type { JournalCommand } from './journal.ts';

/** How many commands were under way while another one of the same cart was: what two devices of one user make. */
export function countMeetings(commands: readonly JournalCommand[]): number {
  const carts = [...groupBy(commands, ({ cartId }) => cartId).values()];
  return carts.flatMap((ofCart) =>
    ofCart.filter((one) => ofCart.some((other) => other !== one && meet(one, other))),
  ).length;
}

const meet = (one: JournalCommand, other: JournalCommand): boolean =>
  one.sentAt < other.settledAt && other.sentAt < one.settledAt;
