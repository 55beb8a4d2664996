import { createHash } from 'node:crypto';

/** 128 bits of SHA-256, as hex: ids and fingerprints. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
