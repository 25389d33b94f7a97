// The processes of a running instance, found in /proc by what they are and where they work.
//
//   await processes(stack, 'login')        [{ pid, parent }], the handler's parent and its children
//   await parentOf(stack, 'login')         number of the one that the supervisor started
//   signal([{ pid }], 'SIGKILL')           whoever is gone already does not matter
import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';

export async function processes(stack, name) {
  const found = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const program = path.basename((await readlink(`/proc/${entry}/exe`)).replace(/ \(deleted\)$/, ''));
      const folder = await readlink(`/proc/${entry}/cwd`);
      if ((name !== undefined && program !== name) || !(`${folder}/`).startsWith(`${stack.data}/`)) continue;
      const stat = await readFile(`/proc/${entry}/stat`, 'utf8');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state !== 'Z') found.push({ pid: Number(entry), parent: Number(parent), program });
    } catch {
      // gone meanwhile, or not ours
    }
  }
  return found;
}

export async function parentOf(stack, name) {
  const all = await processes(stack, name);
  return all.find(({ parent }) => !all.some(({ pid }) => pid === parent))?.pid;
}

export function signal(targets, name) {
  for (const { pid } of targets) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
}
