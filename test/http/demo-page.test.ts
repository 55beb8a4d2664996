import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createFakeApi } from '../support/fake-api.ts';

const page = await readFile('src/dev/demo.html', 'utf8');

describe('the demo page', () => {
  it('is not there unless a file was given', async () => {
    const api = createFakeApi();
    expect((await api.app.request('/demo')).status).toBe(404);
  });

  it('may run what is in the file, call this API, and nothing else', async () => {
    const response = await createFakeApi({ demoPage: page }).app.request('/demo');
    expect(await response.text()).toBe(page);
    const policy = response.headers.get('content-security-policy') ?? '';
    for (const element of ['script', 'style']) {
      const [, content = ''] = new RegExp(`<${element}>([\\s\\S]*)</${element}>`).exec(page) ?? [];
      const hash = createHash('sha256').update(content).digest('base64');
      expect(policy).toContain(`${element}-src 'sha256-${hash}'`);
    }
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    // What such a policy blocks: handlers and styles in attributes, scripts and pictures from elsewhere.
    expect(page).not.toMatch(/\s(on\w+|style|src)="/);
  });
});
