import { condition, defineSignal, setHandler } from '@temporalio/workflow';

export const poke = defineSignal<[unknown]>('poke');

/** The least that an entity workflow can be: it takes signals and does nothing with them. */
export async function bareEntity(): Promise<void> {
  setHandler(poke, () => {});
  await condition(() => false);
}
