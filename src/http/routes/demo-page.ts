import { createHash } from 'node:crypto';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv, HttpDeps } from '../types.ts';

/** One page without a build, for the local stack. It may run its own script, and call this API; nothing else. */
export function registerDemoPage(app: OpenAPIHono<AppEnv>, { demoPage }: HttpDeps) {
  if (demoPage === undefined) return;
  const policy = [
    "default-src 'none'",
    `script-src ${hashesOf(demoPage, 'script')}`,
    `style-src ${hashesOf(demoPage, 'style')}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  app.get('/demo', (c) => c.html(demoPage, 200, { 'Content-Security-Policy': policy }));
}

/** Inline, and still nothing but what is in the page is run. */
function hashesOf(page: string, element: 'script' | 'style'): string {
  const contents = [...page.matchAll(new RegExp(`<${element}>([\\s\\S]*?)</${element}>`, 'g'))];
  const hashes = contents.map(([, content = '']) => createHash('sha256').update(content).digest('base64'));
  return hashes.map((hash) => `'sha256-${hash}'`).join(' ') || "'none'";
}
