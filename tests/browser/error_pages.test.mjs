// Pages for requests that come to nothing, from the handlers and from nginx itself.
import assert from 'node:assert/strict';
import { readdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { root } from '../support/stack.mjs';
import { Site } from '../support/browser.mjs';
import { inspect } from './page_checks.mjs';

let site;
let person;
before(async () => { site = await Site.open(); });
after(() => site?.close());
beforeEach(async () => { person = await site.person(); });
afterEach(() => person.leave());

test('an unknown address is a page of nginx that looks like all others', async () => {
  await person.open('/no-existe/');
  await inspect(person, 'error-404', { status: 404, dark: true });
});

test('an account that the search did not list is a page not found', async () => {
  await person.open('/datos-archivados/reclamar-usuario-dinamico/999999/');
  await inspect(person, 'error-404-handler', { status: 404 });
});

test('a form that is not ours, or too old, asks to load the page again', async () => {
  await person.open('/login/');
  await person.page.evaluate(() => { document.querySelector('[name=csrf_token]').value = 'x'; });
  await person.press('Entrar');
  await inspect(person, 'error-403-form', { status: 403 });
  await person.follow('Volver a cargar');
  await person.isAt('/login/', /Entra a tu cuenta/);
});

test('a client at the door of the staff is told so', async () => {
  const account = site.archived();
  await person.logIn(account.username, account.password);
  await person.open('/admin/');
  await inspect(person, 'error-403', { status: 403 });
});

test('opening the address of a button is a method that is not allowed', async () => {
  await person.open('/logout/');
  await inspect(person, 'error-405', { status: 405 });
});

test('bytes that are no text are a bad request', async () => {
  await person.open('/login/');
  await person.page.route('**/login/', (route) => route.continue({ postData: 'username=%FF%FE' }));
  await person.press('Entrar');
  await inspect(person, 'error-400', { status: 400 });
});

test('more than a mebibyte is refused by nginx with a page', async () => {
  await person.open('/login/');
  await person.page.evaluate(() => { document.querySelector('#username').value = 'x'.repeat(1_100_000); });
  await person.press('Entrar');
  await inspect(person, 'error-413', { status: 413 });
});

test('too many failed logins say when to come back', async () => {
  await person.logIn('insistente', 'clave equivocada');
  await site.stack.query(`INSERT INTO login_failure (person, place, is_device, failed_at, settled)
    SELECT person, place, is_device, now(), true
    FROM (SELECT * FROM login_failure ORDER BY id DESC LIMIT 1) AS newest, generate_series(1, 50)`);
  await person.logIn('insistente', 'clave equivocada');
  await inspect(person, 'error-429', { status: 429, dark: true });
  assert.match(await person.text(), /desde las \d\d:\d\d/);
  await person.follow('Volver a la página anterior');
  await person.isAt('/login/');
});

test('a handler that is away leaves a page of nginx that asks to wait', async () => {
  const socket = path.join(site.stack.env.RUN_DIR, 'login.sock');
  await rename(socket, `${socket}.away`);
  try {
    await person.open('/login/');
    await inspect(person, 'error-503', { status: 503 });
  } finally {
    await rename(`${socket}.away`, socket);
  }
});

test('a failure of ours says so and gives a number to tell the staff', async () => {
  await site.stack.query('ALTER TABLE archive_search RENAME TO archive_search_away');
  try {
    await person.open('/datos-archivados/buscar-usuario/');
    await inspect(person, 'error-500', { status: 500 });
    assert.match(await person.text(), /Folio: \S+/);
  } finally {
    await site.stack.query('ALTER TABLE archive_search_away RENAME TO archive_search');
  }
});

test('every page has a title of its own', async () => {
  const folder = path.join(root, 'templates/pages');
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const titles = await Promise.all(files.map(async (entry) => {
    const text = await readFile(path.join(entry.parentPath ?? entry.path, entry.name), 'utf8');
    return /^\{\{! title: (.+) \}\}\n/.exec(text)[1];
  }));
  assert.ok(titles.length >= 25);
  assert.equal(new Set(titles).size, titles.length, titles.sort().join('\n'));
});
