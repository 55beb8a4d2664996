import { expect, it } from 'vitest';
import { createFakeApi } from '../support/fake-api.ts';

const { app } = createFakeApi();

it('/docs is a page whose files all come from here, under a policy that allows nothing else', async () => {
  const page = await app.request('/docs');
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toContain('text/html');
  const policy = page.headers.get('content-security-policy');
  expect(policy).toMatch(/default-src 'none'; script-src 'self';/);
  expect(policy).not.toMatch(/https?:|unsafe|\*/);
  const html = await page.text();
  const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file!);
  expect(files.filter((file) => !file.startsWith('data:'))).toEqual([
    '/docs/swagger-ui.css',
    '/docs/swagger-ui-bundle.js',
    '/docs/start.js',
  ]);
  for (const file of files.filter((each) => each.startsWith('/'))) {
    const answer = await app.request(file);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(
      file.endsWith('.css') ? /^text\/css/ : /^text\/javascript/,
    );
  }
  expect(await (await app.request('/docs/swagger-ui-bundle.js')).text()).toContain('SwaggerUIBundle');
  expect(await (await app.request('/docs/start.js')).text()).toContain("url: '/openapi.json'");
});

it('/docs serves no other file of the package', async () => {
  for (const file of ['package.json', '..%2Fpackage.json', 'swagger-ui.css.map']) {
    expect((await app.request(`/docs/${file}`)).status).toBe(422);
  }
});

it('every other answer may load nothing and be framed nowhere', async () => {
  for (const path of ['/livez', '/nothing', '/problems/cart-full']) {
    const { headers } = await app.request(path);
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
  }
});
