import { createRandom } from '../test/support/random.ts';

export interface Dice {
  /** Whole, both ends included. */
  between(least: number, most: number): number;
  /** Each as often as the others. */
  oneOf<T>(all: readonly [T, ...T[]]): T;
  /** By weight. */
  choose<K extends string>(weights: Readonly<Record<K, number>>): K;
}

/** A stream of its own for each name: what one draws moves none of the others. */
export function createDice(seed: number, name: string): Dice {
  let state = seed;
  for (const letter of name) state = (Math.imul(state, 31) + letter.charCodeAt(0)) | 0;
  const random = createRandom(state);
  const between = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));
  return {
    between,
    oneOf: (all) => all[between(0, all.length - 1)] ?? all[0],
    choose<K extends string>(weights: Readonly<Record<K, number>>) {
      const keys = Object.keys(weights) as K[];
      let left = random() * keys.reduce((total, key) => total + weights[key], 0);
      for (const key of keys) {
        left -= weights[key];
        if (left < 0) return key;
      }
      return keys.at(-1) as K;
    },
  };
}
