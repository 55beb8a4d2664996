import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';

export interface RunAs {
  name: string;
  uid: number;
  gid: number;
}

/**
 * Postgres refuses to run as root. As root (containers, CI) it runs as the owner of its data folder, else as
 * a user that exists already; no user is added to the system. `undefined`: we are not root, all is well.
 */
export async function unprivilegedUser(dataDir: string): Promise<RunAs | undefined> {
  if (userInfo().uid !== 0) return undefined;
  const owner = await stat(dataDir).catch(() => undefined);
  const users = parsePasswd(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  const candidates = [
    users.find((user) => user.uid !== 0 && user.uid === owner?.uid),
    users.find((user) => user.name === 'postgres'),
    users.find((user) => user.name === 'nobody'),
  ];
  const found = candidates.find((user) => user !== undefined);
  if (found === undefined) {
    throw new Error('Postgres refuses to run as root: run this as an ordinary user, or set DATABASE_URL.');
  }
  return found;
}

function parsePasswd(passwd: string): RunAs[] {
  return passwd.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}

/** The outermost folder on the way to `path` that this user may not pass; `undefined` when all is open. */
export async function closedFolder(path: string, user: RunAs): Promise<string | undefined> {
  const folder = dirname(path);
  const outer = folder === path ? undefined : await closedFolder(folder, user);
  if (outer !== undefined || folder === path) return outer;
  const { mode, ...owner } = await stat(folder);
  const mayPass = owner.uid === user.uid ? 0o100 : owner.gid === user.gid ? 0o010 : 0o001;
  return (mode & mayPass) === 0 ? folder : undefined;
}
