import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';

/** What a token that is good says of who brings it. The subject is somebody's name: it goes no further than the API. */
export interface TokenClaims {
  issuer: string;
  subject: string;
  scopes: readonly string[];
  /** ms since the epoch */
  expiresAt: number;
}

/** `unavailable`: whether the token is good cannot be told just now. */
export type TokenCheck =
  | { status: 'valid'; claims: TokenClaims }
  | { status: 'invalid'; reason: string }
  | { status: 'unavailable'; cause: unknown };

/** Checks a JSON Web Token (RFC 7519). Never rejects. */
export type VerifyToken = (token: string) => Promise<TokenCheck>;

export interface TokenVerifierOptions {
  issuer: string;
  audience: string;
  /** Where the issuer publishes its public keys, or a secret shared with it. */
  keys: { jwksUrl: string } | { secret: string };
}

/** No `none`, and no shared-secret algorithm with public keys: whoever reads a public key could sign with it. */
const publicKeyAlgorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
const secretAlgorithms = ['HS256'];

/** Clocks of two machines differ by seconds. */
const clockToleranceSeconds = 10;
/** A request waits for it when the keys are not at hand. */
const jwksTimeoutMs = 3_000;

export function createTokenVerifier({ issuer, audience, keys }: TokenVerifierOptions): VerifyToken {
  const options = {
    issuer,
    audience,
    algorithms: 'secret' in keys ? secretAlgorithms : publicKeyAlgorithms,
    requiredClaims: ['exp', 'sub'],
    clockTolerance: clockToleranceSeconds,
  };
  const keyOf = keyFinder(keys);
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keyOf, options);
      return claimsOf(payload, issuer);
    } catch (error) {
      const reason = reasonOf(error);
      return reason === undefined ? { status: 'unavailable', cause: error } : { status: 'invalid', reason };
    }
  };
}

function keyFinder(keys: TokenVerifierOptions['keys']): JWTVerifyGetKey {
  if ('jwksUrl' in keys) return createRemoteJWKSet(new URL(keys.jwksUrl), { timeoutDuration: jwksTimeoutMs });
  const secret = new TextEncoder().encode(keys.secret);
  return async () => secret;
}

function claimsOf({ sub: subject, scope, scp, exp = 0 }: JWTPayload, issuer: string): TokenCheck {
  if (typeof subject !== 'string' || subject === '') return { status: 'invalid', reason: 'It names nobody.' };
  return {
    status: 'valid',
    claims: { issuer, subject, scopes: [...scopesIn(scope), ...scopesIn(scp)], expiresAt: exp * 1_000 },
  };
}

/** `scope` is a text with spaces (RFC 8693); some issuers send a list, or call it `scp`. */
function scopesIn(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((scope) => scope !== '');
  return Array.isArray(claim) ? claim.filter((scope) => typeof scope === 'string') : [];
}

/** Of a token that is not good; undefined where it is not the token that is to blame. */
function reasonOf(error: unknown): string | undefined {
  if (error instanceof errors.JWTExpired) return 'It has expired.';
  if (error instanceof errors.JWTClaimValidationFailed)
    return `Its claim "${error.claim}" is not as it must be.`;
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'Its signature is not good.';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'It is signed by an algorithm that is not taken.';
  const malformed =
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JOSENotSupported;
  if (malformed) return 'It is no signed JSON Web Token.';
  const keyless =
    error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
  return keyless ? 'Its issuer has no such key.' : undefined;
}
