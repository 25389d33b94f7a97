// The pages that anybody may open: looked at in every state, width and colour scheme.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { Site } from '../support/browser.mjs';
import { inspect } from './page_checks.mjs';

let site;
let person;
before(async () => { site = await Site.open(); });
after(() => site?.close());
beforeEach(async () => { person = await site.person(); });
afterEach(() => person.leave());

describe('the login', () => {
  test('stands at both addresses with the same face', async () => {
    await person.open('/clientes/portal/login/');
    await inspect(person, 'login-portal');
    await person.open('/login/?next=/clientes/portal/sesiones/');
    assert.equal(await person.page.locator('[name=next]').inputValue(), '/clientes/portal/sesiones/');
    await inspect(person, 'login', { dark: true });
  });

  test('says what is missing', async () => {
    await person.open('/login/');
    await person.press('Entrar');
    await inspect(person, 'login-missing', { status: 422, isFormError: true });
    assert.equal(await person.page.locator('.summary li').count(), 2);
  });

  test('keeps the name and empties the password after a wrong one', async () => {
    await person.logIn('<b>María & "Ñúñez"</b>', 'no es esta');
    await inspect(person, 'login-wrong', { status: 422, isFormError: true, kept: { username: '<b>María & "Ñúñez"</b>', password: '' }, dark: true });
  });

  test('tells a person whose account is not active to ask the staff', async () => {
    await person.logIn('xochitl_jimenez', 'clave-41');
    await inspect(person, 'login-inactive', { status: 422, isFormError: true, kept: { username: 'xochitl_jimenez' } });
    assert.match(await person.page.locator('.summary').innerText(), /desactivada/);
  });

  test('says why somebody who was not logged in landed there', async () => {
    await person.open('/clientes/portal/sesiones/');
    await person.isAt('/login/');
    assert.match(await person.notice(), /Entra a tu cuenta/);
    await inspect(person, 'login-needed');
  });
});

describe('the search', () => {
  test('begins with one field', async () => {
    await person.open('/datos-archivados/buscar-usuario/');
    await inspect(person, 'search');
  });

  test('asks for a whole address and keeps what was typed', async () => {
    await person.search('maria@');
    await inspect(person, 'search-error', { status: 422, isFormError: true, kept: { email: 'maria@' } });
  });

  test('lists one account with its name masked', async () => {
    const { email, username } = site.archived();
    await person.search(email);
    await inspect(person, 'search-one');
    const text = await person.text();
    assert.ok(!text.replaceAll(email, '').includes(username), 'the whole name is not shown');
  });

  test('lists two accounts of one address, each with its own name', async () => {
    await person.search('familia.ohara@ejemplo.com');
    await inspect(person, 'search-two', { dark: true });
    const names = await person.page.locator('li .mark').allInnerTexts();
    assert.equal(names.length, 2);
    assert.notEqual(names[0], names[1]);
  });

  test('says what else to try when nothing is found, and shows the address as typed', async () => {
    await person.search("o'hara&hijos@ejemplo.com");
    await inspect(person, 'search-none');
    assert.match(await person.text(), /o'hara&hijos@ejemplo\.com/);
  });
});

describe('the form for an archived account', () => {
  const labels = { username: 'Usuario anterior', email: 'Correo electrónico', first_name: 'Nombre', last_name: 'Apellidos' };
  const typed = { username: 'maría <3', email: 'maria@correo.example', first_name: 'María "La"', last_name: "O'Hara & Ñúñez" };

  test('begins empty', async () => {
    await person.open('/datos-archivados/reclamar-usuario/');
    await inspect(person, 'form');
  });

  test('names every field that is missing', async () => {
    await person.open('/datos-archivados/reclamar-usuario/');
    await person.press('Enviarme el código');
    await inspect(person, 'form-missing', { status: 422, isFormError: true });
    assert.equal(await person.page.locator('.summary li').count(), 5);
  });

  for (const [name, passwords] of [['short', ['corta', 'corta']], ['different', ['girasol lento 42', 'girasol lento 43']]]) {
    test(`keeps everything but the passwords when they are ${name}`, async () => {
      await person.open('/datos-archivados/reclamar-usuario/');
      for (const [id, label] of Object.entries(labels)) await person.write(label, typed[id]);
      await person.choosePassword(passwords[0], 'Enviarme el código', passwords[1]);
      await inspect(person, `form-${name}`, { status: 422, isFormError: true, kept: { ...typed, password1: '', password2: '' } });
    });
  }
});

describe('the forgotten password', () => {
  test('begins with one field', async () => {
    await person.open('/clientes/portal/recuperar/');
    await inspect(person, 'recover');
  });

  test('asks for the address', async () => {
    await person.recover('');
    await inspect(person, 'recover-error', { status: 422, isFormError: true, kept: { email: '' } });
  });
});
