import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Where a request comes from: its connection's peer, and what the proxies on the way have said. */
export type ClientNetwork = (peer: string | undefined, forwardedFor: string | undefined) => string;

/**
 * The address to count by: an IPv4 address, or the /64 of an IPv6 one, which is what one subscriber has.
 * `X-Forwarded-For` is read from its end, and only what trusted proxies have written: a client cannot choose.
 */
export function createClientNetwork(trustedProxies: readonly string[]): ClientNetwork {
  const trusted = trustedProxies.map(toRange);
  const isTrusted = (address: Address) =>
    trusted.some(([network, bits]) => address.kind() === network.kind() && address.match(network, bits));

  return (peer, forwardedFor) => {
    const hops = (forwardedFor ?? '').split(',').toReversed();
    let client = toAddress(peer ?? '');
    for (const hop of hops) {
      if (!client || !isTrusted(client)) break;
      const before = toAddress(hop);
      if (!before) break;
      client = before;
    }
    return client ? networkOf(client) : 'unknown';
  };
}

function toRange(text: string): [Address, number] {
  const [address = '', bits] = text.split('/');
  const network = ipaddr.process(address);
  return [network, bits === undefined ? network.toByteArray().length * 8 : Number(bits)];
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function toAddress(hop: string): Address | undefined {
  const text = hop
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^([\d.]+):\d+$/, '$1');
  return isIP(text) === 0 ? undefined : ipaddr.process(text);
}

function networkOf(address: Address): string {
  if (address instanceof ipaddr.IPv4) return address.toString();
  const head = address.parts.slice(0, 4).map((part) => part.toString(16));
  return `${head.join(':')}::/64`;
}
