// Programs that are killed under load: no mail and no acknowledged claim is lost (SPEC.md, 2 and 6).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Stack } from '../support/stack.mjs';
import { SmtpSink } from '../support/smtp_sink.mjs';
import { parentOf, processes, signal } from '../support/processes.mjs';
import {
  accountOf, archive, codeFor, codeIn, formFields, inTurns, isInside, newcomer, paths, search, sendCode, setPassword,
  until, useStack,
} from '../support/flows.mjs';

describe('the worker is killed and the mail server is away', () => {
  const sink = new SmtpSink();
  const kills = 10;
  let stack;
  before(async () => {
    await sink.start();
    stack = await Stack.start({ settings: { MAIL_BACKEND: 'smtp', SMTP_URL: sink.url, SEARCH_DISCLOSES: '0' } });
  });
  after(async () => {
    await stack?.stop();
    await sink.stop();
  });

  async function killWorkers() {
    for (let i = 0; i < kills; i += 1) {
      const pid = await until('a worker', () => parentOf(stack, 'worker'));
      await pause(150 + Math.random() * 300);
      signal([{ pid }], 'SIGKILL');
      await until('the worker is gone', async () => await parentOf(stack, 'worker') !== pid);
      if (i === 3) await sink.stop();
      if (i === 6) await sink.start(sink.port);
    }
  }

  test('every mail of 500 claims arrives, with at most one duplicate a kill', { timeout: 240_000 }, async () => {
    const emails = Array.from({ length: 500 }, (_, i) => `cliente${i}@ejemplo.com`);
    await stack.query(`INSERT INTO archived_user (legacy_id, username, email)
      SELECT email, split_part(email, '@', 1), email FROM unnest($1::text[]) AS email`, [emails]);
    const claim = async (email) => {
      const person = newcomer(stack);
      const answer = await person.submit(paths.search, { email });
      assert.equal(answer.location, paths.searchCode, `${email}: ${answer.status}`);
      person.close();
    };
    await Promise.all([inTurns(emails, 4, claim), killWorkers()]);
    await until('every mail is recorded as sent', async () => {
      const [row] = await stack.query("SELECT count(*)::int AS waiting FROM mail_outbox WHERE status <> 'sent'");
      return row.waiting === 0;
    }, { within: 150_000, every: 200 });
    const arrived = new Map();
    for (const mail of sink.mails) arrived.set(mail.to[0], [...(arrived.get(mail.to[0]) ?? []), codeIn(mail)]);
    assert.deepEqual(emails.filter((email) => !arrived.has(email)), []);
    assert.ok(sink.mails.length - emails.length <= kills, `${sink.mails.length - emails.length} duplicates`);
    for (const codes of arrived.values()) assert.equal(new Set(codes).size, 1, 'a duplicate says the same');
    const left = await stack.query('SELECT id FROM mail_outbox WHERE model IS NOT NULL');
    assert.deepEqual(left, []);
  });
});

describe('handlers are killed under load', () => {
  const { stack } = useStack({ settings: { WORKERS: '3', HASH_SLOTS: '3', SITE_WRONG_CODES: '100000' } });
  const names = ['claim', 'verify_code', 'login', 'account_search', 'portal'];
  const failures = [];

  // Repeats a step until it is answered; notes what failed on the way.
  async function insist(what, step) {
    for (let i = 0; i < 30; i += 1) {
      try {
        const answer = await step();
        if (answer.status !== 503) return answer;
        failures.push(`${what}: 503`);
      } catch (error) {
        failures.push(`${what}: ${error.code ?? error}`);
      }
      await pause(50);
    }
    throw new Error(`${what}: never answered`);
  }

  async function claimOne(i) {
    const email = `aguante${i}@ejemplo.com`;
    const id = await archive(stack(), { username: `aguante${i}`, email });
    const person = newcomer(stack());
    if (i % 2) {
      await insist('search', () => person.submit(paths.search, { email }));
      const chosen = await insist('choose', () => person.submit(paths.choose(id), {}, { from: paths.search }));
      // Answered too late to be heard, the request had its effect: the mail is out, so the second one waits a minute.
      assert.ok([303, 429].includes(chosen.status), chosen.text);
      const code = await codeFor(stack(), email);
      await insist('code', () => sendCode(person, code, paths.searchCode));
      const answer = await insist('password', () => setPassword(person, id));
      return { email, id, person, answer };
    }
    const started = await insist('form', () => person.submit(paths.form, formFields({ username: `aguante${i}`, email })));
    assert.ok([303, 429].includes(started.status), started.text);
    const code = await codeFor(stack(), email);
    const answer = await insist('code', () => sendCode(person, code));
    return { email, id, person, answer };
  }

  async function killAtRandom(isOver) {
    let kills = 0;
    for (let i = 0; i < 200 && !isOver(); i += 1) {
      await pause(60 + Math.random() * 80);
      const all = await processes(stack(), names[i % names.length]);
      if (all.length === 0) continue;
      signal([all[Math.floor(Math.random() * all.length)]], 'SIGKILL');
      kills += 1;
    }
    return kills;
  }

  test('no claim that was acknowledged is lost, and only requests in flight fail', { timeout: 180_000 }, async () => {
    let over = false;
    const killing = killAtRandom(() => over);
    const claims = await inTurns(Array.from({ length: 80 }, (_, i) => i), 4, claimOne).finally(() => { over = true; });
    const kills = await killing;
    assert.ok(kills > 5, `${kills} kills`);
    const acknowledged = claims.filter(({ answer }) => answer.location === paths.portal);
    assert.ok(acknowledged.length >= 60, `${acknowledged.length} of 80`);
    for (const { email, id, person } of acknowledged) {
      const account = await accountOf(stack(), id);
      assert.equal(account?.email, email);
      assert.ok(await until('the portal answers', () => isInside(person), { within: 5_000 }), email);
      const mails = await stack().query("SELECT id FROM mail_outbox WHERE recipient = $1 AND message = 'account_reactivated'", [email]);
      assert.equal(mails.length, 1);
    }
    // The others were answered too late to be heard, and are told that it is done already: nothing is half made.
    const [orphans] = await stack().query(`SELECT count(*)::int AS n FROM account
      WHERE NOT EXISTS (SELECT FROM archived_account WHERE claimed_account_id = account.id)`);
    assert.equal(orphans.n, 0);
    const [halves] = await stack().query('SELECT count(*)::int AS n FROM archived_account WHERE (claimed_at IS NULL) <> (claimed_account_id IS NULL)');
    assert.equal(halves.n, 0);
    // A child that is killed takes one request with it; a parent ends all of its children in the middle of nothing.
    assert.ok(failures.length <= kills * 2, `${kills} kills, ${failures.length} failures: ${failures.slice(0, 40)}`);
  });

  test('all of it answers again within two seconds of the last kill', async () => {
    for (const name of names) signal(await processes(stack(), name), 'SIGKILL');
    await until('every page answers', async () => {
      const pages = await Promise.all([paths.login, paths.search, paths.form, paths.formCode].map((path) => newcomer(stack()).get(path).catch(() => null)));
      return pages.every((page) => page?.status === 200);
    }, { within: 2_000 });
  });
});
