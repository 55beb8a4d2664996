import { coreOf, isFrozen, isLive, type Cart, type Hold, type LiveHold, type MergeRules } from './cart.ts';
import type { ClaimFact } from './events.ts';
import { linesToMergeInto, mergeLines } from './merge-lines.ts';

export function evolveClaim(cart: Cart, event: ClaimFact & { at: number }): Cart {
  switch (event.type) {
    case 'ClaimStarted':
      return claiming(cart, event);
    case 'CartClaimed':
      return claimed(cart, event);
    case 'LinesReceived':
      return received(cart, event);
    case 'LinesMerged':
      return merged(cart, event.at);
  }
}

/** What is on its way out stays: this cart sees to its end. */
function claiming(cart: Cart, event: ClaimFact & { type: 'ClaimStarted' }): Cart {
  const { toCartId } = event;
  const parcel = { ...rulesOf(event), lines: cart.lines, holds: cart.holds.filter((hold) => isLive(hold)) };
  const holds = cart.holds.filter((hold) => !isLive(hold));
  return { ...coreOf(cart), status: 'claiming', lines: [], holds, toCartId, parcel };
}

function claimed(cart: Cart, { toCartId, at }: ClaimFact & { type: 'CartClaimed'; at: number }): Cart {
  if (cart.status !== 'claiming') return cart;
  const { lines, holds } = cart.parcel;
  const moved = { lines: lines.length, keys: holds.map(({ key }) => key) };
  return { ...coreOf(cart), status: 'claimed', toCartId, claimedAt: at, moved };
}

function received(cart: Cart, event: ClaimFact & { type: 'LinesReceived'; at: number }): Cart {
  const { lines, itemIdOf } = mergeLines(linesToMergeInto(cart), event, event.at);
  const holds = [...cart.holds, ...relabelled(event.holds, itemIdOf)];
  return isFrozen(cart)
    ? { ...cart, holds, waiting: { ...rulesOf(event), lines } }
    : { ...cart, holds, lines };
}

function merged(cart: Cart, at: number): Cart {
  if (!cart.waiting) return cart;
  const { lines, itemIdOf } = mergeLines(cart.lines, cart.waiting, at);
  return { ...cart, lines, holds: relabelled(cart.holds, itemIdOf), waiting: null };
}

const rulesOf = ({ merge, maxUnits }: MergeRules): MergeRules =>
  maxUnits === undefined ? { merge } : { merge, maxUnits };

/** A hold goes on under its key, for the line that its own has become. */
const relabelled = <H extends Hold | LiveHold>(
  holds: readonly H[],
  itemIdOf: (itemId: string) => string,
): H[] => holds.map((hold) => ({ ...hold, itemId: itemIdOf(hold.itemId) }));
