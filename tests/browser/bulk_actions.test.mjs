// What staff do with many clients at once, as they see it: from the ticks in the list to the slips on paper.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { Site, photograph } from '../support/browser.mjs';
import { run } from '../support/stack.mjs';
import { inspect } from './page_checks.mjs';

const password = 'girasol lento 42';
const made = '[a-km-np-zA-HJ-NP-Z2-9]{12}';
const list = '/admin/clientes/cliente/';
let site;
let person;

before(async () => {
  site = await Site.open();
  for (const rol of ['operador', 'consulta']) {
    const added = await site.stack.run('crear-admin', '--usuario', rol, '--email', `${rol}@ejemplo.com`, '--rol', rol, '--contrasena-stdin', { input: `${password}\n` });
    assert.equal(added.code, 0, added.stderr);
  }
});
after(() => site?.close());
beforeEach(async () => { person = await site.person(); });
afterEach(async () => {
  await release();
  await person.leave();
});

// `count` clients that can have access, and one who cannot. Each test has its own, told apart by `mark`.
async function addClients(mark, count) {
  await site.stack.query(`INSERT INTO client (full_name, email, phone)
    SELECT 'María <b>${mark}</b> Núñez ' || n, '${mark}' || n || '@ejemplo.com', '9931' || lpad(n::text, 6, '0') FROM generate_series(1, $1::int) AS n`, [count]);
  await site.stack.query(`INSERT INTO client (full_name) VALUES ('Sin nada ${mark}')`);
}

async function openList(mark, who = person) {
  await who.logIn('operador', password);
  await who.open(`${list}?q=${mark}`);
}

// All that match, by the list's own form. Leads to the draft.
async function choose(action, who = person) {
  await who.page.getByLabel(/que coinciden$/).check();
  await who.page.getByLabel('Acción', { exact: true }).selectOption(action);
  await who.press('Continuar');
  assert.match(who.route, /^\/admin\/acciones\/\d+\/$/);
  return who.route;
}

// A job whose clients are held, so that its page stands still until release(), or the end of the test.
let holder;
async function hold(job) {
  holder = await site.stack.pool.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT 1 FROM bulk_job_item WHERE job_id = $1 FOR UPDATE', [job.match(/\d+/)[0]]);
}
async function release() {
  await holder?.query('COMMIT');
  holder?.release();
  holder = undefined;
}

async function finished(mark, count) {
  await addClients(mark, count);
  await openList(mark);
  const job = await choose('crear_usuario_portal');
  await person.press(/^Crear/);
  await person.page.getByRole('heading', { level: 1, name: `${count} de ${count}` }).waitFor({ timeout: 90_000 });
  await person.open(job);
  return job;
}

const lines = () => person.page.locator('.result').allInnerTexts();

describe('choosing', () => {
  test('needs a ticked client and an action, and says so', async () => {
    await addClients('elegir', 2);
    await openList('elegir');
    await person.page.getByLabel('Acción', { exact: true }).selectOption('crear_usuario_portal');
    await person.press('Continuar');
    assert.match(await person.notice(), /marca al menos un cliente/);
    assert.match(person.page.url(), /q=elegir/);
    await person.press('Continuar');
    assert.match(await person.notice(), /elige una acción/);
  });

  test('shows who is in and who is left out before anything happens', async () => {
    await addClients('borrador', 3);
    await openList('borrador');
    await choose('crear_usuario_portal');
    assert.match(await person.text(), /Quedan fuera 1 de 4:\s+1: no tiene correo ni teléfono/);
    await inspect(person, 'bulk-draft', { dark: true });
    await person.follow(/^Omitidos/);
    assert.equal(await person.page.locator('tbody tr').count(), 1);
    await person.press('No hacer nada');
    await person.isAt(list);
    assert.match(await person.notice(), /No se hizo nada/);
  });

  test('has nothing to confirm when nobody can take part', async () => {
    await addClients('ninguno', 1);
    await openList('ninguno');
    await choose('activar_acceso');
    await inspect(person, 'bulk-draft-nobody');
    await person.press('Volver a la lista');
    await person.isAt(list);
  });
});

describe('a job on its way', () => {
  test('moves by itself with the script, and its title tells how far', async () => {
    await addClients('camino', 4);
    await openList('camino');
    const job = await choose('crear_usuario_portal');
    await hold(job);
    await person.press(/^Crear/);
    assert.match(await person.page.title(), /^0 % de avance/);
    await inspect(person, 'bulk-progress', { dark: true });
    await release();
    await person.page.getByRole('heading', { level: 1, name: '4 de 4' }).waitFor({ timeout: 60_000 });
    assert.match(await person.page.title(), /4 de 4 hechos/);
    assert.equal((await lines()).length, 5);
  });

  test('moves without any script, and keeps still when asked', async () => {
    const plain = await site.person({ javaScript: false });
    await addClients('despacio', 2);
    await openList('despacio', plain);
    const job = await choose('crear_usuario_portal', plain);
    await hold(job);
    await plain.press(/^Crear/);
    await plain.follow('Detener la recarga');
    assert.equal(await plain.page.locator('meta[http-equiv=refresh]').count(), 0);
    await plain.follow('Ver cómo va ahora');
    await release();
    await plain.page.getByRole('heading', { level: 1, name: '2 de 2' }).waitFor({ timeout: 60_000 });
    await plain.leave();
  });

  test('can be stopped, and says that what is done stays', async () => {
    await addClients('parar', 2);
    await openList('parar');
    const job = await choose('crear_usuario_portal');
    await hold(job);
    await person.press(/^Crear/);
    const stopping = person.press('Cancelar lo que falta');
    await release();
    await stopping;
    assert.match(await person.notice(), /se canceló|ya había terminado/);
  });
});

describe('the result', () => {
  test('has a line a client with its ways of handing over', async () => {
    await finished('lista', 12);
    assert.match((await lines())[0], new RegExp(`^✅ Usuario creado para María <b>lista</b> Núñez \\d+: lista\\d+@ejemplo\\.com \\| Contraseña: ${made}$`));
    assert.match((await lines()).at(-1), /^❌ Sin nada lista: no tiene correo ni teléfono$/);
    const links = await person.page.getByRole('link', { name: /^WhatsApp/ }).evaluateAll((all) => all.map((link) => link.href));
    assert.equal(links.length, 12);
    for (const link of links) assert.match(link, /^https:\/\/wa\.me\/529931\d{6}\?text=Hola%20/);
    await inspect(person, 'bulk-result', { dark: true });
  });

  test('of fifty clients stays within the weight of a page', async () => {
    await finished('peso', 50);
    await inspect(person, 'bulk-result-50');
  });

  test('copies, spells out, marks and mails for one client', async () => {
    await finished('portapapeles', 2);
    const item = person.page.locator('.person').first();
    const key = new RegExp(made).exec((await lines())[0].split('Contraseña: ')[1])[0];
    await person.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await item.getByRole('button', { name: 'Copiar' }).click();
    await item.getByRole('button', { name: 'Copiado' }).waitFor();
    assert.match(await person.page.evaluate(() => navigator.clipboard.readText()), new RegExp(`^Usuario: .*\\nContraseña: ${key}\\nEntra en: http`));
    await item.getByText('Dictar').click();
    const spelled = await item.locator('details p').last().innerText();
    assert.equal(spelled.split(', ').length, key.length);
    await photograph(person.page, 'bulk-result-spelled-1280');
    await person.press(/^Ya entregada/, { within: item });
    assert.match(await person.notice(), /quedaron entregadas/);
    assert.match(await item.innerText(), /Entregada, /);
    await person.press(/^Correo/, { within: item });
    assert.match(await person.notice(), /Correos en camino: 1/);
  });

  test('shows readers neither passwords nor buttons', async () => {
    const job = await finished('lectura', 1);
    const reader = await site.person();
    await reader.logIn('consulta', password);
    await reader.open(job);
    assert.match(await reader.text(), /✅ Usuario creado para María <b>lectura<\/b> Núñez 1: lectura1@ejemplo\.com\n/);
    assert.doesNotMatch(await reader.text(), /Contraseña: /);
    assert.equal(await reader.page.locator('main').getByRole('button').count(), 0);
    await inspect(reader, 'bulk-result-reader');
    await reader.leave();
  });

  test('says that passwords are gone once they are discarded', async () => {
    await finished('borrar', 1);
    await person.page.getByText('Borrar las contraseñas de aquí').click();
    await person.press('Borrarlas ahora');
    assert.match(await person.text(), /ya no se pueden ver/);
    assert.doesNotMatch((await lines()).join('\n'), /Contraseña/);
    await inspect(person, 'bulk-result-gone');
  });
});

describe('on paper', () => {
  test('eight slips fit a sheet of either size, each name beside its own password', async () => {
    const job = await finished('papel', 12);
    const pairs = (await lines()).flatMap((line) => {
      const found = /para (.*?): .* Contraseña: (\w+)$/.exec(line);
      return found ? [found.slice(1)] : [];
    });
    await person.follow('Imprimir para recortar');
    await person.isAt(`${job}imprimir/`);
    await inspect(person, 'bulk-slips');
    const folder = await mkdtemp(path.join(os.tmpdir(), 'slips-'));
    for (const format of ['A4', 'Letter']) {
      const file = path.join(folder, `${format}.pdf`);
      await writeFile(file, await person.page.pdf({ format }));
      const sheets = (await run('pdftotext', ['-layout', file, '-'])).stdout.split('\f').filter((text) => text.trim());
      assert.deepEqual(sheets.map((text) => text.match(/Contraseña/g).length), [8, 4], format);
      assert.doesNotMatch(sheets.join(''), /Auditoría|Volver|Necesitas ayuda/);
      const raw = (await run('pdftotext', ['-raw', file, '-'])).stdout;
      for (const [name, key] of pairs) {
        const from = raw.indexOf(`${name}\n`);
        assert.ok(from >= 0 && raw.slice(from).indexOf(key) < raw.slice(from).indexOf('Entra en'), `${format}: ${name}`);
      }
      if (process.env.SCREENSHOTS) await run('pdftoppm', ['-r', '80', '-png', file, path.join(process.env.SCREENSHOTS, `bulk-slips-${format}`)]);
    }
    await rm(folder, { recursive: true });
  });
});

test('the list of jobs tells how each stands', async () => {
  await finished('tabla', 1);
  await person.open('/admin/acciones/');
  assert.match(await person.text(), /Crear usuario para portal\s+Terminada/);
  await inspect(person, 'bulk-jobs', { dark: true });
});
