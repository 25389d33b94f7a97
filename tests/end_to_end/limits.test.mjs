// How much may be tried, asked for and mailed (DESIGN.md, security figures). Time is moved in the database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ageCodes, archive, assertOurPage, assertPage, codeFor, comparable, forgetGuesses, formFields, goodPassword, login,
  newAddress, newcomer, passMailGap, paths, said, search, sendCode, startForm, useStack, waitingForCode, wrongCode,
} from '../support/flows.mjs';

const { stack, visitor } = useStack({ settings: { LOGIN_FAILURE_MS: '0', HASH_SLOTS: '2' } });

function assertThrottled(answer, text, { atLeast = 1, atMost }) {
  assertOurPage(answer, 429, text);
  const seconds = Number(answer.headers['retry-after']);
  assert.ok(seconds >= atLeast && seconds <= atMost, `Retry-After ${seconds}`);
}

// Copies of a wrong try that was made, as if others elsewhere had made them too.
async function copyWrongTries(count, { mailbox, network } = {}) {
  await stack().query(`INSERT INTO code_attempt (claim_id, code_id, mailbox, network, is_short, tried_at)
    SELECT claim_id, code_id, coalesce($2, 'otra' || n || '@ejemplo.com'), coalesce($3, 'red ' || n), is_short, tried_at
    FROM (SELECT * FROM code_attempt WHERE outcome = 'wrong' ORDER BY id DESC LIMIT 1) AS made, generate_series(1, $1) AS n`,
  [count, mailbox, network]);
}

const networkOfLastTry = async () => (await stack().query('SELECT network FROM code_attempt ORDER BY id DESC LIMIT 1'))[0].network;

const resend = (person) => person.submit(paths.formResend, {}, { from: paths.formCode });

test('a second mail to an address waits a minute, whether or not an account is behind it', async () => {
  await archive(stack(), { username: 'pausada', email: 'pausada@ejemplo.com' });
  const pages = [];
  for (const email of ['pausada@ejemplo.com', 'nadie@ejemplo.com']) {
    const person = visitor();
    await startForm(person, { username: 'pausada', email });
    const answer = await resend(person);
    assertThrottled(answer, said('reason_mail_gap'), { atLeast: 30, atMost: 60 });
    assertThrottled(await visitor().submit(paths.form, formFields({ username: 'pausada', email })), said('reason_mail_gap'), { atMost: 60 });
    pages.push(comparable(answer));
    await passMailGap(stack(), email);
    assert.equal((await resend(person)).status, 303);
  }
  assert.equal(pages[0], pages[1]);
});

test('six mails a day to an address from one network, twenty in all', async () => {
  const email = 'buzon@ejemplo.com';
  await archive(stack(), { username: 'buzon', email });
  const ask = async (address) => {
    await passMailGap(stack(), email);
    return newcomer(stack(), address).submit(paths.form, formFields({ username: 'buzon', email }));
  };
  let sent = 0;
  for (let network = 0; network < 4 && sent < 20; network += 1) {
    const address = newAddress();
    for (let i = 0; i < 6 && sent < 20; i += 1) {
      const answer = await ask(address);
      assert.equal(answer.status, 303, `mail ${sent + 1}: ${answer.text}`);
      sent += 1;
    }
    if (sent < 20) assertThrottled(await ask(address), said('reason_mail_day'), { atLeast: 80_000, atMost: 86_400 });
  }
  assertThrottled(await ask(newAddress()), said('reason_mail_day'), { atMost: 86_400 });
  const mails = await stack().query('SELECT count(*)::int AS n FROM mail_outbox WHERE recipient = $1', [email]);
  assert.equal(mails[0].n, 20);
  await ageCodes(stack(), email, '24 hours');
  assert.equal((await ask(newAddress())).status, 303, 'a day later');
});

test('ten code requests an hour from one network', async () => {
  const address = newAddress();
  const ask = (i) => newcomer(stack(), address).submit(paths.recovery, { email: `alguien${i}@ejemplo.com` });
  for (let i = 0; i < 10; i += 1) assert.equal((await ask(i)).status, 303);
  assertThrottled(await ask(10), said('reason_network_requests'), { atLeast: 3000, atMost: 3600 });
  assert.equal((await visitor().submit(paths.recovery, { email: 'alguien10@ejemplo.com' })).status, 303, 'another network');
});

test('thirty wrong codes a day from one network, then neither codes nor requests', async () => {
  const { visitor: person, code, email } = await waitingForCode(stack(), { username: 'terca', email: 'terca@ejemplo.com' });
  await sendCode(person, wrongCode(code));
  await copyWrongTries(28, { network: await networkOfLastTry() });
  await stack().query("UPDATE code_attempt SET is_short = false WHERE mailbox <> 'terca@ejemplo.com'");
  assertOurPage(await sendCode(person, wrongCode(code)), 422);
  assertThrottled(await sendCode(person, code), said('reason_network_codes'), { atLeast: 80_000, atMost: 86_400 });
  await passMailGap(stack(), email);
  assertThrottled(await resend(person), said('reason_network_codes'), { atMost: 86_400 });
  await stack().query("UPDATE code_attempt SET tried_at = tried_at - interval '24 hours'");
  assert.equal((await sendCode(person, code)).status, 303, 'a day later');
  await forgetGuesses(stack());
});

test('after nine wrong codes an account gets codes of eight digits, until one succeeds', async () => {
  const claim = await waitingForCode(stack(), { username: 'asediada', email: 'asediada@ejemplo.com' });
  let { code } = claim;
  for (const guesses of [4, 4]) {
    for (let i = 1; i <= guesses; i += 1) {
      assertOurPage(await sendCode(claim.visitor, wrongCode(code, i)), 422, i % 4 ? said('code_wrong') : said('code_wrong_one'));
    }
    await passMailGap(stack(), claim.email);
    assert.equal((await resend(claim.visitor)).status, 303);
    code = await codeFor(stack(), claim.email);
    assert.match(code, /^\d{4}$/);
  }
  const other = visitor();
  await passMailGap(stack(), claim.email);
  await startForm(other, { username: 'asediada', email: 'asediada@ejemplo.com' });
  const short = await codeFor(stack(), claim.email);
  const ninth = await sendCode(claim.visitor, wrongCode(code));
  assertPage(ninth, 422, 'verify_code/longer_code');
  for (const [person, right] of [[claim.visitor, code], [other, short]]) {
    const refused = await sendCode(person, right);
    assertPage(refused, 422, 'verify_code/longer_code');
  }
  await passMailGap(stack(), claim.email);
  const page = await claim.visitor.follow(await resend(claim.visitor));
  assertOurPage(page, 200, /\b8 dígitos/);
  assert.match(page.body, /class="note"/, 'and says why');
  const long = await codeFor(stack(), claim.email);
  assert.match(long, /^\d{8}$/);
  assertOurPage(await sendCode(claim.visitor, long.slice(0, 4)), 422, said('code_too_short', { digits: 8 }));
  assert.equal((await sendCode(claim.visitor, long)).status, 303);
  await ageCodes(stack(), claim.email, '1 hour');
  const next = await waitingForCode(stack(), { username: 'asediada2', email: claim.email });
  assert.match(next.code, /^\d{4}$/, 'its success ended the step-up');
  await forgetGuesses(stack());
});

test('when the whole site is being guessed at, everybody gets longer codes', async () => {
  const honest = await waitingForCode(stack(), { username: 'honesta', email: 'honesta@ejemplo.com' });
  const guesser = await waitingForCode(stack(), { username: 'blanco', email: 'blanco@ejemplo.com' });
  await sendCode(guesser.visitor, wrongCode(guesser.code));
  await copyWrongTries(23);
  assertPage(await sendCode(honest.visitor, wrongCode(honest.code)), 422, 'verify_code/longer_code');
  assertPage(await sendCode(honest.visitor, honest.code), 422, 'verify_code/longer_code');
  await passMailGap(stack(), honest.email);
  assert.equal((await resend(honest.visitor)).status, 303);
  const long = await codeFor(stack(), honest.email);
  assert.match(long, /^\d{8}$/);
  assert.equal((await sendCode(honest.visitor, long)).status, 303);
  await stack().query("UPDATE code_attempt SET tried_at = tried_at - interval '24 hours'");
  const after = await waitingForCode(stack(), { username: 'despues', email: 'despues@ejemplo.com' });
  assert.match(after.code, /^\d{4}$/);
  await forgetGuesses(stack());
});

test('a search is no code request, but choosing is', async () => {
  const address = newAddress();
  const id = await archive(stack(), { username: 'busca', email: 'busca@ejemplo.com' });
  const person = newcomer(stack(), address);
  for (let i = 0; i < 12; i += 1) await search(person, `vacio${i}@ejemplo.com`);
  const { ids } = await search(person, 'busca@ejemplo.com');
  assert.deepEqual(ids, [id]);
  assert.equal((await person.submit(paths.choose(id), {}, { from: paths.search })).location, paths.searchCode);
  const again = await person.submit(paths.choose(id), {}, { from: paths.search });
  assertThrottled(again, said('reason_mail_gap'), { atMost: 60 });
});

test('wrong passwords slow down one network, and never lock the owner out of a known browser', async () => {
  await archive(stack(), { username: 'duena', email: 'duena@ejemplo.com', oldPassword: 'mi clave vieja' });
  const owner = visitor();
  assert.equal((await login(owner, 'duena', 'mi clave vieja')).status, 303);
  await owner.submit(paths.logout, {}, { from: paths.portal });
  const attacker = newcomer(stack(), owner.address);
  for (let i = 0; i < 8; i += 1) {
    assertOurPage(await login(attacker, 'duena', `intento ${i}`), 422, said('login_failed'));
    await stack().query("UPDATE login_failure SET failed_at = failed_at - interval '61 seconds'");
  }
  const waits = [];
  for (let i = 0; i < 3; i += 1) {
    await stack().query("UPDATE login_failure SET failed_at = now() WHERE NOT is_device");
    const answer = await login(attacker, 'duena', 'mi clave vieja');
    assertThrottled(answer, said('reason_login'), { atMost: 60 });
    waits.push(Number(answer.headers['retry-after']));
    await stack().query("UPDATE login_failure SET failed_at = failed_at - interval '61 seconds'");
    assertOurPage(await login(attacker, 'duena', 'otra'), 422);
  }
  assert.ok(waits[0] < waits[1] && waits[1] < waits[2], waits.join());
  assert.equal((await login(owner, 'duena', 'mi clave vieja')).status, 303, 'same network, known browser');
  assert.equal((await login(visitor(), 'duena', 'mi clave vieja')).status, 303, 'another network');
});

test('a hundred failures an hour from one network stop it for every name', async () => {
  const address = newAddress();
  await login(newcomer(stack(), address), 'fulano', goodPassword);
  await stack().query(`INSERT INTO login_failure (person, place, is_device, failed_at)
    SELECT 'nombre' || n, place, false, failed_at
    FROM (SELECT * FROM login_failure ORDER BY id DESC LIMIT 1) AS newest, generate_series(1, 99) AS n`);
  assertThrottled(await login(newcomer(stack(), address), 'mengana', goodPassword), said('reason_login'), { atLeast: 3000, atMost: 3600 });
});
