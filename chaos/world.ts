/** Where the parts of the shop under test are, for those who look into its books from outside. */
export interface World {
  apiUrl: string;
  databaseUrl: string;
  temporalAddress: string;
  namespace: string;
  taskQueue: string;
  reservationsUrl: string;
  paymentsUrl: string;
  /** ms since the epoch */
  startedAtMs: number;
  /** How long after its cart's expiry a hold may stand. */
  holdLagMaxMs: number;
  /** Of the workflows, to replay what has happened. */
  bundlePath?: string;
}
