// With SEARCH_DISCLOSES=0 the search says nothing before a code proved the mailbox; limits as they are in production.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { Site } from '../support/browser.mjs';
import { inspect } from './page_checks.mjs';

const codePage = '/datos-archivados/verificar-codigo-reclamacion/';
const family = 'familia.ohara@ejemplo.com';
let site;
let person;
before(async () => {
  site = await Site.open({
    settings: { SEARCH_DISCLOSES: '0', MAIL_GAP_SECONDS: '60', DEMO_HINT: 'Demostración: personal con usuario admin y contraseña ventanilla-demo' },
  });
});
after(() => site?.close());
beforeEach(async () => { person = await site.person(); });
afterEach(() => person.leave());

test('a known and an unknown address lead to the same page', async () => {
  const texts = [];
  for (const email of ['nadie@ejemplo.com', site.archived().email]) {
    await person.search(email);
    await person.isAt(codePage);
    texts.push((await person.text()).replaceAll(email, 'X').replace(/\d\d:\d\d/g, 'T'));
  }
  assert.equal(texts[0], texts[1]);
  await inspect(person, 'code-with-wait');
});

test('asking for another code at once tells from what time on it is possible', async () => {
  await person.search(site.archived().email);
  await person.press('Enviar un código nuevo');
  await inspect(person, 'error-429-code', { status: 429 });
  await person.follow('Volver a la página anterior');
  await person.isAt(codePage, /Escribe el código/);
});

test('the list comes after the code, and choosing needs no second one', async () => {
  await person.search(family);
  await person.enterCode(await site.code(family));
  await person.isAt('/datos-archivados/buscar-usuario/');
  await inspect(person, 'search-proven');
  assert.equal(await person.page.locator('li .mark').count(), 2);
  await person.press('Recuperar esta cuenta');
  assert.match(person.route, /reclamar-usuario-dinamico/);
  await person.choosePassword('girasol lento 42', 'Crear mi cuenta');
  await person.isAt('/clientes/portal/');
});

test('a mailbox without archived accounts is told so after its code', async () => {
  const { email } = site.archived();
  await person.search(email);
  const code = await site.code(email);
  await site.stack.query('UPDATE archived_user SET claimed_at = now() WHERE lower(email) = lower($1)', [email]);
  await person.enterCode(code);
  await person.isAt('/datos-archivados/buscar-usuario/');
  await inspect(person, 'search-proven-none');
});

test('a demonstration shows its staff login above the form', async () => {
  await person.open('/login/');
  assert.match(await person.text(), /ventanilla-demo/);
  await inspect(person, 'login-demo');
});
