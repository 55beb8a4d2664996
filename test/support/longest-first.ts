import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** By how long they take; the rest is shorter than half a minute. */
const longest = [
  'integration/versions',
  'integration/checkout-kills',
  'chaos/teeth',
  'integration/crashes',
  'integration/long-cart',
  'integration/stopping-workers',
  'chaos/short-run',
  'integration/claim-kills',
  'integration/contract',
  'integration/checkout-continue-as-new',
  'integration/outages',
  'integration/slow-service',
  'integration/timeouts',
  'integration/flooded-cart',
];

const placeOf = ({ moduleId }: TestSpecification): number => {
  const place = longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
  return place === -1 ? longest.length : place;
};

/** Few workers share the files: a long one that began last would keep the others waiting. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}
