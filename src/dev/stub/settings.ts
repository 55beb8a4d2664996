import { z } from 'zod';

type Env = Readonly<Record<string, string | undefined>>;

const numberFrom = (pattern: RegExp, max: number, mend: string) =>
  z
    .string()
    .regex(pattern, mend)
    .transform(Number)
    .refine((value) => value <= max, mend);

export const wholeNumber = (max: number) =>
  numberFrom(/^\d+$/, max, `must be a whole number from 0 to ${max}`);

export const rateSetting = numberFrom(/^\d*\.?\d+$/, 1, 'must be a number from 0 to 1').default(0);

/** A stub's own settings: it is a program of its own. Throws with every problem named at once; `secrets` are not shown. */
export function loadStubSettings<T>(
  stub: string,
  schema: z.ZodType<T>,
  env: Env,
  secrets: readonly string[] = [],
): T {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    const value = secrets.includes(name) ? '' : (env[name] ?? '');
    return `  ${name}=${value}: ${message}`;
  });
  throw new Error(`The ${stub} cannot start:\n${lines.join('\n')}`);
}
