/** A stub as a program: it says where it listens, and ends at once when told to. */
export async function runStub(name: string, start: () => Promise<{ url: string }>): Promise<void> {
  try {
    const { url } = await start();
    console.log(`${name} listens on ${url}`);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
