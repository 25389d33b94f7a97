// PostgreSQL away or frozen: a clear answer in time, and work again by itself (DESIGN.md, database).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Visitor } from '../support/browser_client.mjs';
import { parentOf, processes, signal } from '../support/processes.mjs';
import {
  archive, assertOurPage, assertPage, claimByForm, formFields, goodPassword, inTurns, isInside, login, mailsTo, paths,
  until, useStack,
} from '../support/flows.mjs';

const { stack, visitor } = useStack({ settings: { WORKERS: '4', HASH_SLOTS: '2', LOGIN_FAILURE_MS: '0' } });

// What needs the database, one of each program. The visitor is logged in and has all tokens.
async function requestsOf(person) {
  const token = Visitor.tokenOf(await person.get(paths.recovery));
  return [
    () => person.get(paths.portal),
    () => person.get(paths.admin),
    () => person.post(paths.search, { email: 'alguien@ejemplo.com' }, { token }),
    () => person.post(paths.form, formFields({ username: 'alguien', email: 'alguien@ejemplo.com' }), { token }),
    () => person.post(paths.recovery, { email: 'alguien@ejemplo.com' }, { token }),
    () => person.post(paths.formCode, { code: '1234' }, { token }),
    () => person.post(paths.formResend, {}, { token }),
    () => person.post(paths.login, { username: 'alguien', password: 'algo' }, { token }),
  ];
}

async function timed(send) {
  const begin = Date.now();
  return { answer: await send(), took: Date.now() - begin };
}

function assertPaused({ answer, took }, bound) {
  assertPage(answer, 503, 'errors/unavailable');
  assert.ok(Number(answer.headers['retry-after']) >= 1, 'with Retry-After');
  assert.ok(took < bound, `after ${took} ms`);
}

const worksAgain = (person) => until('it works again', async () => {
  const answer = await person.get(paths.portal).catch(() => null);
  return answer?.status === 200;
}, { within: 30_000, every: 100 });

test('while PostgreSQL is away every page that needs it is 503 within 3 s, and it works again by itself', { timeout: 120_000 }, async () => {
  const { visitor: person } = await claimByForm(stack(), { username: 'firme', email: 'firme@ejemplo.com' });
  const requests = await requestsOf(person);
  const supervisor = await processes(stack(), 'ventanilla-supervisor');
  assert.equal(supervisor.length, 1);
  try {
    signal(supervisor, 'SIGSTOP'); // it would start PostgreSQL again at once
    signal([{ pid: await parentOf(stack(), 'postgres') }], 'SIGQUIT');
    await until('PostgreSQL is gone', async () => (await processes(stack(), 'postgres')).length === 0);
    for (let round = 0; round < 3; round += 1) {
      for (const outcome of await inTurns(requests, requests.length, timed)) assertPaused(outcome, 3_000);
    }
    assertOurPage(await visitor().get(paths.login), 200);
  } finally {
    signal(supervisor, 'SIGCONT');
  }
  await worksAgain(person);
  await archive(stack(), { username: 'devuelta', email: 'devuelta@ejemplo.com' });
  await claimByForm(stack(), { username: 'nueva', email: 'nueva@ejemplo.com' });
  assert.equal((await mailsTo(stack(), 'nueva@ejemplo.com')).length, 2, 'the worker is back, too');
  assert.ok(await isInside(person), 'the session outlived it');
});

test('a frozen PostgreSQL is answered for within 6 s, and all is well when it thaws', { timeout: 120_000 }, async () => {
  const { visitor: person } = await claimByForm(stack(), { username: 'helada', email: 'helada@ejemplo.com' });
  const requests = await requestsOf(person);
  let frozen = await processes(stack(), 'postgres');
  try {
    signal(frozen, 'SIGSTOP');
    for (const outcome of await inTurns(requests, requests.length, timed)) assertPaused(outcome, 6_000);
    assertOurPage(await visitor().get(paths.login), 200);
  } finally {
    frozen = await processes(stack(), 'postgres');
    signal(frozen, 'SIGCONT');
  }
  await worksAgain(person);
  assert.equal((await login(visitor(), 'helada', goodPassword)).status, 303);
});

test('PostgreSQL killed again and again under load: only 503, and nothing half done', { timeout: 120_000 }, async () => {
  for (let i = 0; i < 12; i += 1) await archive(stack(), { username: `terremoto${i}`, email: `terremoto${i}@ejemplo.com`, oldPassword: 'una vieja clave' });
  let over = false;
  const quakes = (async () => {
    for (let i = 0; i < 3 && !over; i += 1) {
      const pid = await until('a postmaster', () => parentOf(stack(), 'postgres'));
      signal([{ pid }], 'SIGKILL');
      await until('another postmaster', async () => ![undefined, pid].includes(await parentOf(stack(), 'postgres')), { within: 30_000 });
      await new Promise((resolve) => { setTimeout(resolve, 700); });
    }
  })();
  const statuses = await inTurns(Array.from({ length: 12 }, (_, i) => i), 2, async (i) => {
    const person = visitor();
    const answer = await until('an answer other than 503', async () => {
      const one = await login(person, `terremoto${i}`, 'una vieja clave');
      assert.ok([303, 503, 403, 422, 429].includes(one.status), `${one.status}`);
      return [303].includes(one.status) && one;
    }, { within: 60_000, every: 300 });
    return answer.status;
  });
  over = true;
  await quakes;
  assert.deepEqual([...new Set(statuses)], [303]);
  await until('PostgreSQL answers', () => stack().query('SELECT 1').catch(() => null), { within: 30_000 });
  const [row] = await stack().query("SELECT count(*)::int AS n FROM account WHERE username LIKE 'terremoto%'");
  assert.equal(row.n, 12, 'each exactly once');
});
