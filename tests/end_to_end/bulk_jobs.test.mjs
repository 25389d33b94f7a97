// Thousands of users in one job while the worker is killed: each client has one user and a known password, and no
// password is left anywhere but sealed (SPEC.md, 3).
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { addClients, jobIsDone, madePasswords, queueJob, wrongOnes } from '../support/credentials.mjs';
import { login, newcomer, until, useStack } from '../support/flows.mjs';
import { parentOf, signal } from '../support/processes.mjs';
import { run } from '../support/stack.mjs';

const isLong = process.env.LONG === '1';
const count = isLong ? 10_000 : 2_000;
const samples = isLong ? 200 : 20;
const kills = 5;
const { stack } = useStack({ settings: { LOGIN_FAILURE_MS: '0' } });

let made = [];
const seenCommands = new Set();

async function doneSoFar(job) {
  const [row] = await stack().query("SELECT count(*)::int AS n FROM bulk_job_item WHERE job_id = $1 AND status = 'done'", [job]);
  return row.n;
}

// Kills it when more was done than before the last kill, so that every kill hits another batch.
async function killWorkers(job) {
  let last = 0;
  for (let i = 0; i < kills; i += 1) {
    last = await until('the job goes on', async () => {
      const done = await doneSoFar(job);
      return done > last && done;
    }, { within: 60_000 });
    await pause(Math.random() * 900);
    const pid = await until('a worker', () => parentOf(stack(), 'worker'));
    signal([{ pid }], 'SIGKILL');
  }
}

async function watchCommands(isOver) {
  while (!isOver()) {
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      seenCommands.add(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
    }
    await pause(300);
  }
}

test('every client has exactly one user, whatever was killed', { timeout: 900_000 }, async () => {
  await addClients(stack(), count);
  const job = await queueJob(stack(), 'crear_usuario_portal', { sendsMail: true });
  let over = false;
  const watching = watchCommands(() => over);
  await killWorkers(job);
  assert.ok(await doneSoFar(job) < count, 'the kills came before the end');
  await jobIsDone(stack(), job, 800_000);
  over = true;
  await watching;
  const [clients] = await stack().query(`SELECT count(*)::int AS n, count(DISTINCT account_id)::int AS users FROM client`);
  assert.deepEqual(clients, { n: count, users: count });
  const [accounts] = await stack().query('SELECT count(*)::int AS n FROM account WHERE NOT is_staff');
  assert.equal(accounts.n, count);
  const [events] = await stack().query(`SELECT count(*)::int AS n, count(DISTINCT subject)::int AS clients FROM audit_log
    WHERE action = 'credentials_made'`);
  assert.deepEqual(events, { n: count, clients: count });
});

test('every password that staff can see opens its account', { timeout: 900_000 }, async () => {
  made = await madePasswords(stack());
  assert.equal(made.length, count);
  assert.equal(new Set(made.map(({ password }) => password)).size, count);
  for (const { password } of made) assert.match(password, /^[a-km-zA-HJ-NP-Z2-9]{12}$/);
  assert.deepEqual(await wrongOnes(made), []);
});

test('a sample of them logs in', { timeout: 600_000 }, async () => {
  const step = Math.floor(made.length / samples);
  for (let i = 0; i < samples; i += 1) {
    const { username, password } = made[i * step];
    const person = newcomer(stack());
    const answer = await login(person, username, password);
    assert.equal(answer.status, 303, answer.text);
    assert.match(answer.location, /cambiar-contrasena\/\?primera=1$/);
    person.close();
  }
});

test('each mail went out once for each user', { timeout: 600_000 }, async () => {
  await until('all mails are out', async () => {
    const [row] = await stack().query("SELECT count(*)::int AS n FROM mail_outbox WHERE status <> 'sent'");
    return row.n === 0;
  }, { within: 500_000, every: 500 });
  const [mails] = await stack().query(`SELECT count(*)::int AS n, count(DISTINCT recipient)::int AS people,
    count(model)::int AS kept FROM mail_outbox WHERE message = 'portal_credentials'`);
  assert.deepEqual(mails, { n: count, people: count, kept: 0 });
});

// Every twelve characters of a text that could be one of the passwords, as they are and in other spellings.
function foundIn(text, spellings) {
  const found = new Set();
  for (const [length, secrets] of spellings) {
    for (let i = 0; i + length <= text.length; i += 1) {
      const piece = text.slice(i, i + length);
      if (secrets.has(piece)) found.add(piece);
    }
  }
  return [...found];
}

test('no password stands in a table, a log or a command line', { timeout: 600_000 }, async () => {
  const bySize = (encode) => {
    const secrets = new Set(made.map(({ password }) => encode(password)));
    return [[...secrets][0].length, secrets];
  };
  const spellings = [bySize((text) => text), bySize((text) => Buffer.from(text).toString('hex')),
    bySize((text) => Buffer.from(text).toString('base64'))];
  const dumped = await run('bash', ['-c', `PATH="$PATH:$(echo /usr/lib/postgresql/*/bin)"; pg_dump "$DATABASE_URL"`], { env: stack().env });
  assert.equal(dumped.code, 0, dumped.stderr);
  assert.match(dumped.stdout, /COPY public\.bulk_job_item/);
  assert.deepEqual(foundIn(dumped.stdout, spellings), []);
  const folder = path.join(stack().data, 'log');
  for (const name of await readdir(folder)) {
    assert.deepEqual(foundIn(await readFile(path.join(folder, name), 'utf8'), spellings), [], name);
  }
  assert.ok(seenCommands.size > 5);
  assert.deepEqual(foundIn([...seenCommands].join('\n'), spellings), []);
});

test('at their end the passwords are forgotten', async () => {
  await stack().query("UPDATE bulk_job SET expires_at = now() - interval '1 second'");
  signal([{ pid: await parentOf(stack(), 'worker') }], 'SIGTERM');  // it comes back and looks at once
  await until('nothing is sealed any more', async () => {
    const [row] = await stack().query('SELECT count(*)::int AS n FROM bulk_job_item WHERE sealed IS NOT NULL');
    return row.n === 0;
  }, { within: 20_000 });
});
