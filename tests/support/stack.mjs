// A whole Ventanilla for a test: its own PostgreSQL, nginx, handlers and worker on a free port under a temporary folder,
// started by tools/start from the build in VENTANILLA_BUILD_DIR, stopped and removed afterwards.
//
//   const stack = await Stack.start({ settings: { SEARCH_DISCLOSES: '0' }, demo: false });
//   stack.url, stack.data, stack.env            (DIR/env as an object)
//   await stack.query('SELECT ...', [values])   rows as objects
//   await stack.run('importar-archivo', ...)    { code, stdout, stderr } of `ventanilla`
//   await stack.stop()
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const testData = path.join(root, 'tests/support/data');

// Runs a program to its end; never rejects for an exit code.
export function run(command, args, { env = process.env, input = '', timeout = 120_000, cwd } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (part) => { stdout += part; });
    child.stderr.on('data', (part) => { stderr += part; });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code: code ?? `signal ${signal}`, stdout, stderr });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// DIR/env as the shell reads it.
async function readEnvironment(data) {
  const shell = await run('bash', ['-c', `set -a; . "$1/env"; env -0`, 'bash', data], { env: { PATH: process.env.PATH } });
  return Object.fromEntries(shell.stdout.split('\0').filter(Boolean).map((line) => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1)];
  }));
}

export class Stack {
  static async start({ settings = {}, demo = false, data } = {}) {
    const stack = new Stack();
    stack.data = data ?? await mkdtemp(path.join(os.tmpdir(), 'ventanilla-'));
    stack.port = await freePort();
    stack.url = `http://127.0.0.1:${stack.port}`;
    const env = { ...process.env, MAIL_BACKEND: 'file', ...settings };
    const args = ['--port', String(stack.port), '--data', stack.data, '--detach', ...(demo ? [] : ['--empty'])];
    const started = await run(path.join(root, 'tools/start'), args, { env });
    if (started.code !== 0) {
      const log = await readFile(path.join(stack.data, 'log/ventanilla.log'), 'utf8').catch(() => '');
      if (!data) await rm(stack.data, { recursive: true, force: true });
      throw new Error(`tools/start failed: ${started.stderr}${started.stdout}\n${log}`);
    }
    stack.env = await readEnvironment(stack.data);
    const url = new URL(stack.env.DATABASE_URL.replace('@/', '@local/'));
    stack.pool = new pg.Pool({
      host: decodeURIComponent(url.searchParams.get('host')), user: 'ventanilla', database: 'ventanilla', max: 4,
    });
    stack.pool.on('error', () => {});
    return stack;
  }

  async query(sql, values = []) {
    return (await this.pool.query(sql, values)).rows;
  }

  run(...args) {
    const options = typeof args.at(-1) === 'object' ? args.pop() : {};
    return run('ventanilla', args, { env: { ...this.env, ...options.env }, ...options, env: { ...this.env, ...options.env } });
  }

  // Ends everything; a log with a sanitizer's report fails the test that calls this.
  async stop({ keep = false } = {}) {
    await this.pool.end().catch(() => {});
    const stopped = await run(path.join(root, 'tools/stop'), ['--data', this.data]);
    const reports = await run('grep', ['-rlE', 'AddressSanitizer|runtime error:|LeakSanitizer', path.join(this.data, 'log')]);
    const text = reports.stdout.trim() ? (await run('grep', ['-rhE', '-A30', 'Sanitizer|runtime error:', path.join(this.data, 'log')])).stdout : '';
    if (!keep) await rm(this.data, { recursive: true, force: true });
    if (stopped.code !== 0) throw new Error(`tools/stop failed: ${stopped.stderr}`);
    if (text) throw new Error(`a sanitizer spoke:\n${text.slice(0, 4000)}`);
  }
}
