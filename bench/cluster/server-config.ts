export const ROLES = ['frontend', 'history', 'matching', 'worker'] as const;
export type Role = (typeof ROLES)[number];

export interface RolePorts {
  grpcPort: number;
  membershipPort: number;
  metricsPort: number;
}

export interface ServerConfig {
  role: Role;
  ip: string;
  /** The same on each host: a service finds its peers by their address and its own port. */
  ports: Readonly<Record<Role, RolePorts>>;
  /** Of the databases' server. */
  postgres: URL;
  historyShards: number;
  /** Of one process, for the main store. */
  connections: number;
  /** Any frontend; the server's own workflows go there. */
  frontend: string;
  dynamicConfigPath: string;
  metricsAddress: string;
}

export const MAIN_STORE = 'temporal';
export const VISIBILITY_STORE = 'temporal_visibility';

/** The configuration file of one process of the server. JSON, which is YAML too. */
export function serverConfig(config: ServerConfig): string {
  const { role, ip, ports, historyShards, connections, frontend, dynamicConfigPath, metricsAddress } = config;
  const services = ROLES.map((name) => [name, serviceOf(ports[name], ip)] as const);
  return JSON.stringify({
    log: { stdout: true, level: 'warn' },
    persistence: {
      numHistoryShards: historyShards,
      defaultStore: 'main',
      visibilityStore: 'visibility',
      datastores: {
        main: { sql: store(config, role, MAIN_STORE, connections) },
        visibility: { sql: store(config, role, VISIBILITY_STORE, Math.ceil(connections / 2)) },
      },
    },
    global: {
      membership: { maxJoinDuration: '30s', broadcastAddress: ip },
      metrics: { prometheus: { timerType: 'histogram', listenAddress: metricsAddress } },
    },
    services: Object.fromEntries(services),
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: frontend },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    publicClient: { hostPort: frontend },
    dynamicConfigClient: { filepath: dynamicConfigPath, pollInterval: '60s' },
  });
}

const serviceOf = ({ grpcPort, membershipPort }: RolePorts, bindOnIP: string) => ({
  rpc: { grpcPort, membershipPort, bindOnIP },
});

function store({ postgres }: ServerConfig, role: Role, databaseName: string, connections: number) {
  return {
    pluginName: 'postgres12',
    databaseName,
    connectAddr: postgres.host,
    connectProtocol: 'tcp',
    user: postgres.username,
    password: postgres.password,
    // How connections are told apart in pg_stat_activity.
    connectAttributes: { application_name: `temporal ${role}` },
    maxConns: connections,
    maxIdleConns: connections,
    maxConnLifetime: '1h',
  };
}
