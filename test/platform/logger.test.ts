import { expect, it } from 'vitest';
import { createLogger } from '../../src/platform/logger.ts';

function logged(fields: object): Record<string, unknown> {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  createLogger({ level: 'debug', service: 'test', destination }).debug(fields, 'said');
  return JSON.parse(lines.join('')) as Record<string, unknown>;
}

const opens = ['sessionId', 'session-id', 'authorization', 'cookie', 'set-cookie', 'webhook-signature'];

it.each([...opens, 'apiKey', 'adminToken', 'password'])(
  'says nothing of a field %s, nor of one below',
  (name) => {
    const line = logged({ [name]: 'opens a cart', headers: { [name]: 'opens a cart', host: 'shop' } });
    expect(line).toMatchObject({ [name]: '[redacted]', headers: { [name]: '[redacted]', host: 'shop' } });
  },
);

it('says the rest, with the service and errors in full', () => {
  const error = new Error('down', { cause: new Error('the cable') });
  expect(logged({ cartId: 'c1', err: error, error })).toMatchObject({
    level: 'debug',
    service: 'test',
    msg: 'said',
    cartId: 'c1',
    err: { message: expect.stringContaining('down') },
    error: { stack: expect.stringContaining('the cable') },
  });
});
