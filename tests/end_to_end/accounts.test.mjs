// A live account: forgotten password, changing it, sessions, and where a login leads (SPEC.md, 1 and 4).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  accountOf, archive, assertOurPage, assertPage, claimByForm, codeFor, comparable, createStaff, goodPassword,
  isInside, login, mailsTo, passMailGap, paths, said, sendCode, submitAnyway, useStack,
} from '../support/flows.mjs';

const { stack, visitor } = useStack({ settings: { LOGIN_FAILURE_MS: '0', HASH_SLOTS: '2' } });

const member = (username, email = `${username}@ejemplo.com`) => claimByForm(stack(), { username, email });

async function startRecovery(email) {
  await passMailGap(stack(), email);
  const person = visitor();
  const answer = await person.submit(paths.recovery, { email });
  assert.equal(answer.location, paths.recoveryCode);
  return person;
}

test('a forgotten password is replaced after a code, ends every session and is told by mail', async () => {
  const { visitor: before, account, id } = await member('olvido');
  const unknown = await startRecovery('nadie@ejemplo.com');
  const person = await startRecovery('OLVIDO@ejemplo.com');
  assert.equal(comparable(await unknown.get(paths.recoveryCode)).replaceAll('nadie@ejemplo.com', 'EMAIL'),
    comparable(await person.get(paths.recoveryCode)).replaceAll('OLVIDO@ejemplo.com', 'EMAIL'));
  assertOurPage(await person.get(paths.recoveryPassword), 422);
  const proved = await sendCode(person, await codeFor(stack(), 'olvido@ejemplo.com'), paths.recoveryCode);
  assert.equal(proved.location, paths.recoveryPassword);
  assertOurPage(await person.follow(proved), 200, /\bolvido\b/);
  assertOurPage(await person.submit(paths.recoveryPassword, { password1: 'corta', password2: 'corta' }), 422, said('password_too_short'));
  assert.ok(await isInside(before), 'nothing happened so far');
  const done = await person.submit(paths.recoveryPassword, { password1: 'otra clave 99 azul', password2: 'otra clave 99 azul' });
  assert.equal(done.location, paths.portal);
  assert.ok(await isInside(person));
  assert.equal((await before.get(paths.portal)).status, 303, 'the old session is over');
  assert.equal((await login(visitor(), 'olvido', goodPassword)).status, 422);
  assert.equal((await login(visitor(), 'olvido', 'otra clave 99 azul')).status, 303);
  assert.notEqual((await accountOf(stack(), id)).password_hash, account.password_hash);
  const told = (await mailsTo(stack(), 'olvido@ejemplo.com')).at(-1);
  assert.equal(told.subject, 'Contraseña cambiada - AdminiRed');
  const again = await submitAnyway(person, paths.recoveryPassword, { password1: goodPassword, password2: goodPassword });
  assert.equal(again.location, paths.login, 'done already: nothing changes');
  assert.equal((await login(visitor(), 'olvido', goodPassword)).status, 422);
});

test('with several accounts on one email the mail names them and the choice comes after the code', async () => {
  const email = 'dos@ejemplo.com';
  const one = await member('dosuna', email);
  await passMailGap(stack(), email);
  const two = await member('dosotra', email);
  const person = await startRecovery(email);
  const code = await codeFor(stack(), email);
  const mail = (await mailsTo(stack(), email)).at(-1);
  for (const part of [mail.text, mail.html]) assert.match(part, /dosuna[\s\S]*dosotra/);
  const page = await person.follow(await sendCode(person, code, paths.recoveryCode));
  assertOurPage(page, 200, /dosuna.*dosotra/);
  const passwords = { password1: 'otra clave 99 azul', password2: 'otra clave 99 azul' };
  const { account: foreign } = await member('ajena');
  for (const account of [undefined, '', 'x', String(foreign.id), '0']) {
    assertOurPage(await person.submit(paths.recoveryPassword, { ...passwords, ...(account === undefined ? {} : { account }) }), 422, said('account_choice_required'));
  }
  const done = await person.submit(paths.recoveryPassword, { ...passwords, account: String(two.account.id) });
  assert.equal(done.location, paths.portal);
  assert.ok(await isInside(one.visitor), 'the other account is untouched');
  assert.ok(!await isInside(two.visitor));
  assert.equal((await login(visitor(), 'dosuna', goodPassword)).status, 303);
  assert.equal((await login(visitor(), 'dosotra', 'otra clave 99 azul')).status, 303);
});

test('a forgotten password makes no difference between a live and an archived-only email', async () => {
  await archive(stack(), { username: 'soloarchivo', email: 'soloarchivo@ejemplo.com' });
  await startRecovery('soloarchivo@ejemplo.com');
  assert.deepEqual(await mailsTo(stack(), 'soloarchivo@ejemplo.com'), []);
});

test('changing the password wants the old one, ends the other sessions and is told by mail', async () => {
  const { visitor: here } = await member('cambio');
  const elsewhere = visitor();
  await login(elsewhere, 'cambio', goodPassword);
  const change = (old, one, two = one) => here.submit(paths.changePassword, { old_password: old, password1: one, password2: two });
  const next = 'caracol sin prisa 8';
  assertOurPage(await change('equivocada', next), 422, said('old_password_wrong'));
  assertOurPage(await change('', next), 422, said('old_password_required'));
  assertOurPage(await change(goodPassword, goodPassword), 422, said('password_same_as_old'));
  assertOurPage(await change(goodPassword, next, 'otra'), 422, said('password_mismatch'));
  assert.ok(await isInside(elsewhere));
  const before = here.cookies.get('session');
  const done = await change(goodPassword, next);
  assert.equal(done.location, paths.portal);
  assertOurPage(await here.follow(done), 200, said('notice_password_changed', { sessions_ended: 1 }));
  assert.notEqual(here.cookies.get('session'), before, 'the session id is new');
  assert.ok(!await isInside(elsewhere));
  assert.equal((await login(visitor(), 'cambio', goodPassword)).status, 422);
  assert.equal((await login(visitor(), 'cambio', next)).status, 303);
  assert.equal((await mailsTo(stack(), 'cambio@ejemplo.com')).at(-1).subject, 'Contraseña cambiada - AdminiRed');
  assertOurPage(await here.get(`${paths.changePassword}?primera=1`), 200);
  assert.match((await here.get(`${paths.changePassword}?primera=1`)).body, /name="omitir"/);
  assert.equal((await here.submit(paths.changePassword, { omitir: '1' })).location, paths.portal);
});

test('the sessions page shows where one is logged in, and ends one or all others', async () => {
  const { visitor: phone } = await member('sesiones');
  const others = [visitor(), visitor(), visitor()];
  for (const other of others) await login(other, 'sesiones', goodPassword);
  const ids = [...(await phone.get(paths.sessions)).body.matchAll(/name="session" value="(\d+)"/g)].map(([, id]) => id);
  assert.equal(ids.length, 3);
  const { visitor: stranger } = await member('extrana');
  for (const session of [ids[0], '0', 'x', '', '9'.repeat(30)]) {
    assertOurPage(await stranger.submit(paths.sessions, { session }), 404);
  }
  assertOurPage(await phone.follow(await phone.submit(paths.sessions, { session: ids[0] })), 200, said('notice_session_ended'));
  assert.equal((await Promise.all(others.map(isInside))).filter(Boolean).length, 2);
  assertOurPage(await phone.follow(await phone.submit(paths.sessions, { all: '1' })), 200, said('notice_sessions_ended', { count: 2 }));
  assert.equal((await Promise.all(others.map(isInside))).filter(Boolean).length, 0);
  assert.ok(await isInside(phone));
});

test('leaving ends the session on the server, and old cookies open nothing', async () => {
  const { visitor: person } = await member('salida');
  const cookies = new Map(person.cookies);
  const left = await person.submit(paths.logout, {}, { from: paths.portal });
  assert.equal(left.location, paths.login);
  assertOurPage(await person.follow(left), 200, said('notice_logged_out'));
  person.cookies = cookies;
  assert.equal((await person.get(paths.portal)).status, 303);
  assert.equal((await person.get(paths.logout)).status, 405);
});

test('a session ends after half an hour without use, and after twelve in any case', async () => {
  const { visitor: person, account } = await member('dormida');
  const shift = (columns) => stack().query(`UPDATE session SET ${columns} WHERE account_id = $1`, [account.id]);
  await shift("last_used_at = last_used_at - interval '29 minutes'");
  assert.ok(await isInside(person));
  await shift("last_used_at = last_used_at - interval '31 minutes'");
  const over = await person.get(paths.portal);
  assert.equal(over.location, '/login/?next=/clientes/portal/');
  assertOurPage(await person.follow(over), 200, said('notice_session_over'));
  await login(person, 'dormida', goodPassword);
  await shift("expires_at = expires_at - interval '12 hours'");
  assert.ok(!await isInside(person));
});

test('a disabled account is out at once and told so at the door', async () => {
  const { visitor: person, account } = await member('apagada');
  await stack().query('UPDATE account SET is_active = false WHERE id = $1', [account.id]);
  assert.ok(!await isInside(person));
  assertOurPage(await login(visitor(), 'apagada', goodPassword), 422, said('account_inactive'));
  assertOurPage(await login(visitor(), 'apagada', 'otra'), 422, said('login_failed'));
});

test('the session id is new after each login', async () => {
  await member('fija');
  const person = visitor();
  await person.get(paths.login);
  person.cookies.set('session', 'A'.repeat(43));
  await login(person, 'fija', goodPassword);
  const first = person.cookies.get('session');
  assert.match(first, /^[\w-]{43}$/);
  assert.notEqual(first, 'A'.repeat(43));
  await person.submit(paths.logout, {}, { from: paths.portal });
  await login(person, 'fija', goodPassword);
  assert.notEqual(person.cookies.get('session'), first);
});

const hostile = [
  '//malo.example', '///malo.example', '/\\malo.example', '\\\\malo.example', '/\t/malo.example', '/\n/malo.example', 'https://malo.example',
  'http:malo.example', 'HTTP://malo.example/', 'javascript:alert(1)', 'data:text/html,x', 'malo.example', '@malo.example', '.malo.example',
  ' //malo.example', '/ /malo.example', '/%09/malo.example/..//x', '/x//malo.example', '/;@malo.example', '/\r\nSet-Cookie: a=b', '/a:b@malo.example',
  '/\u0000', '/ñ', '/"onclick=', `/${'a'.repeat(600)}`, 'https:/\\malo.example', '?x', '#x', '../admin/',
];

test('only a local path is honoured as next', async () => {
  await member('viajera');
  for (const next of hostile) {
    const person = visitor();
    const answer = await login(person, 'viajera', goodPassword, { next });
    if (answer.status === 400) continue; // NUL is no form at all
    assert.equal(answer.status, 303);
    const target = new URL(answer.location, 'http://nuestro.example/login/');
    assert.equal(target.host, 'nuestro.example', JSON.stringify(next));
    assert.ok(answer.location === paths.portal || next.startsWith('/%09'), `${JSON.stringify(next)} -> ${answer.location}`);
    const shown = await visitor().get(`${paths.login}?next=${encodeURIComponent(next)}`);
    assert.doesNotMatch(shown.body.replace(/%09/g, ''), /malo\.example\/?"/);
  }
  assert.equal((await login(visitor(), 'viajera', goodPassword, { next: '/clientes/portal/sesiones/?a=1' })).location, '/clientes/portal/sesiones/?a=1');
});

test('staff go to the administration, clients are refused there, nobody is sent to the login', async () => {
  const { username, password } = await createStaff(stack());
  const boss = visitor();
  const answer = await login(boss, username, password);
  assert.equal(answer.location, paths.admin);
  assertOurPage(await boss.follow(answer), 200);
  const { visitor: client } = await member('clienta');
  assertOurPage(await client.get(paths.admin), 403);
  for (const path of [paths.admin, paths.portal, paths.sessions, paths.changePassword]) {
    const nobody = visitor();
    const sent = await nobody.get(path);
    assert.equal(sent.status, 303);
    assert.equal(sent.location, `/login/?next=${path}`);
    assertPage(await nobody.follow(sent), 200, 'login/login');
  }
  const returning = visitor();
  await returning.get(paths.sessions);
  const back = await returning.submit(paths.login, { username: 'clienta', password: goodPassword, next: paths.sessions });
  assert.equal(back.location, paths.sessions);
  assert.equal((await client.get(paths.login)).location, paths.portal, 'who is inside is not asked again');
});
