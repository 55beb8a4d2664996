import type { ShopperCommand } from '../domain/commands.ts';
import { unitsOf } from '../domain/totals.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import type { SubmissionResult, SubmitCommand } from './submit-command.ts';
import { tooManyRequests } from './too-many-requests.ts';

export interface LimitUnitsOptions {
  limits: RateLimits | undefined;
  /** What a cart refuses by itself is not counted. */
  cartMaxUnits: number;
}

/** Bounds the units that one address may have reserved: many carts must not empty the shop. */
export function limitUnits(
  submit: SubmitCommand,
  { limits, cartMaxUnits }: LimitUnitsOptions,
): SubmitCommand {
  if (!limits) return submit;
  return async (submission) => {
    const units = Math.min(unitsAskedFor(submission.command), cartMaxUnits);
    if (units === 0) return await submit(submission);

    const { address } = submission;
    const taken = await limits.take('address-units', address, units);
    if (!taken.granted) throw tooManyRequests(taken);
    const giveBack = () => limits.giveBack('address-units', address, units);
    try {
      const result = await submit(submission);
      if (!asksForUnits(result)) await giveBack();
      return result;
    } catch (error) {
      // Not known to be stored: the client repeats it, and pays then.
      await giveBack();
      throw error;
    }
  };
}

/** A repetition has paid the first time. */
const asksForUnits = (result: SubmissionResult): boolean =>
  result.status === 'pending' || (result.status === 'applied' && !result.replayed);

/** What a line has already is not known at the door: a changed quantity counts as a whole. */
function unitsAskedFor(command: ShopperCommand): number {
  switch (command.type) {
    case 'addItem':
      return unitsOf(command.items);
    case 'changeQuantity':
      return command.quantity;
    default:
      return 0;
  }
}
