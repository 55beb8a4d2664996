import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  exportJWK,
  exportSPKI,
  generateKeyPair,
  SignJWT,
  type GenerateKeyPairResult,
  type JWTHeaderParameters,
} from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTokenVerifier, type VerifyToken } from '../../src/identity/token-verifier.ts';
import { audience, issuer, jwtSecret, tokenOf, unsignedTokenOf } from '../support/tokens.ts';

const verifyBySecret = createTokenVerifier({ issuer, audience, keys: { secret: jwtSecret } });

describe('a token signed with the shared secret', () => {
  it('says who brings it, and with which scopes', async () => {
    const check = await verifyBySecret(await tokenOf({ claims: { scope: 'openid carts:admin' } }));
    const claims = { issuer, subject: 'anna@example.org', scopes: ['openid', 'carts:admin'] };
    expect(check).toMatchObject({ status: 'valid', claims });
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    ['none', {}, []],
    ['a list called scp', { scp: ['a', 'b'] }, ['a', 'b']],
    ['a list called scope', { scope: ['a', 7, 'b'] }, ['a', 'b']],
    ['a scope that only looks like two', { scope: ' a ' }, ['a']],
    ['something else', { scope: { admin: true }, scp: 1 }, []],
  ])('may have as scopes %s', async (_, claims, scopes) => {
    expect(await verifyBySecret(await tokenOf({ claims }))).toMatchObject({
      status: 'valid',
      claims: { scopes },
    });
  });

  it('is taken some seconds late, for clocks that differ, and not half a minute', async () => {
    expect((await verifyBySecret(await tokenOf({ expiresIn: -2 }))).status).toBe('valid');
    expect((await verifyBySecret(await tokenOf({ expiresIn: -30 }))).status).toBe('invalid');
  });

  it.each<[string, () => Promise<string> | string]>([
    ['has expired', () => tokenOf({ expiresIn: -30 })],
    ['is of another issuer', () => tokenOf({ claims: { iss: 'https://other.example/' } })],
    ['is for another audience', () => tokenOf({ claims: { aud: 'other' } })],
    ['is for nobody', () => tokenOf({ claims: { aud: undefined } })],
    ['is signed with another secret', () => tokenOf({ secret: 'another secret of 32 bytes, or more' })],
    ['is not good yet', () => tokenOf({ claims: { nbf: Date.now() / 1_000 + 60 } })],
    ['has no subject', () => tokenOf({ claims: { sub: undefined } })],
    ['has an empty subject', () => tokenOf({ subject: '' })],
    ['is not signed', () => unsignedTokenOf()],
    ['is nonsense', () => 'nonsense'],
    ['is empty', () => ''],
    ['is nonsense in three parts', () => 'a.b.c'],
  ])('is not taken when it %s', async (_, make) => {
    const check = await verifyBySecret(await make());
    expect(check.status).toBe('invalid');
    expect(JSON.stringify(check)).not.toContain('anna');
  });

  it('is not taken without an expiry, or by an algorithm that is not pinned', async () => {
    const key = new TextEncoder().encode(jwtSecret.repeat(2));
    const claims = { iss: issuer, aud: audience, sub: 'anna' };
    const eternal = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(key);
    const longer = new SignJWT(claims).setProtectedHeader({ alg: 'HS512' }).setExpirationTime('5m');
    const verify = createTokenVerifier({ issuer, audience, keys: { secret: jwtSecret.repeat(2) } });
    expect((await verify(eternal)).status).toBe('invalid');
    expect((await verify(await longer.sign(key))).status).toBe('invalid');
  });
});

describe('a token signed with a key that its issuer publishes', () => {
  const keySet: { keys: object[] } = { keys: [] };
  let server: Server;
  let jwksUrl: string;
  let verify: VerifyToken;
  let key: GenerateKeyPairResult['privateKey'];
  let publicKey: GenerateKeyPairResult['publicKey'];
  let answer: { status: number; body?: string } = { status: 200 };

  const sign = (with_: GenerateKeyPairResult['privateKey'] | Uint8Array, header: JWTHeaderParameters) =>
    new SignJWT({ iss: issuer, aud: audience, sub: 'anna' })
      .setProtectedHeader(header)
      .setExpirationTime('5m')
      .sign(with_);
  const publish = async (kid: string, alg: string) => {
    const pair = await generateKeyPair(alg, { extractable: true });
    keySet.keys.push({ ...(await exportJWK(pair.publicKey)), kid, alg });
    return pair;
  };
  const newVerifier = () => createTokenVerifier({ issuer, audience, keys: { jwksUrl } });

  beforeAll(async () => {
    server = createServer((_, response) => {
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(answer.body ?? JSON.stringify(keySet));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
    ({ privateKey: key, publicKey } = await publish('one', 'ES256'));
    verify = newVerifier();
  });

  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
  });

  it('is taken, whichever of the keys it is', async () => {
    expect(await verify(await sign(key, { alg: 'ES256', kid: 'one' }))).toMatchObject({
      status: 'valid',
      claims: { subject: 'anna' },
    });
    const { privateKey } = await publish('two', 'RS256');
    expect((await newVerifier()(await sign(privateKey, { alg: 'RS256', kid: 'two' }))).status).toBe('valid');
  });

  it('is not taken when the key is not among them, or signs for another one', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    expect((await verify(await sign(privateKey, { alg: 'ES256', kid: 'three' }))).status).toBe('invalid');
    expect((await verify(await sign(privateKey, { alg: 'ES256', kid: 'one' }))).status).toBe('invalid');
  });

  it('is not taken when the public key is used as a shared secret, nor unsigned', async () => {
    const secrets = [await exportSPKI(publicKey), JSON.stringify(keySet.keys[0])];
    for (const secret of secrets) {
      const forged = await sign(new TextEncoder().encode(secret), { alg: 'HS256', kid: 'one' });
      expect(await verify(forged)).toMatchObject({ status: 'invalid' });
    }
    expect((await verify(unsignedTokenOf())).status).toBe('invalid');
  });

  it.each<[string, { status: number; body?: string }]>([
    ['an error', { status: 503 }],
    ['no JSON', { status: 200, body: '<html>' }],
    ['no key set', { status: 200, body: '{"keys":1}' }],
  ])('cannot be checked while the issuer answers %s: nothing is said of the token', async (_, bad) => {
    answer = bad;
    const unsure = newVerifier();
    const token = await sign(key, { alg: 'ES256', kid: 'one' });
    expect((await unsure(token)).status).toBe('unavailable');
    answer = { status: 200 };
    expect((await unsure(token)).status).toBe('valid');
  });

  it('cannot be checked while the issuer cannot be reached', async () => {
    const nowhere = createTokenVerifier({
      issuer,
      audience,
      keys: { jwksUrl: 'http://127.0.0.1:9/jwks.json' },
    });
    expect((await nowhere(await sign(key, { alg: 'ES256', kid: 'one' }))).status).toBe('unavailable');
  });
});
