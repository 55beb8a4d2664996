/**
 * The limits are on in tests of the whole service, and count; tests, which send everything from one address,
 * do not run into them.
 */
export const highQuotas = {
  RATE_SESSION_COMMANDS: '1000000/1m',
  RATE_SESSION_READS: '1000000/1m',
  RATE_ADDRESS_COMMANDS: '1000000/1m',
  RATE_ADDRESS_READS: '1000000/1m',
  RATE_ADDRESS_SESSIONS: '1000000/1m',
  RATE_ADDRESS_UNITS: '100000000/1m',
  CART_MAX_UNITS: '99900',
};
