import pino, { type Logger } from 'pino';

export type { Logger };

/** JSON lines on standard output. Headers that are capabilities never get there. */
export function createLogger({ level, service }: { level: string; service: string }): Logger {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    // The SDK logs errors as `error`, pino as `err`: both with message and stack.
    serializers: { error: pino.stdSerializers.err },
    redact: { paths: ['*.sessionId', '*.authorization', '*.cookie', '*.apiKey'], censor: '[redacted]' },
  });
}
