import pino, { type DestinationStream, type Logger } from 'pino';

export type { Logger };

/** Fields and headers that open something. The code logs none of them: this is for the day when somebody does. */
const secrets = [
  'sessionId',
  'authorization',
  'cookie',
  'apiKey',
  'adminToken',
  'password',
  '["session-id"]',
  '["set-cookie"]',
  '["webhook-signature"]',
];

/** At the top and one level below it, as in `headers.cookie`; deeper costs more than all the rest of a line. */
const redacted = secrets.flatMap((name) => [name, name.startsWith('[') ? `*${name}` : `*.${name}`]);

export interface LoggerOptions {
  level: string;
  service: string;
  /** Standard output unless told otherwise. */
  destination?: DestinationStream;
}

/** JSON lines. What is a capability never gets there. */
export function createLogger({ level, service, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    // The SDK logs errors as `error`, pino as `err`: both with message and stack.
    serializers: { error: pino.stdSerializers.err },
    redact: { paths: redacted, censor: '[redacted]' },
  };
  return destination ? pino(options, destination) : pino(options);
}
