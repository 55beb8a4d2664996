import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import proto from '@temporalio/proto';
import { until } from './shopper.ts';

/** What an operator does with `temporal worker deployment`, for one deployment. */
export function createWorkerDeployment(client: Client, deploymentName: string) {
  const { workflowService: service } = client.connection;
  const { namespace } = client.options;
  const settle = <T>(call: () => Promise<T>) =>
    until(
      () => call().then(() => '', String),
      (problem) => problem === '',
    );

  async function list(query: string): Promise<WorkflowExecutionInfo[]> {
    const found = [];
    for await (const run of client.workflow.list({ query })) found.push(run);
    return found;
  }

  return {
    /** As soon as a worker of that build polls; `''`: workers without a version. */
    setCurrent: (buildId: string) =>
      settle(() => service.setWorkerDeploymentCurrentVersion({ namespace, deploymentName, buildId })),
    /** `DRAINING` while pinned runs are open, `DRAINED` afterwards. */
    async drainage(buildId: string): Promise<string> {
      const version = { deploymentName, buildId };
      const answer = await service.describeWorkerDeploymentVersion({ namespace, deploymentVersion: version });
      const status = answer.workerDeploymentVersionInfo?.drainageInfo?.status ?? 0;
      return (proto.temporal.api.enums.v1.VersionDrainageStatus[status] ?? '').replace(
        'VERSION_DRAINAGE_STATUS_',
        '',
      );
    },
    runsOf: (buildId: string) => list(`TemporalWorkerDeploymentVersion = "${deploymentName}:${buildId}"`),
    /** Their workflow ids. */
    async openOn(buildId: string): Promise<string[]> {
      const version = `TemporalWorkerDeploymentVersion = "${deploymentName}:${buildId}"`;
      return (await list(`${version} and ExecutionStatus = "Running"`)).map(({ workflowId }) => workflowId);
    },
  };
}

/** The build that the latest run of a cart is on; `undefined` before its first workflow task. */
export async function buildOf(client: Client, cartId: string): Promise<string | undefined> {
  const { raw } = await client.workflow.getHandle(`cart-${cartId}`).describe();
  return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? undefined;
}
