import type { SettingsReader } from './settings.ts';
import { cartSettings, workerSettings } from './shards.ts';

export interface WorkerProcessConfig {
  maxCachedWorkflows: number;
  maxConcurrentActivities: number;
  maxConcurrentWorkflowTasks: number;
  /** How long a task waits for the worker that has its cart in memory, before it may go to any. */
  stickyTimeoutMs: number;
  shutdownGraceMs: number;
  /** IP address and port of the SDK's own metrics; without it there are none. */
  metricsAddress: string | undefined;
  /** Which build of which deployment this is, for worker versioning; absent: all workers are alike. */
  version?: { deploymentName: string; buildId: string };
}

export function readWorker(reader: SettingsReader, env: 'development' | 'production'): WorkerProcessConfig {
  const settings = reader.read(workerSettings);
  checkGrace(reader, settings.WORKER_SHUTDOWN_GRACE, env);
  return {
    maxCachedWorkflows: settings.WORKER_CACHED_WORKFLOWS,
    maxConcurrentActivities: settings.WORKER_ACTIVITIES,
    maxConcurrentWorkflowTasks: settings.WORKER_WORKFLOW_TASKS,
    stickyTimeoutMs: settings.WORKER_STICKY_TIMEOUT,
    shutdownGraceMs: settings.WORKER_SHUTDOWN_GRACE,
    metricsAddress: settings.WORKER_METRICS_ADDRESS,
    ...readVersion(reader, settings.WORKER_DEPLOYMENT_NAME, settings.WORKER_BUILD_ID),
  };
}

const { RESERVATION_ATTEMPT_TIMEOUT, PAYMENT_ATTEMPT_TIMEOUT } = cartSettings;
const attemptSettings = { RESERVATION_ATTEMPT_TIMEOUT, PAYMENT_ATTEMPT_TIMEOUT };

function checkGrace(reader: SettingsReader, graceMs: number, env: 'development' | 'production'): void {
  const attempts = reader.read(attemptSettings);
  for (const [name, attemptMs] of Object.entries(attempts)) {
    // A short grace is handy while developing: calls cut off are only repeated. Asked for, it is checked.
    const counts = env === 'production' || reader.env[name] !== undefined;
    if (counts && graceMs <= attemptMs) {
      const mend = `must be longer than ${name} (${attemptMs} ms)`;
      reader.problem('WORKER_SHUTDOWN_GRACE', `${mend}, or shutting down cuts such calls off`);
    }
  }
}

/** A build without a deployment, or the other way round, would poll unversioned: open carts would be taken over. */
function readVersion(
  reader: SettingsReader,
  deploymentName: string | undefined,
  buildId: string | undefined,
): Pick<WorkerProcessConfig, 'version'> {
  if (deploymentName && buildId) return { version: { deploymentName, buildId } };
  const given = (name: string) => reader.env[name] !== undefined;
  const mend = 'set both for worker versioning, or none (docs/deploys.md)';
  if (given('WORKER_DEPLOYMENT_NAME') && !given('WORKER_BUILD_ID')) {
    reader.problem('WORKER_BUILD_ID', `needed beside WORKER_DEPLOYMENT_NAME: ${mend}`);
  }
  if (given('WORKER_BUILD_ID') && !given('WORKER_DEPLOYMENT_NAME')) {
    reader.problem('WORKER_DEPLOYMENT_NAME', `needed beside WORKER_BUILD_ID: ${mend}`);
  }
  return {};
}
