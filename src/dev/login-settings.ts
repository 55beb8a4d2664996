/** The settings of `make run`'s own login, where the user has none: whoever may read the data folder can be anybody. */
export function loginSettings(
  given: Readonly<Record<string, string>>,
  secret: string,
): Record<string, string> {
  if (given['JWT_JWKS_URL'] !== undefined || given['JWT_SECRET'] !== undefined) return {};
  return { JWT_SECRET: secret, JWT_ISSUER: 'durable-cart-local-login', JWT_AUDIENCE: 'durable-cart' };
}
