import type { SettingsReader } from './settings.ts';
import { httpServerSettings } from './shards.ts';

/** What a client may take of the server's time and memory before it has sent a whole request. */
export interface HttpServerLimits {
  headersTimeoutMs: number;
  /** For the whole request; what the answer takes is not in it. */
  requestTimeoutMs: number;
  keepAliveTimeoutMs: number;
  headerLimitBytes: number;
}

export function readHttpServer(reader: SettingsReader): HttpServerLimits {
  const settings = reader.read(httpServerSettings);
  if (settings.HEADERS_TIMEOUT > settings.REQUEST_TIMEOUT) {
    const mend = `must not be longer than REQUEST_TIMEOUT (${settings.REQUEST_TIMEOUT} ms), which is for the whole request`;
    reader.problem('HEADERS_TIMEOUT', mend);
  }
  return {
    headersTimeoutMs: settings.HEADERS_TIMEOUT,
    requestTimeoutMs: settings.REQUEST_TIMEOUT,
    keepAliveTimeoutMs: settings.KEEP_ALIVE_TIMEOUT,
    headerLimitBytes: settings.HEADER_LIMIT_BYTES,
  };
}
