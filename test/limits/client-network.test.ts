import { describe, expect, it } from 'vitest';
import { createClientNetwork } from '../../src/limits/client-network.ts';

describe('the address that a client is counted by', () => {
  it('is that of the connection, whatever the client says, unless a proxy is trusted', () => {
    const networkOf = createClientNetwork([]);
    expect(networkOf('203.0.113.7', undefined)).toBe('203.0.113.7');
    expect(networkOf('203.0.113.7', '198.51.100.1')).toBe('203.0.113.7');
    expect(networkOf('127.0.0.1', '198.51.100.1')).toBe('127.0.0.1');
  });

  it('is what the nearest trusted proxies have seen; what the client has put before it does not count', () => {
    const networkOf = createClientNetwork(['10.0.0.0/8', '192.0.2.9']);
    expect(networkOf('10.1.2.3', '198.51.100.1')).toBe('198.51.100.1');
    expect(networkOf('10.1.2.3', '6.6.6.6, 198.51.100.1')).toBe('198.51.100.1');
    expect(networkOf('10.1.2.3', '6.6.6.6, 198.51.100.1, 192.0.2.9')).toBe('198.51.100.1');
    expect(networkOf('203.0.113.7', '198.51.100.1')).toBe('203.0.113.7');
  });

  it('is the last one that can be read, where a proxy names none', () => {
    const networkOf = createClientNetwork(['10.0.0.0/8']);
    expect(networkOf('10.1.2.3', 'unknown')).toBe('10.1.2.3');
    expect(networkOf('10.1.2.3', '')).toBe('10.1.2.3');
    expect(networkOf('10.1.2.3', undefined)).toBe('10.1.2.3');
    expect(networkOf('10.1.2.3', '10.0.0.4, 10.0.0.5')).toBe('10.0.0.4');
    expect(networkOf(undefined, '198.51.100.1')).toBe('unknown');
  });

  it.each(['198.51.100.1:4711', ' 198.51.100.1 ', '::ffff:198.51.100.1'])('reads %j', (hop) => {
    expect(createClientNetwork(['10.0.0.0/8'])('10.1.2.3', hop)).toBe('198.51.100.1');
  });

  it('is the /64 of an IPv6 address: a subscriber has all of it', () => {
    const networkOf = createClientNetwork(['fd00::/8']);
    expect(networkOf('2001:db8:1:2:3:4:5:6', undefined)).toBe('2001:db8:1:2::/64');
    expect(networkOf('2001:db8:1:2::ffff', undefined)).toBe('2001:db8:1:2::/64');
    expect(networkOf('2001:db8:1:3::1', undefined)).toBe('2001:db8:1:3::/64');
    expect(networkOf('fd00::1', '[2001:db8:1:2::1]:443')).toBe('2001:db8:1:2::/64');
    expect(networkOf('::ffff:203.0.113.7', undefined)).toBe('203.0.113.7');
  });
});
