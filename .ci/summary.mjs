import { readFileSync } from 'node:fs';

// Usage: summary.mjs <vitest JSON report> <exit code of make static> <exit code of make test>
const [reportPath, checked, tested] = process.argv.slice(2);
const counts = { passed: 0, failed: 0, skipped: 0 };

for (const file of readFiles()) {
  const failedBefore = counts.failed;
  for (const { status } of file.assertionResults) counts[status in counts ? status : 'skipped'] += 1;
  // A file that cannot even be loaded has no test that could fail.
  if (file.status === 'failed' && counts.failed === failedBefore) counts.failed += 1;
}
if (checked !== '0') {
  console.log('make static failed: counted as one failure.');
  counts.failed += 1;
}
if (tested !== '0' && counts.failed === 0) {
  console.log('make test failed without a failed test: counted as one failure.');
  counts.failed += 1;
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;

function readFiles() {
  try {
    return JSON.parse(readFileSync(reportPath, 'utf8')).testResults;
  } catch {
    // No report: the run ended before its first test, which its exit code tells.
    return [];
  }
}
