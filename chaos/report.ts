import type { Finding } from './checks/index.ts';
import type { Fault } from './faults/schedule.ts';
import type { Journal, JournalCommand } from './journal.ts';
import { countMeetings } from './meetings.ts';

/** All that is known of a run. */
export interface Outcome {
  seed: number;
  tookMs: number;
  faults: readonly Fault[];
  diedByThemselves: number;
  journal: Journal;
  findings: readonly Finding[];
  /** One for each kill: ms from it to the answer of a fresh shopper's add, `undefined` without one. */
  recoveriesMs: readonly (number | undefined)[];
}

const countOf = <T>(all: readonly T[], is: (one: T) => boolean): number => all.filter(is).length;
const commandsThat = ({ journal }: Outcome, outcome: JournalCommand['outcome']): number =>
  countOf(journal.commands, (command) => command.outcome === outcome);
const foundBy = ({ findings }: Outcome, check: Finding['check']): number =>
  countOf(findings, (finding) => finding.check === check);

/** Nothing is wrong, everything is known, and the shop came back after each kill. */
export const isProven = (run: Outcome): boolean =>
  run.findings.length === 0 &&
  commandsThat(run, 'unknown') === 0 &&
  run.journal.commands.length > 0 &&
  run.recoveriesMs.every((ms) => ms !== undefined);

/** The last line: what was proven, or that it was not. */
export function lastLine(run: Outcome): string {
  const kinds = (kind: Fault['kind']) => countOf(run.faults, (fault) => fault.kind === kind);
  const others = run.findings.length - namedChecks.reduce((sum, check) => sum + foundBy(run, check), 0);
  return [
    `${isProven(run) ? 'proven' : 'NOT proven'} with seed ${run.seed}: ` +
      `${kinds('kill')} kills, ${kinds('pause')} pauses, ${kinds('cut')} cuts, ${kinds('delay')} delays`,
    `${run.journal.commands.length} commands, ${commandsThat(run, 'applied')} applied, ` +
      `${commandsThat(run, 'rejected')} rejected, ${commandsThat(run, 'unknown')} unknown`,
    [
      ...namedChecks.map((check) => `${foundBy(run, check)} ${check}`),
      ...(others > 0 ? [`${others} other findings`] : []),
    ].join(', '),
    recoveryText(run),
  ].join('; ');
}

const namedChecks = ['lost', 'doubled', 'leaked'] as const;

function recoveryText({ recoveriesMs }: Outcome): string {
  const never = countOf(recoveriesMs, (ms) => ms === undefined);
  const text = `recovery p50 ${quantile(recoveriesMs, 0.5)}, p99 ${quantile(recoveriesMs, 0.99)}`;
  return never === 0 ? text : `${text}, ${never} never`;
}

function quantile(recoveriesMs: Outcome['recoveriesMs'], share: number): string {
  const known = recoveriesMs.filter((ms) => ms !== undefined).toSorted((a, b) => a - b);
  const ms = known[Math.ceil(known.length * share) - 1];
  return ms === undefined ? '–' : `${(ms / 1_000).toFixed(1)} s`;
}

/** The same as tables, for a page. */
export function reportTable(run: Outcome): string {
  return [
    `Seed ${run.seed}, ${Math.round(run.tookMs / 1_000)} s. ${isProven(run) ? 'Proven.' : '**Not proven.**'}`,
    '',
    ...faultTable(run.faults),
    '',
    ...table(
      ['what', 'count'],
      [
        ['commands', run.journal.commands.length],
        ['acknowledged', commandsThat(run, 'applied') + commandsThat(run, 'rejected')],
        ['… applied', commandsThat(run, 'applied')],
        ['… rejected', commandsThat(run, 'rejected')],
        ['unknown', commandsThat(run, 'unknown')],
        ['met another of their cart', countMeetings(run.journal.commands)],
        ['carts', run.journal.carts.length],
        ...checks.map((check): Row => [check, foundBy(run, check)]),
        ['processes that died by themselves', run.diedByThemselves],
        ['recovery p50', quantile(run.recoveriesMs, 0.5)],
        ['recovery p99', quantile(run.recoveriesMs, 0.99)],
      ],
    ),
    '',
  ].join('\n');
}

const checks = [...namedChecks, 'stock', 'late', 'orders', 'money', 'read-model', 'workflows'] as const;
type Row = (string | number)[];

function faultTable(faults: readonly Fault[]): string[] {
  const targetOf = (fault: Fault) => ('part' in fault ? fault.part : fault.link);
  const targets = [...new Set(faults.map(targetOf))].toSorted((a, b) => a.localeCompare(b));
  const kinds = ['kill', 'pause', 'cut', 'delay'] as const;
  const rows = targets.map((target): Row => [
    target,
    ...kinds.map(
      (kind) => countOf(faults, (fault) => fault.kind === kind && targetOf(fault) === target) || '',
    ),
  ]);
  return table(['part or connection', 'kills', 'pauses', 'cuts', 'delays'], rows);
}

const table = (head: Row, rows: Row[]): string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
