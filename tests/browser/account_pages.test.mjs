// The pages of somebody who proved who they are: choosing a password, the portal, sessions, the staff's page.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { Site, photograph } from '../support/browser.mjs';
import { inspect } from './page_checks.mjs';

const fresh = 'girasol lento 42';
let site;
let person;
before(async () => { site = await Site.open(); });
after(() => site?.close());
beforeEach(async () => { person = await site.person(); });
afterEach(() => person.leave());

const addAccount = (username, email) => site.stack.query(
  "INSERT INTO account (username, email, password_hash) VALUES ($1, $2, '!')", [username, email]);

// Up to the page that asks for a password, by the search.
async function proveMailbox({ email }) {
  await person.search(email);
  await person.press('Recuperar esta cuenta');
  await person.enterCode(await site.code(email));
}

async function proveRecovery({ email }, nth = 1) {
  await person.recover(email);
  await person.enterCode(await site.code(email, nth));
}

// A live account, from the archive by its old password.
async function live() {
  const account = site.archived();
  await person.logIn(account.username, account.password);
  await person.isAt('/clientes/portal/');
  return account;
}

describe('the page that asks for a password', () => {
  test('shows the username that the account will have', async () => {
    const account = site.archived();
    await proveMailbox(account);
    assert.match(await person.text(), new RegExp(`Tu usuario será\\s+${account.username}`));
    assert.equal(await person.page.locator('#known_username').inputValue(), account.username);
    await inspect(person, 'choose-password', { dark: true });
  });

  test('says what is wrong with the password and forgets it', async () => {
    await proveMailbox(site.archived());
    await person.choosePassword('contraseña', 'Crear mi cuenta');
    await inspect(person, 'choose-password-error', { status: 422, isFormError: true, kept: { password1: '', password2: '' } });
  });

  test('tells of another username when somebody else has the old one', async () => {
    const account = site.archived();
    await addAccount(account.username, 'otra@ejemplo.com');
    await proveMailbox(account);
    assert.match(await person.text(), new RegExp(`«${account.username}», ya lo tiene otra persona.*«${account.username}0»`, 's'));
    await inspect(person, 'choose-password-renamed');
  });

  test('replaces a forgotten one for the account it names', async () => {
    const account = await live();
    await person.context.clearCookies();
    await proveRecovery(account);
    assert.match(await person.text(), new RegExp(`Tu usuario es\\s+${account.username}`));
    await inspect(person, 'new-password');
  });

  test('asks which one when an address has several accounts', async () => {
    const email = 'varias@ejemplo.com';
    await addAccount('primera', email);
    await addAccount('segunda.cuenta.con.un.nombre.bastante.largo@ejemplo.com', email);
    await proveRecovery({ email });
    await inspect(person, 'new-password-several', { dark: true });
    assert.deepEqual(await person.page.locator('.choice').allInnerTexts(), ['primera', 'segunda.cuenta.con.un.nombre.bastante.largo@ejemplo.com']);
    await person.choosePassword('corta', 'Guardar contraseña');
    await inspect(person, 'new-password-several-error', { status: 422, isFormError: true });
    await person.page.getByLabel('primera').check();
    await person.choosePassword('corta', 'Guardar contraseña');
    assert.ok(await person.page.getByLabel('primera').isChecked(), 'the choice is kept');
  });

  test('sends somebody without a proven mailbox back to the start', async () => {
    await person.open('/clientes/portal/recuperar/contrasena/');
    await inspect(person, 'new-password-expired', { status: 422 });
  });
});

describe('the portal', () => {
  test('shows whose account it is and how it came back', async () => {
    await live();
    assert.match(await person.notice(), /Tu cuenta está lista/);
    await inspect(person, 'portal-first', { dark: true });
  });

  test('says that there is no address instead of showing another value', async () => {
    const account = await live();
    await site.stack.query("UPDATE account SET email = NULL, first_name = '', last_name = '', weak_password = false WHERE username = $1", [account.username]);
    await person.open('/clientes/portal/');
    assert.match(await person.text(), /Correo\s+Sin correo/);
    await inspect(person, 'portal-bare');
  });

  test('lists three sessions, each with its own device, and marks this one', async () => {
    const account = await live();
    for (const device of ['Firefox · Android', '']) {
      await site.stack.query(`INSERT INTO session (token_hash, account_id, entered_by, network, device, created_at, last_used_at, idle_seconds, expires_at)
        SELECT sha256($2::bytea), id, 'code', '2001:db8:aaaa:bbbb::/64', $3, now() - interval '3 hours', now() - interval '5 minutes', 1800, now() + interval '9 hours'
        FROM account WHERE username = $1`, [account.username, `token of ${device}`, device]);
    }
    await person.open('/clientes/portal/sesiones/');
    await inspect(person, 'sessions', { dark: true });
    const rows = await person.page.locator('tbody tr').allInnerTexts();
    assert.equal(rows.length, 3);
    assert.equal(rows.filter((row) => row.includes('Esta sesión')).length, 1);
    assert.equal(rows.filter((row) => row.includes('Dispositivo desconocido')).length, 1);
    await person.open('/clientes/portal/');
    await inspect(person, 'portal-sessions');
  });

  test('prints black on white without navigation and buttons, and keeps its shape in forced colours', async () => {
    await live();
    const shown = (selector) => person.page.locator(selector).filter({ visible: true }).count();
    await person.page.emulateMedia({ media: 'print' });
    assert.deepEqual([await shown('nav'), await shown('button'), await shown('.button'), await shown('.skip')], [0, 0, 0, 0]);
    assert.ok(await shown('.rows dd') > 3);
    assert.deepEqual(await person.page.evaluate(() => [document.body, document.querySelector('header'), document.querySelector('.card')]
      .map((element) => getComputedStyle(element)).map((style) => `${style.color} on ${style.backgroundColor}`)),
    Array(3).fill('rgb(0, 0, 0) on rgb(255, 255, 255)'));
    assert.ok((await person.page.pdf({ format: 'Letter' })).length > 1000);
    await person.page.emulateMedia({ media: 'screen', forcedColors: 'active' });
    await photograph(person.page, 'portal-forced-colours-1280');
    const bare = await person.page.evaluate(() => [...document.querySelectorAll('button, .button')].map((element) => getComputedStyle(element))
      .filter((style) => parseFloat(style.borderTopWidth) === 0 || style.borderTopColor === style.backgroundColor).length);
    assert.equal(bare, 0, 'every button has an edge');
  });

  test('offers nothing to end when this session is the only one', async () => {
    await live();
    await person.open('/clientes/portal/sesiones/');
    assert.equal(await person.page.getByRole('button', { name: 'Cerrar' }).count(), 0);
    await inspect(person, 'sessions-one');
  });
});

describe('changing the password', () => {
  test('asks for the old one and the new one twice', async () => {
    await live();
    await person.open('/clientes/portal/cambiar-contrasena/');
    await inspect(person, 'change-password', { dark: true });
    await person.choosePassword('corta', 'Guardar contraseña');
    await inspect(person, 'change-password-missing', { status: 422, isFormError: true });
    await person.page.locator('#old_password').fill('no es esta');
    await person.choosePassword(fresh, 'Guardar contraseña');
    await inspect(person, 'change-password-wrong', { status: 422, isFormError: true });
  });

  test('may be skipped the first time', async () => {
    await live();
    await person.open('/clientes/portal/cambiar-contrasena/?primera=1');
    await inspect(person, 'change-password-first');
    await person.choosePassword('corta', 'Guardar contraseña');
    await inspect(person, 'change-password-first-error', { status: 422, isFormError: true });
    await person.press('Ahora no');
    await person.isAt('/clientes/portal/');
  });
});

describe('the staff', () => {
  test('lands on its own page, which leads to its account', async () => {
    const made = await site.stack.run('crear-admin', '--usuario', 'encargada', '--email', 'encargada@ejemplo.com', '--contrasena-stdin', { input: `${fresh}\n` });
    assert.equal(made.code, 0, made.stderr);
    await person.logIn('encargada', fresh);
    await person.isAt('/admin/', /Administración/);
    await inspect(person, 'admin', { dark: true });
    await person.follow('Ver mi cuenta');
    await person.isAt('/clientes/portal/');
    await inspect(person, 'portal-staff');
  });
});
