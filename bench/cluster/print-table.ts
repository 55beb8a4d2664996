export type Row = readonly (string | number)[];

/** Markdown, as docs/sizing.md has it. */
export function printTable(title: string, head: Row, rows: readonly Row[]): void {
  console.log(`\n${title}\n`);
  for (const row of [head, head.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);
}
