import { format, resolveConfig } from 'prettier';
import type { Aim, Row, Spread } from './rows.ts';

export interface Report {
  facts: Readonly<Record<string, string>>;
  rows: readonly Row[];
  /** Topics without figures, and why. */
  failed: readonly string[];
}

const columns = ['what', 'ratio (min–max)', 'aim', 'met', 'ours', 'bare or before', 'note'];

/** One table of everything, ratios first; as Markdown. */
export async function toMarkdown({ facts, rows, failed }: Report, path: string): Promise<string> {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const ordered = [...rows.filter(({ aim }) => aim), ...rows.filter(({ ratio, aim }) => ratio && !aim)];
  const text = [
    '# Benchmark',
    '',
    'Written by `make bench`; not to be edited. How to run it, and what the figures mean, is in the [README](../README.md#performance).',
    '',
    ...Object.entries(facts).map(([name, fact]) => `- ${name}: ${fact}`),
    '',
    line(columns),
    line(columns.map(() => '---')),
    ...[...ordered, ...rows.filter(({ ratio }) => !ratio)].map((row) => line(cellsOf(row))),
    '',
    ...failed.map((failure) => `**Failed**: ${failure}\n`),
  ].join('\n');
  return await format(text, { ...(await resolveConfig(path)), parser: 'markdown' });
}

const cellsOf = ({ what, ratio, aim, ours, bare = '', note = '' }: Row): string[] => [
  what,
  ratio ? spreadText(ratio) : '',
  aim ? aimText(aim) : '',
  ratio && aim ? (isMet(ratio, aim) ? 'yes' : 'no') : '',
  ...[ours, bare, note],
];

const spreadText = ({ median, min, max }: Spread): string =>
  min === max ? median.toFixed(2) : `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;

const aimText = (aim: Aim): string => ('atLeast' in aim ? `≥ ${aim.atLeast}` : `≤ ${aim.atMost}`);

const isMet = ({ median }: Spread, aim: Aim): boolean =>
  'atLeast' in aim ? median >= aim.atLeast : median <= aim.atMost;
