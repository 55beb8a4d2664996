/** One in three shoppers is logged in. */
const loggedInEvery = 3;
/** Of so many that are logged in, the first two are the two devices of one user, and have one cart. */
const inGroup = 3;

/** Who the shopper of this number is; guests are nobody. */
export function userOf(shopper: number): { subject: string } | undefined {
  if (shopper % loggedInEvery !== 0) return undefined;
  const user = shopper / loggedInEvery;
  const isSecondDevice = user % inGroup === 1;
  return { subject: `user-${isSecondDevice ? user - 1 : user}@example.org` };
}
