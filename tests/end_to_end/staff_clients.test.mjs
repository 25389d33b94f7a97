// Staff and their clients over HTTP (SPEC.md 3): who may do what, two editors, access, files, the audit log.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { Visitor } from '../support/browser_client.mjs';
import { assertPage, goodPassword, isInside, login, mailsTo, said, until, useStack } from '../support/flows.mjs';
import { testData } from '../support/stack.mjs';
import { addClient, fact, press, staff, staffPaths, upload } from '../support/staff.mjs';

const { stack, visitor } = useStack({ settings: { LOGIN_FAILURE_MS: '0' } });

// One of each role, made once.
const people = {};
async function as(rol) {
  people[rol] ??= await staff(stack(), rol);
  return people[rol];
}

describe('roles', () => {
  const ranks = ['consulta', 'operador', 'administrador'];
  const reads = [
    ['consulta', staffPaths.overview], ['consulta', staffPaths.clients], ['consulta', staffPaths.jobs], ['consulta', staffPaths.audit],
    ['consulta', (id) => staffPaths.client(id)], ['operador', '/admin/clientes/cliente/exportar.csv'], ['operador', staffPaths.addClient],
    ['operador', staffPaths.importing], ['administrador', '/admin/auditoria/exportar.csv'],
  ];
  const writes = [
    ['operador', staffPaths.addClient, { full_name: 'Nueva' }],
    ['operador', (id) => staffPaths.client(id), { full_name: 'Otro', version: '1' }],
    ['operador', (id) => `/admin/clientes/cliente/${id}/delete/`, {}],
    ['operador', (id) => `/admin/clientes/cliente/${id}/restore/`, {}],
    ['operador', (id) => staffPaths.access(id), { accion: 'crear' }],
    ['operador', staffPaths.clients, { action: 'crear_usuario_portal', _selected_action: '1' }],
  ];
  const pathOf = (where, id) => (typeof where === 'function' ? where(id) : where);

  test('each page needs its role, and a visitor or a client gets none of them', async () => {
    const id = await addClient(stack(), { name: 'Para leer', email: 'leer@ejemplo.com' });
    const nobody = visitor();
    const client = visitor();
    const made = await stack().run('crear-usuario', '--id', String(id), '--contrasena-stdin', { input: `${goodPassword}\n` });
    assert.equal(made.code, 0, made.stderr);
    await login(client, 'leer@ejemplo.com', goodPassword);
    for (const [least, where] of reads) {
      const page = pathOf(where, id);
      const answer = await nobody.get(page);
      assert.equal(answer.status, 303, page);
      assert.match(answer.location, /^\/login\/\?next=/);
      assertPage(await client.get(page), 403, 'errors/forbidden');
      for (const [rank, rol] of ranks.entries()) {
        const seen = await (await as(rol)).get(page);
        assert.equal(seen.status, rank >= ranks.indexOf(least) ? 200 : 403, `${rol} ${page}`);
      }
    }
  });

  test('a form without the right to it is 403 and changes nothing', async () => {
    const id = await addClient(stack(), { name: 'Para escribir', email: 'escribir@ejemplo.com' });
    const state = () => stack().query('SELECT (SELECT count(*) FROM client) AS clients, (SELECT count(*) FROM account) AS accounts, (SELECT count(*) FROM bulk_job) AS jobs, (SELECT string_agg(full_name || is_deleted || version, \',\' ORDER BY id) FROM client) AS texts, (SELECT count(*) FROM audit_log) AS events');
    const reader = await as('consulta');
    const client = people.client ?? visitor();
    const token = Visitor.tokenOf(await reader.get('/clientes/portal/cambiar-contrasena/'));
    const before = await state();
    for (const [, where, fields] of writes) {
      assertPage(await reader.post(pathOf(where, id), fields, { token }), 403, 'errors/forbidden');
      assertPage(await client.post(pathOf(where, id), fields, { token: 'x' }), 403, 'errors/csrf');
    }
    assert.deepEqual(await state(), before);
  });
});

describe('one client', () => {
  test('is added with what people type, and asked about when it looks known', async () => {
    const person = await as('operador');
    const wrong = await press(person, staffPaths.addClient, staffPaths.addClient, { full_name: '', email: 'x', phone: '12', address: 'Calle 5' });
    assert.equal(wrong.status, 422);
    assert.match(wrong.body, /value="Calle 5"/);
    assert.match(wrong.body, /id="full_name-error"[\s\S]*id="email-error"[\s\S]*id="phone-error"/);
    const fields = { full_name: '  María   García ', email: 'maria@ejemplo.com', phone: '(993) 765 43 21', address: '', notes: 'Paga los lunes' };
    const added = await press(person, staffPaths.addClient, staffPaths.addClient, fields);
    assert.equal(added.status, 303, added.text);
    const page = await person.get(added.location);
    assert.match(page.body, /value="María García"/);
    assert.match(page.body, /Paga los lunes/);
    const [row] = await stack().query("SELECT phone FROM client WHERE email = 'maria@ejemplo.com'");
    assert.equal(row.phone, '9937654321');
    const again = await press(person, staffPaths.addClient, staffPaths.addClient, fields);
    assert.equal(again.status, 422);
    assert.match(again.text, said('client_looks_known'));
    const anyway = await press(person, staffPaths.addClient, staffPaths.addClient, { ...fields, de_todos_modos: '1' });
    assert.equal(anyway.status, 303);
  });

  test('changed by two at once: the second is told and nothing is overwritten', async () => {
    const id = await addClient(stack(), { name: 'Dos Editores', email: 'dos@ejemplo.com' });
    const [one, two] = [await as('operador'), await as('administrador')];
    const version = /name="version" value="(\d+)"/.exec((await two.get(staffPaths.client(id))).body)[1];
    const first = await press(one, staffPaths.client(id), staffPaths.client(id), { full_name: 'Dos Editores', email: 'nuevo@ejemplo.com', phone: '', address: '', notes: '', version });
    assert.equal(first.status, 303, first.text);
    const second = await press(two, staffPaths.client(id), staffPaths.client(id), { full_name: 'Nombre Mío', email: 'dos@ejemplo.com', phone: '', address: '', notes: '', version });
    assert.equal(second.status, 422);
    assert.match(second.text, said('client_changed_meanwhile'));
    assert.match(second.body, /nuevo@ejemplo.com/);
    assert.match(second.body, /value="Nombre Mío"/);
    const [row] = await stack().query('SELECT full_name, email FROM client WHERE id = $1', [id]);
    assert.deepEqual(row, { full_name: 'Dos Editores', email: 'nuevo@ejemplo.com' });
    const newer = /name="version" value="(\d+)"/.exec(second.body)[1];
    const knowing = await press(two, staffPaths.client(id), staffPaths.client(id), { full_name: 'Nombre Mío', email: 'dos@ejemplo.com', phone: '', address: '', notes: '', version: newer });
    assert.equal(knowing.status, 303);
  });

  test('deleted softly: gone from the list, no way in, and back when restored', async () => {
    const id = await addClient(stack(), { name: 'Se Va', email: 'seva@ejemplo.com' });
    await stack().run('crear-usuario', '--id', String(id), '--contrasena-stdin', { input: `${goodPassword}\n` });
    const person = await as('operador');
    const gone = await press(person, staffPaths.client(id), `/admin/clientes/cliente/${id}/delete/`);
    assert.equal(gone.status, 303);
    assert.doesNotMatch((await person.get(`${staffPaths.clients}?q=se+va`)).text, /Se Va/);
    assert.match((await person.get(`${staffPaths.clients}?q=se+va&eliminados=1`)).text, /Se Va/);
    assert.equal((await login(visitor(), 'seva@ejemplo.com', goodPassword)).status, 422);
    await press(person, staffPaths.client(id), `/admin/clientes/cliente/${id}/restore/`);
    assert.match((await person.get(`${staffPaths.clients}?q=se+va`)).text, /Se Va/);
    await press(person, staffPaths.client(id), staffPaths.access(id), { accion: 'activar' });
    assert.equal((await login(visitor(), 'seva@ejemplo.com', goodPassword)).status, 303);
  });

  test('an id that nobody has is 404', async () => {
    const person = await as('administrador');
    const token = Visitor.tokenOf(await person.get(staffPaths.clients));
    assertPage(await person.get(staffPaths.client(999999)), 404, 'errors/not_found');
    for (const tail of ['change', 'delete', 'restore', 'acceso']) {
      assertPage(await person.post(`/admin/clientes/cliente/999999/${tail}/`, { full_name: 'x' }, { token }), 404, 'errors/not_found');
    }
  });
});

describe('access of one client', () => {
  test('made, seen, sent, used once, and forgotten when the client chooses a password', async () => {
    const person = await as('operador');
    const id = await addClient(stack(), { name: 'Ana Luz', email: 'analuz@ejemplo.com', phone: '9931112233' });
    const made = await press(person, staffPaths.client(id), staffPaths.access(id), { accion: 'crear', enviar_email: '1' });
    assert.equal(made.status, 303, made.text);
    const page = await person.get(staffPaths.client(id));
    const password = fact(page, 'Contraseña');
    assert.match(password, /^[a-km-zA-HJ-NP-Z2-9]{12}$/);
    assert.equal(fact(page, 'Usuario'), 'analuz@ejemplo.com');
    assert.match(page.body, /https:\/\/wa\.me\/529931112233\?text=/);
    const [mail] = await until('the mail with the credentials', async () => {
      const mails = await mailsTo(stack(), 'analuz@ejemplo.com');
      return mails.length > 0 && mails;
    });
    assert.match(mail.subject, /^Acceso al Portal de Cliente - /);
    assert.ok(mail.text.includes(password) && mail.text.includes('analuz@ejemplo.com'));

    assert.doesNotMatch((await (await as('consulta')).get(staffPaths.client(id))).body, new RegExp(password));

    const client = visitor();
    const first = await login(client, 'analuz@ejemplo.com', password);
    assert.equal(first.location, '/clientes/portal/cambiar-contrasena/?primera=1');
    assert.ok(await isInside(client));
    const again = await login(visitor(), 'analuz@ejemplo.com', password);
    assert.equal(again.location, '/clientes/portal/');
    assert.match((await person.get(staffPaths.client(id))).body, new RegExp(password));
    const chosen = await press(client, first.location, first.location, { old_password: password, password1: goodPassword, password2: goodPassword });
    assert.equal(chosen.status, 303, chosen.text);
    assert.doesNotMatch((await person.get(staffPaths.client(id))).body, new RegExp(password));
    const [row] = await stack().query('SELECT count(*) AS sealed FROM bulk_job_item WHERE client_id = $1 AND sealed IS NOT NULL', [id]);
    assert.equal(row.sealed, '0');
  });

  test('switched off and on, sessions ended, a new password', async () => {
    const person = await as('operador');
    const id = await addClient(stack(), { name: 'Beto Sol', phone: '9932223344' });
    await press(person, staffPaths.client(id), staffPaths.access(id), { accion: 'crear' });
    const password = fact(await person.get(staffPaths.client(id)), 'Contraseña');
    const client = visitor();
    await login(client, '9932223344', password);
    assert.ok(await isInside(client));
    await press(person, staffPaths.client(id), staffPaths.access(id), { accion: 'cerrar_sesiones' });
    assert.ok(!await isInside(client));
    await login(client, '9932223344', password);
    await press(person, staffPaths.client(id), staffPaths.access(id), { accion: 'desactivar' });
    assert.ok(!await isInside(client));
    const off = await login(visitor(), '9932223344', password);
    assert.equal(off.status, 422);
    assert.match(off.text, said('account_inactive'));
    await press(person, staffPaths.client(id), staffPaths.access(id), { accion: 'activar' });
    await press(person, staffPaths.client(id), staffPaths.access(id), { accion: 'nueva_contrasena' });
    const fresh = fact(await person.get(staffPaths.client(id)), 'Contraseña');
    assert.notEqual(fresh, password);
    assert.equal((await login(visitor(), '9932223344', password)).status, 422);
    assert.equal((await login(visitor(), '9932223344', fresh)).status, 303);
  });

  test('without email and phone there is no access, and twice is told', async () => {
    const person = await as('operador');
    const none = await addClient(stack(), { name: 'Sin Nada' });
    assert.equal((await press(person, staffPaths.client(none), staffPaths.access(none), { accion: 'crear' })).status, 422);
    const id = await addClient(stack(), { name: 'Dos Veces', email: 'dosveces@ejemplo.com' });
    await press(person, staffPaths.client(id), staffPaths.access(id), { accion: 'crear' });
    assert.equal((await press(person, staffPaths.client(id), staffPaths.access(id), { accion: 'crear' })).status, 422);
    assert.equal((await press(person, staffPaths.client(id), staffPaths.access(id), { accion: 'bailar' })).status, 422);
  });

  test('a made password that nobody used in time says so', async () => {
    const person = await as('operador');
    const id = await addClient(stack(), { name: 'Tarde', email: 'tarde@ejemplo.com' });
    await press(person, staffPaths.client(id), staffPaths.access(id), { accion: 'crear' });
    const password = fact(await person.get(staffPaths.client(id)), 'Contraseña');
    await stack().query("UPDATE account SET password_expires_at = now() - interval '1 minute' WHERE username = 'tarde@ejemplo.com'");
    const late = await login(visitor(), 'tarde@ejemplo.com', password);
    assert.equal(late.status, 422);
    assert.match(late.text, said('made_password_ended'));
    assert.doesNotMatch((await login(visitor(), 'tarde@ejemplo.com', 'otra cosa')).text, said('made_password_ended'));
  });
});

describe('a file of clients', () => {
  test('is shown first, taken whole, and changes nothing the second time', async () => {
    const person = await as('operador');
    const text = await readFile(path.join(testData, 'clientes.csv'), 'utf8');
    const shown = await upload(person, text);
    assert.equal(shown.status, 303, shown.text);
    const before = await stack().query('SELECT count(*) FROM client');
    const plan = await person.get(shown.location);
    assert.equal(plan.status, 200);
    assert.deepEqual(await stack().query('SELECT count(*) FROM client'), before);
    const done = await press(person, shown.location, shown.location, { accion: 'importar' });
    assert.equal(done.location, staffPaths.clients, done.text);
    const [after] = await stack().query('SELECT (SELECT count(*) FROM client)::int AS clients, (SELECT count(*) FROM service)::int AS services');
    assert.equal(after.clients - Number(before[0].count), 1000);
    assert.equal(after.services, 1000);
    const again = await upload(person, text);
    const same = await person.get(again.location);
    assert.match(same.text, /No hay nada nuevo que guardar/);
    assert.equal((await person.get(shown.location)).status, 404);
  });

  test('with wrong rows nothing is written, unless they are to be skipped', async () => {
    const person = await as('operador');
    const text = 'nombre_completo;email;telefono\r\nCorrecta Uno;uno.csv@ejemplo.com;\r\nMala;no-es-correo;\r\n';
    const shown = await upload(person, text);
    const plan = await person.get(shown.location);
    assert.match(plan.text, /filas con errores/);
    const refused = await press(person, shown.location, shown.location, { accion: 'importar' });
    assert.equal(refused.location, shown.location);
    assert.equal((await stack().query("SELECT 1 FROM client WHERE email = 'uno.csv@ejemplo.com'")).length, 0);
    await press(person, shown.location, shown.location, { accion: 'importar_correctas' });
    assert.equal((await stack().query("SELECT 1 FROM client WHERE email = 'uno.csv@ejemplo.com'")).length, 1);
    assertPage(await (await as('administrador')).get(shown.location), 404, 'errors/not_found');
  });

  test('Latin-1 is read when it is said, and asked for when it is not', async () => {
    const person = await as('operador');
    const text = Buffer.from('nombre_completo,email\nMuñoz Peña,munoz@ejemplo.com\n', 'latin1');
    assert.equal((await upload(person, text)).status, 422);
    const shown = await upload(person, text, { codificacion: 'latin1' });
    assert.equal(shown.status, 303, shown.text);
    assert.match((await person.get(shown.location)).body, /Muñoz Peña/);
  });

  test('what is no file of clients says why', async () => {
    const person = await as('operador');
    for (const text of ['', 'correo\nx@ejemplo.com\n', '\u0000\u0001', 'nombre_completo\n', 'nombre_completo\n"abierta\n']) {
      const answer = await upload(person, text);
      assert.equal(answer.status, 422, JSON.stringify(text));
      assert.match(answer.body, /id="archivo-error"/);
    }
    assert.equal((await upload(person, 'x'.repeat(6 * 1024 * 1024))).status, 413);
  });

  test('an export opens in a spreadsheet and has no formula', async () => {
    const person = await as('operador');
    await addClient(stack(), { name: '=HYPERLINK("http://malo")', email: 'formula@ejemplo.com' });
    const file = await person.get('/admin/clientes/cliente/exportar.csv?q=formula');
    assert.match(file.headers['content-type'], /^text\/csv/);
    assert.match(file.headers['content-disposition'], /attachment; filename="clientes\.csv"/);
    assert.ok(file.body.startsWith('\uFEFF'));
    assert.match(file.body, /"'=HYPERLINK\(""http:\/\/malo""\)"/);
  });
});

describe('the list', () => {
  test('finds by name without accents, email and phone, and keeps what is looked for', async () => {
    const person = await as('consulta');
    await addClient(stack(), { name: 'Íñigo Ñandú Cárdenas', email: 'inigo.n@ejemplo.com', phone: '9938887766' });
    for (const q of ['inigo', 'ÑANDU', 'cardenas iñigo', 'inigo.n@', '993 888 77 66', '+52 (993) 888-7766', 'iñ car']) {
      const page = await person.get(`${staffPaths.clients}?q=${encodeURIComponent(q)}`);
      assert.match(page.text, /Íñigo Ñandú Cárdenas/, q);
    }
    for (const q of ['%', '_', "' OR 1=1", '\\', 'zzzz']) {
      assert.equal((await person.get(`${staffPaths.clients}?q=${encodeURIComponent(q)}`)).status, 200, q);
    }
    const page = await person.get(`${staffPaths.clients}?portal=sin&page=2`);
    assert.match(page.body, /href="\?portal=sin&amp;orden=nombre&amp;page=1"/);
    assert.equal((await person.get(`${staffPaths.clients}?page=99999`)).status, 200);
    assert.equal((await person.get(`${staffPaths.clients}?page=x&orden=y&portal=z`)).status, 200);
  });
});

describe('the audit log', () => {
  test('says who did what to whom, filtered, and as a file', async () => {
    const person = await as('administrador');
    const id = await addClient(stack(), { name: 'Auditada', email: 'auditada@ejemplo.com' });
    await press(person, staffPaths.client(id), staffPaths.access(id), { accion: 'crear' });
    await person.get(staffPaths.client(id));
    const page = await person.get(`${staffPaths.audit}?sujeto=client:${id}`);
    assert.match(page.text, /administrador/);
    assert.match(page.text, /Auditada/);
    const seen = await person.get(`${staffPaths.audit}?accion=credentials_seen&quien=administrador`);
    assert.match(seen.text, said('audit_credentials_seen'));
    assert.equal((await person.get(`${staffPaths.audit}?desde=2001-01-01&hasta=2001-12-31`)).text.includes('No hay nada que coincida'), true);
    assert.equal((await person.get(`${staffPaths.audit}?desde=ayer&page=-3`)).status, 200);
    const file = await person.get('/admin/auditoria/exportar.csv');
    assert.match(file.body, /"credentials_seen"/);
  });
});
