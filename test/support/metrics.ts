export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** The samples of a page in Prometheus's text format. */
export function parseMetrics(page: string): Sample[] {
  return page
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const parts = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
      if (!parts) throw new Error(`Not a sample: ${line}`);
      const labels = [...(parts[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
      return {
        name: parts[1]!,
        labels: Object.fromEntries(labels.map(([, name, value]) => [name, value])) as Record<string, string>,
        value: Number(parts[3]),
      };
    });
}

/** The value of the one sample with this name and these labels among its own; undefined when there is none. */
export function valueOf(page: string, name: string, labels: Record<string, string> = {}): number | undefined {
  const found = parseMetrics(page).filter(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  if (found.length > 1) throw new Error(`${found.length} samples of ${name} ${JSON.stringify(labels)}`);
  return found[0]?.value;
}
