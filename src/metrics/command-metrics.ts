import { Counter, type Registry } from 'prom-client';
import type { ShopperCommand } from '../domain/commands.ts';
import type { Rejection } from '../domain/rejections.ts';

/** What a client was told of its command. `pending`: stored, with the outcome to be asked for. */
export type CommandAnswer =
  | { status: 'applied' | 'pending' | 'in_progress' | 'not_accepted' }
  | { status: 'rejected'; code: Rejection['code'] };

export type CountCommand = (command: ShopperCommand['type'], answer: CommandAnswer) => void;

export function createCommandMetrics(registry: Registry): CountCommand {
  const commands = new Counter({
    name: 'durable_cart_commands_total',
    help: 'Commands by what their clients were told; a repeated request counts again',
    labelNames: ['command', 'outcome', 'code'] as const,
    registers: [registry],
  });
  return (command, answer) => {
    const code = answer.status === 'rejected' ? answer.code : '';
    commands.inc({ command, outcome: answer.status, code });
  };
}
