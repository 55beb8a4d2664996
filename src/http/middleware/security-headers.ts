import { secureHeaders } from 'hono/secure-headers';

/**
 * For answers that are data: no browser is to render, frame or sniff them. Paths hold session ids, so no page may
 * pass its address on as a referrer. A page of our own sets what it needs itself, and keeps it.
 */
export const securityHeaders = () =>
  secureHeaders({
    contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    xFrameOptions: 'DENY',
    overwrite: false,
  });
