/** How long a request waits for its outcome: RFC 7240 `respond-async` and `wait=<seconds>`. */
export interface WaitBounds {
  defaultMs: number;
  maxMs: number;
}

/**
 * The wait in ms that a `Prefer` header asks for; what it does not understand is ignored, as the RFC says.
 * Of both, `wait` counts: RFC 7240 4.3 lets it say how long to try before answering asynchronously.
 */
export function waitFromPrefer(header: string | undefined, { defaultMs, maxMs }: WaitBounds): number {
  const preferences = (header ?? '')
    .split(',')
    .map((preference) => preference.split(';', 1)[0]?.trim().toLowerCase() ?? '');
  const wait = preferences
    .map((preference) => /^wait\s*=\s*"?(\d+)"?$/.exec(preference)?.[1])
    .find((seconds) => seconds !== undefined);
  if (wait !== undefined) return Math.min(Number(wait) * 1_000, maxMs);
  return preferences.includes('respond-async') ? 0 : defaultMs;
}
