import type { Cart } from './cart.ts';
import type { Rejection } from './rejections.ts';

/** `If-Match` (RFC 9110 13.1.1): any version, or one of these. */
export type IfMatch = '*' | readonly number[];

/**
 * Why a command that asks for a certain cart is refused. `unchangedSince`: the first version from which on
 * nothing has happened but reads, which move the deadline: those are no reason.
 */
export function versionMismatch(
  { version }: Cart,
  unchangedSince: number,
  ifMatch: IfMatch,
): Rejection | undefined {
  if (ifMatch === '*' || ifMatch.some((wanted) => wanted >= unchangedSince && wanted <= version)) {
    return undefined;
  }
  return { code: 'version_mismatch', currentVersion: version };
}
