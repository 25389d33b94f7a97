// What people do once their account is live, and what impatient fingers do to any form.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Site } from '../support/browser.mjs';

const fresh = 'girasol lento 42';
let site;
let people;
before(async () => { site = await Site.open(); });
after(() => site?.close());
beforeEach(() => { people = []; });

async function someone(options) {
  const person = await site.person(options);
  people.push(person);
  return person;
}
const everybodyLeaves = async () => { for (const person of people) await person.leave(); };

// Somebody with a live account, logged in.
async function client(options) {
  const account = site.archived();
  const person = await someone(options);
  await person.logIn(account.username, account.password);
  await person.isAt('/clientes/portal/');
  return { account, person };
}

async function startChoice(person, account) {
  await person.search(account.email);
  await person.press('Recuperar esta cuenta');
  return site.code(account.email);
}

const accountsOf = (username) => site.stack.query('SELECT id FROM account WHERE lower(username) LIKE lower($1)', [`${username}%`]);

for (const javaScript of [false, true]) {
  describe(`with JavaScript ${javaScript ? 'on' : 'off'}`, () => {
    test('a forgotten password is replaced with a code, and the sessions elsewhere end', async () => {
      const { account, person: elsewhere } = await client({ javaScript });
      const person = await someone({ width: 360, javaScript });
      await person.open('/login/');
      await person.follow('Olvidé mi contraseña');
      await person.write('Correo electrónico', account.email);
      await person.press('Enviarme el código');
      await person.enterCode(await site.code(account.email));
      await person.choosePassword(fresh, 'Guardar contraseña');
      await person.isAt('/clientes/portal/');
      assert.match(await person.notice(), /Tu contraseña cambió/);
      await elsewhere.open('/clientes/portal/sesiones/');
      await elsewhere.isAt('/login/');
      await elsewhere.logIn(account.username, fresh);
      await elsewhere.isAt('/clientes/portal/');
      await everybodyLeaves();
    });

    test('a changed password ends the other session and counts at once', async () => {
      const { account, person } = await client({ width: 360, javaScript });
      const other = await someone({ javaScript });
      await other.logIn(account.email, account.password);
      await other.isAt('/clientes/portal/');
      await person.follow('Cambiar contraseña');
      await person.page.locator('#old_password').fill(account.password);
      await person.choosePassword(fresh, 'Guardar contraseña');
      await person.isAt('/clientes/portal/');
      assert.match(await person.notice(), /Tu contraseña cambió. Sesiones cerradas en otros dispositivos: 1/);
      await other.open('/clientes/portal/');
      await other.isAt('/login/');
      await other.logIn(account.username, account.password);
      assert.equal(other.status, 422);
      await everybodyLeaves();
    });

    test('a session is ended from another browser, then all others', async () => {
      const { account, person } = await client({ javaScript });
      const others = [await someone({ javaScript }), await someone({ width: 360, javaScript }), await someone({ javaScript })];
      for (const other of others) await other.logIn(account.username, account.password);
      await person.open('/clientes/portal/sesiones/');
      assert.equal(await person.page.locator('tbody tr').count(), 4);
      await person.press(/^Cerrar la sesión/);
      assert.match(await person.notice(), /^La sesión se cerró/);
      assert.equal(await person.page.locator('tbody tr').count(), 3);
      await person.press('Cerrar todas las demás');
      assert.match(await person.notice(), /otros dispositivos: 2/);
      assert.equal(await person.page.locator('tbody tr').count(), 1);
      for (const other of others) {
        await other.open('/clientes/portal/sesiones/');
        await other.isAt('/login/');
      }
      await everybodyLeaves();
    });

    test('who leaves finds the door closed, and is led back to the page asked for', async () => {
      const { account, person } = await client({ javaScript });
      await person.press('Salir');
      assert.match(await person.notice(), /Saliste de tu cuenta/);
      await person.page.goBack();
      await person.isAt('/login/');
      await person.open('/clientes/portal/sesiones/');
      await person.isAt('/login/');
      await person.write('Usuario o correo', account.username);
      await person.write('Contraseña', account.password);
      await person.press('Entrar');
      await person.isAt('/clientes/portal/sesiones/', /Mis sesiones/);
      await everybodyLeaves();
    });
  });
}

describe('impatient fingers', () => {
  // Two submissions so close that the first answer is never seen.
  async function pressTwice(person, name) {
    const button = person.page.getByRole('button', { name }).first();
    await button.dblclick();
    await person.page.waitForLoadState('load');
    await person.page.waitForTimeout(700);
  }

  test('a double click on the login makes one account', async () => {
    const account = site.archived();
    const person = await someone();
    await person.open('/login/');
    await person.write('Usuario o correo', account.username);
    await person.write('Contraseña', account.password);
    await pressTwice(person, 'Entrar');
    await person.isAt('/clientes/portal/');
    assert.equal((await accountsOf(account.username)).length, 1);
    await everybodyLeaves();
  });

  test('a double click on the choice and on the code goes on to the password', async () => {
    const account = site.archived();
    const person = await someone();
    await person.search(account.email);
    await pressTwice(person, 'Recuperar esta cuenta');
    await person.isAt('/datos-archivados/verificar-codigo-reclamacion/', /Escribe el código/);
    const mails = await site.stack.query("SELECT count(*)::int AS n FROM verification_code WHERE lower(email) = lower($1)", [account.email]);
    await person.page.locator('#code').fill(await site.code(account.email, mails[0].n));
    await pressTwice(person, 'Continuar');
    // The second answer may be the one that is seen: the code is used up, and the page leads on.
    if (/Ese código ya se usó/.test(await person.text())) {
      await person.page.getByRole('link', { name: 'Continuar' }).click();
      await person.page.waitForLoadState('load');
    }
    assert.match(person.route, /reclamar-usuario-dinamico/, await person.text());
    await everybodyLeaves();
  });

  test('a double click on the new password makes one account', async () => {
    const account = site.archived();
    const person = await someone();
    await person.enterCode(await startChoice(person, account));
    await person.page.locator('#password1').fill(fresh);
    await person.page.locator('#password2').fill(fresh);
    await pressTwice(person, 'Crear mi cuenta');
    assert.equal((await accountsOf(account.username)).length, 1);
    await person.isAt('/clientes/portal/');
    await everybodyLeaves();
  });

  test('going back after the account is made shows a page that makes sense', async () => {
    const account = site.archived();
    const person = await someone();
    await person.enterCode(await startChoice(person, account));
    await person.choosePassword(fresh, 'Crear mi cuenta');
    await person.isAt('/clientes/portal/');
    await person.page.goBack({ waitUntil: 'load' });
    assert.ok((await person.heading()).length > 0);
    await person.open('/clientes/portal/');
    await person.isAt('/clientes/portal/', /Hola/);
    assert.equal((await accountsOf(account.username)).length, 1);
    await everybodyLeaves();
  });
});
