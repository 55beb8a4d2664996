import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// Loaded before a worker, into each of its threads, where there is no TypeScript: what is resident is in use.
const everyMs = 2_000;
setFlagsFromString('--expose-gc');
/** @type {() => void} */
const collect = runInNewContext('gc');
setInterval(collect, everyMs).unref();
