// What is mailed: subjects, both parts, and that nothing in a mail can be steered from outside (SPEC.md, 2).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Stack } from '../support/stack.mjs';
import { SmtpSink } from '../support/smtp_sink.mjs';
import {
  archive, chooseAndProve, claimByForm, codeFor, codeIn, formFields, goodPassword, login, mailsTo, newcomer,
  passMailGap, paths, search, sendCode, setPassword, startForm, useStack,
} from '../support/flows.mjs';

const base = 'https://portal.example.org';
const { stack, visitor } = useStack({ settings: { BASE_URL: base, PORTAL_NAME: 'Portal Ñandú', MAIL_FROM: 'ventanilla@portal.example.org' } });

const subjects = {
  code: 'Código de Verificación - Reclamación de Cuenta Archivada',
  resend: 'Nuevo Código de Verificación - Reclamación de Cuenta',
  created: 'Cuenta Reactivada - Centro Fray Bartolomé de las Casas',
  reset: 'Restablecer contraseña - Portal Ñandú',
  changed: 'Contraseña cambiada - Portal Ñandú',
};

function assertWellMade(mail, recipient) {
  assert.match(mail.header('content-type'), /^multipart\/alternative;/);
  assert.match(mail.raw, /Content-Type: text\/plain; charset=(?:utf-8|"utf-8")/i);
  assert.match(mail.raw, /Content-Type: text\/html; charset=(?:utf-8|"utf-8")/i);
  assert.ok(mail.header('to').includes(recipient));
  assert.ok(mail.header('from').includes('ventanilla@portal.example.org'));
  assert.match(mail.header('message-id'), /^<[^>\s]+@[^>\s]+>$/);
  assert.ok(!Number.isNaN(Date.parse(mail.header('date'))));
  assert.equal(mail.header('mime-version'), '1.0');
  assert.match(mail.header('auto-submitted') ?? 'auto-generated', /auto-generated/);
  assert.match(mail.raw, /^[\r\n\t\x20-\x7e]*$/, 'seven bits, whatever the names are');
  assert.doesNotMatch(mail.text + mail.html, /\uFFFD|\{\{/);
  // Links lead to pages that change nothing when opened, on our own site alone.
  const links = [...`${mail.text}\n${mail.html}`.matchAll(/https?:\/\/[^\s"'<>)]+/g)].map(([link]) => link);
  for (const link of links) assert.match(link, /^https:\/\/portal\.example\.org\/(?:clientes\/portal\/)?login\/$/, link);
  assert.doesNotMatch(mail.html, /<(?:img|script|form|iframe|link)\b/i);
}

test('each mail has its exact subject, a text and an HTML part, and its code in both', async () => {
  const email = 'íñigo.ñandú@ejemplo.com';
  const ascii = 'inigo@ejemplo.com';
  await archive(stack(), { username: 'íñigo', email: ascii, first_name: 'Íñigo <b>', last_name: 'Ñúñez & "Hijos"' });
  const person = visitor();
  await startForm(person, { username: 'íñigo', email: ascii, first_name: 'Íñigo <b>', last_name: 'Ñúñez & "Hijos"' });
  await passMailGap(stack(), ascii);
  await person.submit(paths.formResend, {}, { from: paths.formCode });
  await sendCode(person, await codeFor(stack(), ascii));
  await passMailGap(stack(), ascii);
  const forgetful = visitor();
  await forgetful.submit(paths.recovery, { email: ascii });
  await sendCode(forgetful, await codeFor(stack(), ascii), paths.recoveryCode);
  await forgetful.submit(paths.recoveryPassword, { password1: 'caracol sin prisa 8', password2: 'caracol sin prisa 8' });
  const mails = await mailsTo(stack(), ascii);
  assert.deepEqual(mails.map(({ subject }) => subject), [subjects.code, subjects.resend, subjects.created, subjects.reset, subjects.changed]);
  for (const mail of mails) {
    assertWellMade(mail, ascii);
    if (!mail.message.includes('code')) continue;
    const code = codeIn(mail);
    assert.match(code, /^\d{4}$/);
    assert.ok(mail.html.includes(`>${code}<`), 'the HTML part has the same code');
  }
  const [, , created] = mails;
  assert.match(created.text, /Íñigo <b> Ñúñez & "Hijos"/);
  assert.doesNotMatch(created.html, /<b>/, 'names are escaped in HTML');
  assert.match(created.html, /Íñigo &lt;b&gt;/);
  assert.equal(new Set(mails.map((mail) => mail.header('message-id'))).size, 5);
  const strange = visitor();
  const answer = await strange.submit(paths.form, formFields({ username: 'x', email }));
  assert.ok([303, 422].includes(answer.status));
});

test('the account mail tells a changed username; the right one is there when nothing changed', async () => {
  const first = await claimByForm(stack(), { username: 'carmen', email: 'carmen1@ejemplo.com' });
  const second = await claimByForm(stack(), { username: 'carmen', email: 'carmen2@ejemplo.com' });
  assert.deepEqual([first.account.username, second.account.username], ['carmen', 'carmen0']);
  const [same, renamed] = await Promise.all(['carmen1@ejemplo.com', 'carmen2@ejemplo.com'].map(async (email) =>
    (await mailsTo(stack(), email)).find(({ subject }) => subject === subjects.created)));
  for (const part of [renamed.text, renamed.html]) assert.match(part, /«carmen»[\s\S]*carmen0/);
  for (const part of [same.text, same.html]) assert.doesNotMatch(part, /carmen0|«carmen»/);
});

test('method 1 and method 2 mail the same confirmation', async () => {
  await archive(stack(), { username: 'uno', email: 'uno@ejemplo.com', oldPassword: 'una vieja clave' });
  await login(visitor(), 'uno', 'una vieja clave');
  const id = await archive(stack(), { username: 'dos', email: 'dos@ejemplo.com' });
  const person = visitor();
  await search(person, 'dos@ejemplo.com');
  await chooseAndProve(stack(), person, id, 'dos@ejemplo.com');
  await setPassword(person, id);
  for (const email of ['uno@ejemplo.com', 'dos@ejemplo.com']) {
    const mail = (await mailsTo(stack(), email)).at(-1);
    assert.equal(mail.subject, subjects.created);
    assertWellMade(mail, email);
    assert.match(mail.text, new RegExp(`^Usuario: ${email.split('@')[0]}$`, 'm'));
  }
});

test('a forged Host header reaches no mail and no redirect', async () => {
  const email = 'destino@ejemplo.com';
  await archive(stack(), { username: 'destino', email });
  const person = visitor();
  for (const host of ['malo.example', 'malo.example:99', '[::1]']) {
    const headers = { host, 'x-forwarded-host': 'malo.example', forwarded: 'host=malo.example' };
    const page = await person.request('GET', paths.form, { headers });
    assert.doesNotMatch(page.body, /malo\.example/);
    const answer = await person.submit(paths.form, formFields({ username: 'destino', email }), { headers });
    if (answer.status === 303) assert.equal(answer.location, paths.formCode);
    await passMailGap(stack(), email);
  }
  await sendCode(person, await codeFor(stack(), email));
  for (const mail of await mailsTo(stack(), email)) {
    assertWellMade(mail, email);
    assert.doesNotMatch(mail.raw, /malo\.example/);
  }
});

test('an address or a name cannot write headers or add recipients', async () => {
  const headed = 'María\r\nBcc: malo@malo.example';
  for (const [email, first] of [['x@ejemplo.com\r\nBcc: malo@malo.example', 'M'], ['x@ejemplo.com,malo@malo.example', 'M'], ['x@ejemplo.com malo@malo.example', 'M'],
    ['<x@ejemplo.com>', 'M'], ['"x\n"@ejemplo.com', 'M']]) {
    const answer = await visitor().submit(paths.form, formFields({ username: 'x', email, first_name: first }));
    assert.equal(answer.status, 422, email);
  }
  const email = 'cabecera@ejemplo.com';
  await archive(stack(), { username: 'cabecera', email });
  const person = visitor();
  const answer = await person.submit(paths.form, formFields({ username: 'cabecera', email, first_name: headed }));
  if (answer.status === 303) await sendCode(person, await codeFor(stack(), email));
  for (const mail of await mailsTo(stack(), email)) assert.equal(mail.header('bcc'), undefined);
});

test('a mail that is out keeps nothing of what it said', async () => {
  await mailsTo(stack(), 'carmen1@ejemplo.com');
  const rows = await stack().query("SELECT id FROM mail_outbox WHERE status = 'sent' AND model IS NOT NULL");
  assert.deepEqual(rows, []);
});

describe('with MAIL_BACKEND=smtp', () => {
  const sink = new SmtpSink();
  let smtp;
  before(async () => {
    await sink.start();
    smtp = await Stack.start({ settings: { MAIL_BACKEND: 'smtp', SMTP_URL: sink.url } });
  });
  after(async () => {
    await smtp?.stop();
    await sink.stop();
  });

  test('mails go to the server, and a claim works with what arrived there', async () => {
    await archive(smtp, { username: 'remota', email: 'remota@ejemplo.com' });
    const person = newcomer(smtp);
    await startForm(person, { username: 'remota', email: 'remota@ejemplo.com' });
    const mail = await sink.next((one) => one.to.includes('remota@ejemplo.com'), 20_000);
    assert.equal(mail.subject, subjects.code);
    assert.deepEqual(mail.to, ['remota@ejemplo.com']);
    assert.equal((await sendCode(person, codeIn(mail))).status, 303);
    const created = await sink.next((one) => one.subject === subjects.created, 20_000);
    assert.match(created.html, /remota/);
    assert.match(created.text, new RegExp(`${smtp.url}/clientes/portal/login/`));
    assert.equal((await login(newcomer(smtp), 'remota', goodPassword)).status, 303);
  });

  test('while the server is away claims go on, and the mail comes when it is back', async () => {
    await sink.stop();
    await archive(smtp, { username: 'tardia', email: 'tardia@ejemplo.com' });
    const person = newcomer(smtp);
    await startForm(person, { username: 'tardia', email: 'tardia@ejemplo.com' });
    await sink.start(sink.port);
    const mail = await sink.next((one) => one.to.includes('tardia@ejemplo.com'), 60_000);
    assert.equal((await sendCode(person, codeIn(mail))).status, 303);
  });
});
