import postgres from 'postgres';

export interface PostgresFigures {
  bytes: number;
  transactions: number;
  /** Bytes of write-ahead log of the whole server since it was made. */
  walBytes: number;
  /** Whole pages in it: of each page the first change after a checkpoint. */
  walPages: number;
}

const quiet = { max: 1, onnotice: () => {} };

export async function vacuum(urls: readonly string[]): Promise<void> {
  for (const url of urls) {
    const sql = postgres(url, quiet);
    await sql`vacuum`.finally(() => sql.end());
  }
}

/** Of the databases, all on one server. */
export async function postgresFigures(urls: readonly string[]): Promise<PostgresFigures> {
  const figures = { bytes: 0, transactions: 0, walBytes: 0, walPages: 0 };
  for (const url of urls) {
    const sql = postgres(url, quiet);
    try {
      const [row] = await sql<{ bytes: string; transactions: string; wal: string; pages: string }[]>`
        select pg_database_size(current_database()) as bytes,
          (select xact_commit from pg_stat_database where datname = current_database()) as transactions,
          pg_current_wal_lsn() - '0/0' as wal,
          (select wal_fpi from pg_stat_wal) as pages`;
      figures.bytes += Number(row?.bytes);
      figures.transactions += Number(row?.transactions);
      figures.walBytes = Number(row?.wal);
      figures.walPages = Number(row?.pages);
    } finally {
      await sql.end();
    }
  }
  return figures;
}

/** Open connections to the server, by what its clients call themselves. */
export async function connectionsByClient(url: string): Promise<Record<string, number>> {
  const sql = postgres(url, quiet);
  try {
    const rows = await sql<{ client: string; connections: number }[]>`
      select application_name as client, count(*)::int as connections from pg_stat_activity
      where backend_type = 'client backend' and pid <> pg_backend_pid()
      group by 1 order by 1`;
    return Object.fromEntries(rows.map(({ client, connections }) => [client, connections]));
  } finally {
    await sql.end();
  }
}

/** Bytes of each table with its indexes, largest first. */
export async function tableBytes(url: string): Promise<Record<string, number>> {
  const sql = postgres(url, quiet);
  try {
    const rows = await sql<{ name: string; bytes: string }[]>`
      select relname as name, pg_total_relation_size(relid) as bytes from pg_stat_user_tables order by 2 desc`;
    return Object.fromEntries(rows.map(({ name, bytes }) => [name, Number(bytes)]));
  } finally {
    await sql.end();
  }
}
