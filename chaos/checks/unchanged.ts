import { keyInBooks, keyOf } from './commands.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';
import { groupBy } from './group-by.ts';
import { replayCart } from './replay.ts';

/** A change that is applied and has left no event must have found the line as it asked for it. */
export function checkUnchanged({ journal, events, operations }: Facts): Finding[] {
  const histories = groupBy(events, ({ cartId }) => cartId);
  const rows = groupBy(operations, ({ operationId }) => keyOf(operationId));
  const changes = events.filter(({ type }) => type === 'ItemQuantityChanged');
  const changed = new Set(changes.map(({ operationId }) => keyOf(operationId ?? '')));
  return journal.commands.flatMap((command): Finding[] => {
    if (command.type !== 'changeQuantity' || command.outcome !== 'applied') return [];
    const { cartId, key, name, quantity } = command;
    const own = keyInBooks(command);
    const version = rows.get(own)?.[0]?.version;
    // `checkCommands` says so when it is not on record.
    if (!version || changed.has(own)) return [];
    const upToThen = (histories.get(cartId) ?? []).filter((event) => event.version <= version);
    const found = replayCart(cartId, upToThen).lines.find((line) => line.name === name)?.quantity;
    if (found === quantity) return [];
    const detail = `changeQuantity under ${key} to ${quantity} has no event, and version ${version} has ${found}`;
    return [{ check: 'lost', cartId, detail }];
  });
}
