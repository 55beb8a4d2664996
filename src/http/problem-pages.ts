import { html, raw } from 'hono/html';

interface ProblemType {
  type: string;
  code: string;
  title: string;
  status: number;
  when: string;
  mend: string;
}

/** `code` between backticks; the rest is text. */
const prose = (text: string) =>
  text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));

const page = (title: string, content: unknown) =>
  html`${raw('<!doctype html>')}
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html>`;

export const problemPage = ({ code, title, status, when, mend }: ProblemType) =>
  page(
    title,
    html`<h1>${title}</h1>
      <p>Status ${status}, code <code>${code}</code></p>
      <h2>When</h2>
      <p>${prose(when)}.</p>
      <h2>What to do</h2>
      <p>${prose(mend)}.</p>
      <p><a href="/problems">All problem types</a></p>`,
  );

export const problemsPage = (problems: readonly ProblemType[]) =>
  page(
    'Problem types',
    html`<h1>Problem types</h1>
      <ul>
        ${problems.map(({ type, title, status }) => html`<li><a href="${type}">${title}</a> (${status})</li>`)}
      </ul>`,
  );
