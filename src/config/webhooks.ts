import type { SettingsReader } from './settings.ts';
import { webhookSettings } from './shards.ts';

export interface WebhookConfig {
  url: string;
  /** Each of them signs. */
  secrets: readonly string[];
  giveUpAfterMs: number;
}

/** Where events are told, if anywhere. */
export function readWebhooks(reader: SettingsReader): { webhooks?: WebhookConfig } {
  const settings = reader.read(webhookSettings);
  const { WEBHOOK_URL: url, WEBHOOK_SECRET: secrets, WEBHOOK_GIVE_UP_AFTER: giveUpAfterMs } = settings;
  if (url === undefined) return {};
  if (reader.env['WEBHOOK_SECRET'] === undefined) {
    reader.problem(
      'WEBHOOK_SECRET',
      'needed beside WEBHOOK_URL, so that the receiver can tell who it is from',
    );
  }
  return { webhooks: { url, secrets: secrets ?? [], giveUpAfterMs } };
}
