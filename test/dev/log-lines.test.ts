import { expect, it } from 'vitest';
import { readableLine } from '../../src/dev/log-lines.ts';

it('a JSON log line becomes one line for people', () => {
  const line = JSON.stringify({
    level: 'warn',
    time: '2026-11-24T15:58:06.220Z',
    service: 'api',
    cartId: 'c1',
    err: { message: 'refused' },
    msg: 'not stored',
  });
  expect(readableLine(line)).toBe('15:58:06.220 WARN not stored cartId=c1 (refused)');
});

it.each(['plain text', '{"half":', '{"other":"json"}'])('%s stays as it is', (line) => {
  expect(readableLine(line)).toBe(line);
});
