// The three ways back to an archived account as a person walks them: by clicking, and one of them by keyboard alone.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { Site } from '../support/browser.mjs';

const fresh = 'girasol lento 42';
let site;
let person;
before(async () => { site = await Site.open(); });
after(() => site?.close());
afterEach(() => person.leave());

async function isInThePortalOf({ firstName, username, email }) {
  await person.isAt('/clientes/portal/', new RegExp(`^Hola, ${firstName}`));
  assert.match(await person.notice(), /^Tu cuenta está lista/);
  assert.ok((await person.text()).includes(email));
  const [row] = await site.stack.query('SELECT claimed_account_id FROM archived_user WHERE lower(username) = lower($1)', [username]);
  assert.notEqual(row.claimed_account_id, null);
}

async function logsInAgain(username, password) {
  await person.press('Salir');
  await person.logIn(username, password);
  await person.isAt('/clientes/portal/');
}

for (const width of [360, 1280]) {
  for (const javaScript of [false, true]) {
    describe(`at ${width} px, JavaScript ${javaScript ? 'on' : 'off'}`, () => {
      test('the old username and password open the account at once', async () => {
        person = await site.person({ width, javaScript });
        const account = site.archived();
        await person.open('/');
        await person.isAt('/login/', /Entra a tu cuenta/);
        await person.write('Usuario o correo', account.username);
        await person.write('Contraseña', account.password);
        await person.press('Entrar');
        await isInThePortalOf(account);
        await logsInAgain(account.username.toUpperCase(), account.password);
      });

      test('an address, a choice, a code and a password bring the account back', async () => {
        person = await site.person({ width, javaScript });
        const account = site.archived();
        await person.open('/login/');
        await person.follow('Buscar mi cuenta con mi correo');
        await person.write('Correo electrónico', account.email.toUpperCase());
        await person.press('Buscar mi cuenta');
        await person.press('Recuperar esta cuenta');
        const code = await site.code(account.email);
        await person.enterCode(` ${code.slice(0, 2)}-${code.slice(2)} `);
        await person.choosePassword(fresh, 'Crear mi cuenta');
        await isInThePortalOf(account);
        await logsInAgain(account.email, fresh);
      });

      test('a form and a code bring the account back with the password of the form', async () => {
        person = await site.person({ width, javaScript });
        const account = site.archived();
        await person.open('/login/');
        await person.follow('Llenar el formulario de recuperación');
        await person.write('Usuario anterior', account.username);
        await person.write('Correo electrónico', account.email);
        await person.write('Nombre', account.firstName);
        await person.write('Apellidos', account.lastName);
        await person.choosePassword(fresh, 'Enviarme el código');
        await person.enterCode(await site.code(account.email));
        await isInThePortalOf(account);
        await logsInAgain(account.username, fresh);
      });
    });
  }
}

describe('without JavaScript', () => {
  test('the error summary has the focus and its links lead to the fields', async () => {
    person = await site.person({ width: 360, javaScript: false });
    await person.open('/datos-archivados/reclamar-usuario/');
    await person.press('Enviarme el código');
    assert.equal(await person.page.evaluate(() => document.activeElement.className), 'summary');
    assert.match(await person.page.title(), /^Error: /);
    await person.page.getByRole('link', { name: 'Escribe tus apellidos.' }).click();
    assert.equal(await person.page.evaluate(() => document.activeElement.id), 'last_name');
  });
});

describe('by keyboard alone', () => {
  // Tab until the control with that name has the focus.
  async function tabTo(name) {
    for (let i = 0; i < 30; i += 1) {
      await person.page.keyboard.press('Tab');
      const found = await person.page.evaluate(() => {
        const element = document.activeElement;
        return [(element.labels?.[0] ?? element).innerText, element.getClientRects().length > 0, element.matches(':focus-visible')];
      });
      if (found[0].startsWith(name)) {
        assert.deepEqual(found.slice(1), [true, true], `${name} shows its focus`);
        return;
      }
    }
    assert.fail(`Tab never reaches ${name}`);
  }

  async function enter() {
    const arrived = person.page.waitForNavigation({ waitUntil: 'load' });
    await person.page.keyboard.press('Enter');
    await arrived;
  }

  test('an address, a choice, a code and a password bring the account back', async () => {
    person = await site.person({ width: 1280 });
    const account = site.archived();
    const { keyboard } = person.page;
    await person.open('/login/');
    await tabTo('Saltar al contenido');
    await keyboard.press('Enter');
    await tabTo('Usuario o correo');
    await tabTo('Buscar mi cuenta con mi correo');
    await enter();
    await tabTo('Correo electrónico');
    await keyboard.type(account.email);
    await enter();
    await tabTo('Recuperar esta cuenta');
    await enter();
    await tabTo('Código de 4 dígitos');
    await keyboard.type(await site.code(account.email));
    await enter();
    await tabTo('Contraseña');
    await keyboard.type(fresh);
    await tabTo('Escríbela otra vez');
    await keyboard.type(fresh);
    await enter();
    await isInThePortalOf(account);
    await tabTo('Salir');
    await enter();
    await person.isAt('/login/');
    assert.match(await person.notice(), /Saliste/);
  });
});
