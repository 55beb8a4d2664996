/** 1 to 255 printable characters: quoted, as the IETF draft has it, or bare, as most clients send it. */
export const idempotencyKeyPattern = /^(?!""$)([!-~]([ -~]{0,253}[!-~])?|"([ !#-[\]-~]|\\["\\]){1,255}")$/;

/** The key in an `Idempotency-Key` header of that form; quoted and bare, it is the same key. */
export function idempotencyKeyFrom(header: string | undefined): string | undefined {
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header ?? '')?.[1];
  return quoted?.replace(/\\(["\\])/g, '$1') ?? header;
}
