import { createServer } from 'node:net';

/** Listens for a moment to find out; `EADDRINUSE` and `EACCES` come back as text, free is `undefined`. */
async function portProblem(host: string, port: number): Promise<string | undefined> {
  try {
    await listenOnce(host, port);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** A port from the OS that was free a moment ago, for programs that do not accept port 0. */
export function freePort(host = '127.0.0.1'): Promise<number> {
  return listenOnce(host, 0);
}

function listenOnce(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}

export interface PortClaim {
  setting: string;
  port: number;
  /** What wants it, for people. */
  part: string;
}

/** One line for each port that cannot be had, naming the setting and the mend; all at once. */
export async function portProblems(host: string, claims: readonly PortClaim[]): Promise<string[]> {
  const problems = await Promise.all(
    claims.map(async ({ setting, port, part }) => {
      const twin = claims.find((other) => other.port === port);
      if (twin !== undefined && twin.setting !== setting) {
        return `${setting} and ${twin.setting} are both ${port}: give ${part} another port.`;
      }
      const code = await portProblem(host, port);
      if (code === undefined) return undefined;
      const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${code})`;
      return `Port ${port} for ${part} ${why}: end what uses it, or set ${setting} to another port.`;
    }),
  );
  return problems.filter((problem) => problem !== undefined);
}

/** What a client of this machine connects to when a server listens on `host`. */
export function connectHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
