// The portal through nginx: a crawler looks for what is somebody else's, files come as files, and the profile's two ways.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Visitor } from '../support/browser_client.mjs';
import { login, newcomer, useStack } from '../support/flows.mjs';
import { assertGuarded } from '../support/routes.mjs';
import { root } from '../support/stack.mjs';

const portal = '/clientes/portal/';
const password = 'ventanilla verde 7';
const { stack } = useStack();

// The routes that handlers/portal declares, with <id> where a number goes.
const routes = [...readFileSync(path.join(root, 'handlers/portal/main.cpp'), 'utf8').split('int main')[1]
  .matchAll(/"(\/[^"]*)"/g)].map(([, route]) => route);

// A client who is logged in, with two charges and a payment: { visitor, id, secret, ids }.
async function client(name) {
  const made = await stack().run('crear-admin', '--usuario', name, '--email', `${name}@ejemplo.com`, '--contrasena-stdin', { input: `${password}\n` });
  assert.equal(made.code, 0, made.stderr);
  const query = async (sql, values) => (await stack().query(sql, values))[0];
  const account = (await query('UPDATE account SET is_staff = false, role = NULL WHERE username = $1 RETURNING id', [name])).id;
  const secret = `Secreto de ${name}`;
  const { id } = await query('INSERT INTO client (full_name, account_id) VALUES ($1, $2) RETURNING id', [secret, account]);
  await stack().query('INSERT INTO service (client_id, name, monthly_amount) VALUES ($1, $2, 10)', [id, secret]);
  await stack().query("INSERT INTO charge (client_id, concept, amount, due_on) VALUES ($1, $2, 350, '2026-11-30'), ($1, $2, 50, '2026-10-01')", [id, secret]);
  await stack().query(`WITH paid AS (INSERT INTO payment (client_id, provider, amount, status, receipt_number, approved_at)
      VALUES ($1, 'cash', 20, 'approved', nextval('receipt_number_seq'), now()) RETURNING id, client_id, amount, currency)
    INSERT INTO ledger_entry (client_id, payment_id, kind, amount, currency) SELECT client_id, id, 'payment', -amount, currency FROM paid`, [id]);
  const ids = [id, account];
  for (const table of ['service', 'charge', 'payment', 'ledger_entry']) {
    ids.push(...(await stack().query(`SELECT id FROM ${table} WHERE client_id = $1`, [id])).map((row) => row.id));
  }
  const visitor = newcomer(stack());
  assert.equal((await login(visitor, name, password)).status, 303);
  return { visitor, id, secret, ids: [...new Set(ids.map(Number))] };
}

const comparable = (answer, address) => [answer.status, answer.headers['content-type'], answer.headers['content-disposition'],
  answer.body.replaceAll(address, '').replace(/Folio: <span class="mark">\w+/g, '')];

test('a crawler finds nothing of another client in any route', async () => {
  await stack().query('ALTER SEQUENCE payment_id_seq RESTART WITH 5000');
  const ana = await client('ana');
  await stack().query('ALTER SEQUENCE payment_id_seq RESTART WITH 6000');
  const berta = await client('berta');
  const withId = routes.filter((route) => route.includes('<id>'));
  assert.ok(withId.length >= 2, 'the portal has routes with an id');
  for (const route of withId) {
    const nobodys = route.replace('<id>', '999999999');
    const expected = comparable(await ana.visitor.get(nobodys), nobodys);
    assert.equal(expected[0], 404);
    for (const id of berta.ids) {
      const address = route.replace('<id>', id);
      assert.deepEqual(comparable(await ana.visitor.get(address), address), expected, address);
    }
  }
  for (const route of routes.filter((address) => !address.includes('<id>'))) {
    const page = await ana.visitor.get(`${route}?id=${berta.id}&cliente=${berta.id}`);
    assert.ok(!page.body.includes('berta'), route);
    assertGuarded(page, route);
    assert.equal(page.headers['cache-control'], 'no-store', route);
  }
});

test('whoever is not logged in is sent to the login from every route, files too', async () => {
  const stranger = newcomer(stack());
  for (const route of routes) {
    const address = route.replace('<id>', '1');
    const answer = await stranger.get(address);
    assert.equal(answer.status, 303, address);
    assert.equal(answer.location, `/login/?next=${address}`, address);
  }
});

test('the three forms of a statement say the same, and files come as files', async () => {
  const { visitor } = await client('carla');
  const page = await visitor.get(`${portal}estado-de-cuenta/`);
  assert.match(page.text, /Cargos \$400\.00 Pagos y abonos \$20\.00 Saldo al terminar \$380\.00/);
  const csv = await visitor.get(`${portal}estado-de-cuenta/estado.csv`);
  assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8');
  assert.match(csv.headers['content-disposition'], /^attachment; filename="estado-de-cuenta\.csv"$/);
  assert.match(csv.body, /"380\.00","MXN"\r\n$/);
  const pdf = await visitor.get(`${portal}estado-de-cuenta/estado.pdf`);
  assert.equal(pdf.headers['content-type'], 'application/pdf');
  assert.ok(pdf.body.startsWith('%PDF-'));
});

test('contact data that are typed are what staff see', async () => {
  const { visitor, id } = await client('dora');
  const form = await visitor.get(`${portal}perfil/`);
  const answer = await visitor.post(`${portal}perfil/`, { full_name: 'Dora Díaz', email: 'dora@ejemplo.com', phone: '993 123 4567', address: 'Calle 5' },
    { token: Visitor.tokenOf(form) });
  assert.equal(answer.status, 303, answer.text);
  assert.equal(answer.location, `${portal}perfil/`);
  const [row] = await stack().query('SELECT full_name, phone, address FROM client WHERE id = $1', [id]);
  assert.deepEqual(row, { full_name: 'Dora Díaz', phone: '9931234567', address: 'Calle 5' });
});
