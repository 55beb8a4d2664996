import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Loaded before a worker, into each of its threads: what is resident is then what is in use. No TypeScript there. */
const everyMs = 2_000;
setFlagsFromString('--expose-gc');
setInterval(runInNewContext('gc'), everyMs).unref();
