// Method 1: the password of the old system brings its account back (SPEC.md, 1).
import assert from 'node:assert/strict';
import { cp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { Visitor } from '../support/browser_client.mjs';
import { testData } from '../support/stack.mjs';
import {
  accountOf, archive, assertOurPage, claimByForm, comparable, goodPassword, heading, inTurns, isInside, login,
  newAddress, newcomer, paths, said, useStack,
} from '../support/flows.mjs';

const { stack, visitor } = useStack({ settings: { WORKERS: '4', HASH_SLOTS: '4', LOGIN_FAILURE_MS: '0' } });

// Argon2id with the cost that DESIGN.md fixes, written as Django writes it.
const newHash = 'argon2$argon2id$v=19$m=19456,t=2,p=1$';

const sources = [
  ['usuarios_archivados', 'usuarios_archivados.csv'],
  ['auth_user', 'auth_user.dumpdata.json'],
  ['socios_2009', 'socios_2009.jsonl', '--campo', 'email=correo', '--campo', 'username=usuario', '--campo', 'password=clave',
    '--campo', 'first_name=nombre', '--campo', 'last_name=apellidos'],
];

async function knownPasswords() {
  const text = await readFile(path.join(testData, 'claves_conocidas.csv'), 'utf8');
  const [, ...lines] = text.trimEnd().split(/\r?\n/);
  return lines.map((line) => {
    const [source, id, username, email, password, format, state] = line.split(',');
    return { source, id, username, email, password, format, active: state === 'activo' };
  });
}

// The archived row of a line; `archived_user` is the source name of the table of users.
async function archivedRow({ source, id }) {
  const [row] = await stack().query('SELECT * FROM archived_account WHERE source = $1 AND legacy_id = $2',
    [source === 'usuarios_archivados' ? 'archived_user' : source, id]);
  return row;
}

const count = async (table) => Number((await stack().query(`SELECT count(*) FROM ${table}`))[0].count);

describe('with the archive imported', () => {
  before(async () => {
    await cp(testData, path.join(stack().data, 'import'), { recursive: true });
    for (const [table, file, ...fields] of sources) {
      const done = await stack().run('importar-archivo', '--tabla', table, ...fields, path.join(stack().data, 'import', file));
      assert.ok([0, 3].includes(done.code), `${file}: ${done.stderr}`);
    }
  });

  test('every known password of every format logs in, and is Argon2id afterwards', async () => {
    const rows = (await knownPasswords()).filter((row) => row.active && row.password !== '');
    assert.equal(new Set(rows.map((row) => row.format)).size, 12);
    const failed = [];
    await inTurns(rows, 3, async (row) => {
      const answer = await login(visitor(), row.username, row.password);
      const archived = await archivedRow(row);
      const account = archived && await accountOf(stack(), archived.id);
      if (answer.status !== 303 || answer.location !== paths.portal || !account?.password_hash.startsWith(newHash)) {
        failed.push(`${row.source} ${row.id} ${row.format}: ${answer.status}, ${account?.password_hash.slice(0, 30)}`);
      }
    });
    assert.deepEqual(failed, []);
    assert.equal(await count('account'), rows.length);
    assert.equal(Number((await stack().query('SELECT count(*) FROM archived_account WHERE claimed_at IS NOT NULL'))[0].count),
      rows.length);
  });

  test('an account with an unusable password lets nobody in', async () => {
    const rows = (await knownPasswords()).filter((row) => row.password === '');
    assert.equal(rows.length, 2);
    for (const row of rows) {
      const archived = await archivedRow(row);
      assert.match(archived.password_hash, /^!/);
      for (const password of ['', '!', archived.password_hash, archived.password_hash.slice(1)]) {
        assertOurPage(await login(visitor(), row.username, password), 422);
      }
      assert.equal((await archivedRow(row)).claimed_at, null);
    }
  });

  test('an inactive person with the right password is told so clearly, and with a wrong one like anybody', async () => {
    const rows = (await knownPasswords()).filter((row) => !row.active && row.password !== '');
    assert.ok(rows.length >= 2);
    for (const row of rows) {
      assertOurPage(await login(visitor(), row.username, row.password), 422, said('account_inactive'));
      assertOurPage(await login(visitor(), row.username, 'otra cosa'), 422, said('login_failed'));
      assert.equal((await archivedRow(row)).claimed_at, null);
    }
  });

  test('the old password goes on working, now against the live account', async () => {
    const row = (await knownPasswords()).find(({ format, active }) => format === 'scrypt' && active);
    await login(visitor(), row.username, row.password);
    const accounts = await count('account');
    const again = visitor();
    assert.equal((await login(again, row.email.toUpperCase(), row.password)).status, 303, 'by email, in capitals');
    assert.ok(await isInside(again));
    assert.equal(await count('account'), accounts);
  });
});

test('a wrong name, a wrong password and a wrong old password show the same page', async () => {
  const mask = (page, name) => comparable(page).replaceAll(name, 'NAME');
  await archive(stack(), { username: 'penelope', email: 'penelope@ejemplo.com', oldPassword: 'la de siempre' });
  await archive(stack(), { username: 'ulises', email: 'ulises@ejemplo.com', oldPassword: 'la de siempre' });
  await login(visitor(), 'ulises', 'la de siempre');
  const unknown = await login(visitor(), 'nadie-conocido', 'equivocada');
  assertOurPage(unknown, 422, said('login_failed'));
  for (const name of ['penelope', 'ulises']) {
    const wrong = await login(visitor(), name, 'equivocada');
    assert.equal(wrong.status, 422);
    assert.equal(mask(wrong, name), mask(unknown, 'nadie-conocido'), name);
  }
  assert.doesNotMatch(unknown.body, /equivocada/, 'a password is never shown again');
});

test('once claimed by code, the old password neither enters nor creates anything', async () => {
  const who = { username: 'reclamada', email: 'reclamada@ejemplo.com' };
  const { id } = await claimByForm(stack(), { ...who, oldPassword: 'la vieja clave' });
  const accounts = await count('account');
  assert.equal((await login(visitor(), 'reclamada', 'la vieja clave')).status, 422);
  assert.equal((await login(visitor(), 'reclamada@ejemplo.com', 'la vieja clave')).status, 422);
  assert.equal(await count('account'), accounts);
  assert.equal((await login(visitor(), 'reclamada', goodPassword)).status, 303, 'the new one does');
  assert.ok(await accountOf(stack(), id));
});

test('a taken username is told at once and in the portal', async () => {
  await archive(stack(), { username: 'Doble', email: 'doble1@ejemplo.com', oldPassword: 'la primera' });
  const second = await archive(stack(), { username: 'doble', email: 'doble2@ejemplo.com', oldPassword: 'la segunda' });
  await login(visitor(), 'doble', 'la primera');
  const person = visitor();
  const page = await person.follow(await login(person, 'doble', 'la segunda'));
  assertOurPage(page, 200, said('notice_account_renamed', { old_username: 'doble', username: 'doble0' }));
  assert.equal((await accountOf(stack(), second)).username, 'doble0');
});

test('a password of the old system that is too weak for a new one is replaced at leisure, not at the door', async () => {
  const id = await archive(stack(), { username: 'debil', email: 'debil@ejemplo.com', oldPassword: '123' });
  const person = visitor();
  const page = await person.follow(await login(person, 'debil', '123'));
  assert.match(page.body, /class="note"[^§]*?href="\/clientes\/portal\/cambiar-contrasena\/"/);
  assert.equal((await accountOf(stack(), id)).weak_password, true);
});

describe('all at once', () => {
  // Many processes and one hash at a time: what comes at once is there at once.
  const crowd = useStack({ settings: { WORKERS: '10', HASH_SLOTS: '1' } });

  for (const [where, address] of [['different networks', newAddress], ['one office', () => '127.200.1.1']]) {
    test(`twenty logins of one person at once, from ${where}, make one account and all get in`, async () => {
      const username = `prisa-${where.split(' ')[1]}`;
      const id = await archive(crowd.stack(), { username, email: `${username}@ejemplo.com`, oldPassword: 'todos a la vez' });
      const people = Array.from({ length: 20 }, () => newcomer(crowd.stack(), address()));
      const forms = await Promise.all(people.map((person) => person.get(paths.login)));
      const send = (person, i) => person.post(paths.login, { username, password: 'todos a la vez' }, { token: Visitor.tokenOf(forms[i]) });
      const answers = await Promise.all(people.map(send));
      for (const [i, answer] of answers.entries()) {
        // More hashes than the host computes within two seconds: that one is asked to come again, and gets in then.
        const later = answer.status === 503 ? await send(people[i], i) : answer;
        assert.equal(later.status, 303, `${heading(later)}: ${answers.map(({ status }) => status)}`);
        assert.ok(await isInside(people[i]));
      }
      const accounts = await crowd.stack().query('SELECT id FROM account WHERE lower(username) LIKE $1', [`${username}%`]);
      assert.equal(accounts.length, 1);
      assert.equal((await accountOf(crowd.stack(), id)).id, accounts[0].id);
      const mails = await crowd.stack().query('SELECT id FROM mail_outbox WHERE recipient = $1', [`${username}@ejemplo.com`]);
      assert.equal(mails.length, 1, 'and one mail');
    });
  }
});
