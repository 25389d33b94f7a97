// Getting an archived account back by search (method 2) and by form (method 3), and what it is called then (SPEC.md, 2).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { Visitor } from '../support/browser_client.mjs';
import {
  accountOf, archive, assertOurPage, chooseAndProve, claimByForm, claimBySearch, codeFor, comparable, formFields,
  goodPassword, inTurns, isInside, login, paths, said, search, sendCode, setPassword, startForm, useStack,
  waitingForCode,
} from '../support/flows.mjs';

const open = useStack({ settings: { WORKERS: '8', HASH_SLOTS: '4' } });

async function archiveRecord(stack, data, { source = 'auth_user' } = {}) {
  const [{ id }] = await stack.query(`INSERT INTO archived_record (source_table, legacy_id, data) VALUES ($1, $2, $3)
    RETURNING id`, [source, randomUUID(), data]);
  return Number(id);
}

describe('with SEARCH_DISCLOSES=1', () => {
  const { stack, visitor } = open;

  test('method 2 finds accounts of both sources, masks them, and brings back the chosen one', async () => {
    const email = 'familia@ejemplo.com';
    const first = await archive(stack(), { username: 'mariana', email });
    const second = await archiveRecord(stack(), { username: 'josefina', email: 'Familia@Ejemplo.com', first_name: 'José', password: '!' });
    const claimed = await archive(stack(), { username: 'recuperada', email, claimed_at: new Date() });
    const person = visitor();
    const { page, ids } = await search(person, 'FAMILIA@ejemplo.com');
    assertOurPage(page, 200);
    assert.deepEqual(ids.sort(), [first, second].sort());
    assert.ok(!ids.includes(claimed));
    assert.match(page.text, /m\*+a/);
    assert.match(page.text, /j\*+a/);
    assert.doesNotMatch(page.body, /mariana|josefina|recuperada/);
    const { account } = await claimBySearch(stack(), { email, id: second, visitor: person });
    assert.equal(account.username, 'josefina');
    assert.equal(account.first_name, 'José');
    assert.match(account.password_hash, /^argon2\$argon2id\$/);
    assertOurPage(await person.get(paths.portal), 200);
    const after = await search(person, email);
    assert.deepEqual(after.ids, [first], 'the other one of the family is still there');
    await stack().query("UPDATE verification_code SET created_at = created_at - interval '2 minutes'");
    await claimBySearch(stack(), { email, id: first, visitor: person });
    assert.deepEqual((await search(visitor(), email)).ids, []);
  });

  test('a dato_id that this browser\'s search did not list is 404, whatever it is', async () => {
    const mine = await archive(stack(), { username: 'propia', email: 'propia@ejemplo.com' });
    const other = await archive(stack(), { username: 'vecina', email: 'vecina@ejemplo.com' });
    const inactive = await archive(stack(), { username: 'apagada', email: 'propia@ejemplo.com', is_active: false });
    const person = visitor();
    const { ids } = await search(person, 'propia@ejemplo.com');
    assert.deepEqual(ids, [mine]);
    for (const id of [other, inactive, 999999999, '9'.repeat(18), '9'.repeat(19), '0', `${mine}x`, '-1', '1e1', '']) {
      const answer = await person.submit(paths.choose(id), {}, { from: paths.search });
      assertOurPage(answer, 404);
      assertOurPage(await person.get(paths.choosePassword(id)), 404);
    }
    const stranger = visitor();
    assertOurPage(await stranger.submit(paths.choose(mine), {}, { from: paths.search }), 404);
    await chooseAndProve(stack(), person, mine, 'propia@ejemplo.com');
    assertOurPage(await person.get(paths.choosePassword(other)), 404);
    assertOurPage(await person.post(paths.choosePassword(other), { password1: goodPassword, password2: goodPassword },
      { token: Visitor.tokenOf(await person.get(paths.search)) }), 404);
    assert.equal(await accountOf(stack(), other), undefined);
  });

  test('an email without accounts is told what to do next', async () => {
    const { page } = await search(visitor(), 'nadie@ejemplo.com');
    assertOurPage(page, 200);
    assert.match(page.body, /href="\/datos-archivados\/reclamar-usuario\/"/);
    for (const email of ['', 'sin arroba', '@x.mx', 'a@b', `${'x'.repeat(250)}@ejemplo.com`]) {
      const answer = await visitor().submit(paths.search, { email });
      assertOurPage(answer, 422);
      assert.match(answer.body, /aria-invalid="true"/);
    }
  });

  test('the password page says which username the account will have, and keeps nothing of a refused password', async () => {
    await archive(stack(), { username: 'elena', email: 'elena1@ejemplo.com', oldPassword: 'algo' });
    await login(visitor(), 'elena', 'algo');
    const id = await archive(stack(), { username: 'Elena', email: 'elena2@ejemplo.com' });
    const person = visitor();
    await search(person, 'elena2@ejemplo.com');
    await chooseAndProve(stack(), person, id, 'elena2@ejemplo.com');
    assertOurPage(await person.get(paths.choosePassword(id)), 200, /Elena\b.*Elena0\b|Elena0\b.*Elena\b/);
    for (const [one, two, text] of [['corta', 'corta', said('password_too_short', { minimum: 8 })], ['password1', 'password1', said('password_common')], ['', '', said('password_required')],
      [goodPassword, 'distinta de la otra', said('password_mismatch')], ['é'.repeat(513), 'é'.repeat(513), said('password_too_long')], ['elena2@ejemplo.com', 'elena2@ejemplo.com', /se parece|más usadas/]]) {
      const page = await person.submit(paths.choosePassword(id), { password1: one, password2: two });
      assertOurPage(page, 422, text);
      if (one) assert.ok(!page.body.includes(`value="${one}"`));
    }
    const answer = await setPassword(person, id, 'ñandú 🔑 de montaña');
    assertOurPage(await person.follow(answer), 200, said('notice_account_renamed', { old_username: 'Elena', username: 'Elena0' }));
    assert.equal((await login(visitor(), 'ELENA0', 'ñandú 🔑 de montaña')).status, 303);
  });

  test('method 3 answers the same whether or not the data match, and mails only when they do', async () => {
    await archive(stack(), { username: 'rosa', email: 'rosa@ejemplo.com' });
    const pages = [];
    for (const who of [{ username: 'rosa', email: 'rosa@ejemplo.com' }, { username: 'rosa', email: 'otra-rosa@ejemplo.com' },
      { username: 'nadie-asi', email: 'nadie-asi@ejemplo.com' }]) {
      const person = visitor();
      await startForm(person, who);
      pages.push(comparable(await person.get(paths.formCode)).replaceAll(who.email, 'EMAIL'));
    }
    assert.equal(pages[1], pages[0]);
    assert.equal(pages[2], pages[0]);
    const mails = await stack().query("SELECT recipient FROM mail_outbox WHERE recipient LIKE '%rosa%' OR recipient LIKE 'nadie%'");
    assert.deepEqual(mails.map(({ recipient }) => recipient), ['rosa@ejemplo.com']);
  });

  test('method 3 makes the account at once, from either source, with the password already given', async () => {
    const id = await archiveRecord(stack(), { username: 'Teodora', email: 'teodora@ejemplo.com', first_name: 'T.' });
    const person = visitor();
    await startForm(person, { username: 'teodora', email: 'TEODORA@ejemplo.com', first_name: 'Teodora', last_name: "O'Hara Ñúñez" });
    const kept = await stack().query("SELECT password_hash FROM claim WHERE lower(email) = 'teodora@ejemplo.com'");
    assert.match(kept[0].password_hash, /^argon2\$argon2id/, 'kept only as a hash');
    const answer = await sendCode(person, await codeFor(stack(), 'teodora@ejemplo.com'));
    assert.equal(answer.location, paths.portal);
    const account = await accountOf(stack(), id);
    assert.equal(account.username, 'Teodora');
    assert.equal(account.first_name, 'Teodora');
    assert.equal((await login(visitor(), 'teodora@ejemplo.com', goodPassword)).status, 303);
    const gone = await stack().query("SELECT password_hash FROM claim WHERE lower(email) = 'teodora@ejemplo.com'");
    assert.equal(gone[0].password_hash, null);
  });

  test('all errors of the form are shown at once, and what was typed is kept, but no password', async () => {
    const answer = await visitor().submit(paths.form, formFields({ username: '', email: 'mal', first_name: 'Zoë <b>', last_name: '', password: 'secreta corta' }));
    assertOurPage(answer, 422);
    for (const key of ['username_required', 'email_malformed', 'last_name_required']) assert.match(answer.text, said(key));
    assert.match(answer.body, /value="Zoë &lt;b&gt;"/);
    assert.doesNotMatch(answer.body, /secreta corta/);
  });

  test('sixty claims of one name at once make sixty different names', async () => {
    const claims = await inTurns(Array(60).fill('maria'), 2, (name, i) =>
      waitingForCode(stack(), { username: i % 2 ? name : name.toUpperCase(), email: `maria.${i}@ejemplo.com` }));
    const answers = await Promise.all(claims.map(({ visitor: person, code }) => sendCode(person, code)));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [303]);
    const accounts = await Promise.all(claims.map(({ id }) => accountOf(stack(), id)));
    const names = accounts.map(({ username }) => username.toLowerCase());
    const expected = ['maria', ...Array.from({ length: 59 }, (_, i) => `maria${i}`)];
    assert.deepEqual(names.sort(), expected.sort());
    for (const { visitor: person } of claims.slice(0, 10)) assert.ok(await isInside(person));
  });

  test('when all hundred names are taken, all three ways say so and the account stays to be claimed', async () => {
    await stack().query(`INSERT INTO account (username, password_hash) SELECT name, '!' FROM unnest($1::text[]) AS name`,
      [['repetida', ...Array.from({ length: 98 }, (_, i) => `REPETIDA${i}`)]]);
    const last = await claimByForm(stack(), { username: 'repetida', email: 'repetida0@ejemplo.com' });
    assert.equal(last.account.username, 'repetida98', 'the hundredth');
    const full = said('username_none_free');
    const id = await archive(stack(), { username: 'repetida', email: 'repetida1@ejemplo.com', oldPassword: 'la de antes' });
    assertOurPage(await login(visitor(), 'repetida1@ejemplo.com', 'la de antes'), 422, full);
    const person = visitor();
    await startForm(person, { username: 'repetida', email: 'repetida1@ejemplo.com' });
    const code = await codeFor(stack(), 'repetida1@ejemplo.com');
    for (let i = 0; i < 6; i += 1) assertOurPage(await sendCode(person, code), 422, full);
    assert.equal(await accountOf(stack(), id), undefined);
    await stack().query("DELETE FROM account WHERE username = 'REPETIDA50'");
    assert.equal((await sendCode(person, code)).status, 303, 'the code stayed usable');
    assert.equal((await accountOf(stack(), id)).username, 'repetida50');
    const chosen = await archive(stack(), { username: 'repetida', email: 'repetida2@ejemplo.com' });
    const other = visitor();
    await search(other, 'repetida2@ejemplo.com');
    await chooseAndProve(stack(), other, chosen, 'repetida2@ejemplo.com');
    assertOurPage(await setPassword(other, chosen), 422, full);
  });

  test('odd archived usernames become usable ones', async () => {
    for (const [old, wanted] of [['José Núñez', 'JoséNúñez'], ['a"b<c>\'d;--', 'abcd--'], ['¡!', 'usuario'], ['x'.repeat(200), 'x'.repeat(150)]]) {
      const email = `${randomUUID()}@ejemplo.com`;
      const id = await archive(stack(), { username: old, email, oldPassword: 'clave de antes' });
      assert.equal((await login(visitor(), email, 'clave de antes')).status, 303);
      assert.equal((await accountOf(stack(), id)).username, wanted);
    }
  });
});

describe('with SEARCH_DISCLOSES=0', () => {
  const { stack, visitor } = useStack({ settings: { SEARCH_DISCLOSES: '0' } });

  test('a search looks the same for any email until the code; then the list comes, without a second code', async () => {
    const email = 'discreta@ejemplo.com';
    const first = await archive(stack(), { username: 'discreta', email });
    const second = await archive(stack(), { username: 'callada', email });
    const people = { [email]: visitor(), 'nadie@ejemplo.com': visitor() };
    const pages = [];
    for (const [address, person] of Object.entries(people)) {
      const answer = await person.submit(paths.search, { email: address });
      assert.equal(answer.location, paths.searchCode);
      const page = await person.follow(answer);
      const back = await person.get(paths.search);
      assert.doesNotMatch(back.body, /iniciar-reclamacion/);
      assertOurPage(await person.submit(paths.choose(first), {}, { from: paths.search }), 404);
      const wrong = await sendCode(person, '0000', paths.searchCode);
      pages.push([page, back, wrong].map((one) => comparable(one).replaceAll(address, 'EMAIL')).join('\n'));
    }
    assert.equal(pages[1], pages[0]);
    const person = people[email];
    const proved = await sendCode(person, await codeFor(stack(), email), paths.searchCode);
    assert.equal(proved.location, paths.search);
    const list = await person.follow(proved);
    assertOurPage(list, 200);
    for (const id of [first, second]) assert.match(list.body, new RegExp(`iniciar-reclamacion/${id}/`));
    const chosen = await person.submit(paths.choose(second), {}, { from: paths.search });
    assert.equal(chosen.location, paths.choosePassword(second));
    assert.equal((await setPassword(person, second)).location, paths.portal);
    assert.equal((await accountOf(stack(), second)).username, 'callada');
    const codes = await stack().query("SELECT id FROM mail_outbox WHERE message LIKE '%code%'");
    assert.equal(codes.length, 1);
  });
});
