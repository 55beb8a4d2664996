import { isKeyOf } from './commands.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';
import { groupBy } from './group-by.ts';
import { replayCart } from './replay.ts';

/** A change that is applied and has left no event must have found the line as it asked for it. */
export function checkUnchanged({ journal, events, operations }: Facts): Finding[] {
  const eventsOf = groupBy(events, ({ cartId }) => cartId);
  return journal.commands.flatMap((command): Finding[] => {
    if (command.type !== 'changeQuantity' || command.outcome !== 'applied') return [];
    const { cartId, key, name, quantity } = command;
    const history = eventsOf.get(cartId) ?? [];
    const isOwn = isKeyOf(command);
    const { version } = operations.find(({ operationId }) => isOwn(operationId)) ?? {};
    // `checkCommands` says so when it is not on record.
    if (
      !version ||
      history.some(({ type, operationId }) => type === 'ItemQuantityChanged' && isOwn(operationId))
    ) {
      return [];
    }
    const then = replayCart(
      cartId,
      history.filter((event) => event.version <= version),
    );
    const found = then.lines.find((line) => line.name === name)?.quantity;
    if (found === quantity) return [];
    const detail = `changeQuantity under ${key} to ${quantity} has no event, and version ${version} has ${found}`;
    return [{ check: 'lost', cartId, detail }];
  });
}
