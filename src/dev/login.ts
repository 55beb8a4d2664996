import { SignJWT } from 'jose';
import type { DevConfig } from '../config.ts';
import { stackSecretsOf } from './child-env.ts';
import { loginSettings } from './login-settings.ts';

export interface TokenWish {
  subject: string;
  /** With spaces between them, where there are several. */
  scope?: string;
}

/** Signs tokens that the local stack takes; nothing where the tokens are those of a login elsewhere. */
export function createLogin({ childEnv, dataDir }: DevConfig) {
  const settings = { ...loginSettings(childEnv, stackSecretsOf(dataDir).login), ...childEnv };
  const { JWT_SECRET: secret, JWT_ISSUER: issuer = '', JWT_AUDIENCE: audience = '' } = settings;
  if (secret === undefined) return undefined;
  return async function tokenFor({ subject, scope }: TokenWish): Promise<string> {
    return await new SignJWT(scope === undefined ? {} : { scope })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(subject)
      .setExpirationTime('12h')
      .sign(new TextEncoder().encode(secret));
  };
}

export type Login = NonNullable<ReturnType<typeof createLogin>>;
