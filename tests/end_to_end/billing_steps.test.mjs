// The month, payments and suspension over the real command line and worker (SPEC.md, 4 and 7).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailsTo, until, useStack } from '../support/flows.mjs';
import { parentOf, signal } from '../support/processes.mjs';

const { stack } = useStack({ settings: { SUSPEND_AFTER_DAYS: '3', REMINDER_DAYS_AFTER: '5' } });

// Clients and services as an importer writes them: nothing but the columns of the contract.
async function addClient(name, { email = null, services = [] } = {}) {
  const [{ id }] = await stack().query('INSERT INTO client (full_name, email) VALUES ($1, $2) RETURNING id', [name, email]);
  const ids = [];
  for (const amount of services) {
    const [service] = await stack().query(`INSERT INTO service (client_id, name, monthly_amount, currency, status)
      VALUES ($1, 'Internet', $2, 'MXN', 'active') RETURNING id`, [id, amount]);
    ids.push(service.id);
  }
  return { id, services: ids };
}

const pay = (client, amount, ...more) =>
  stack().run('registrar-pago', '--cliente', client, '--monto', amount, '--medio', 'efectivo', ...more);

test('a month is charged once, however often and at once it is asked for', async () => {
  await addClient('Muchos', { services: Array.from({ length: 60 }, (_, i) => 100 + i) });
  const runs = await Promise.all([1, 2, 3].map(() => stack().run('generar-cargos', '--mes', '2026-11')));
  assert.deepEqual(runs.map(({ code, stderr }) => [code, stderr]), runs.map(() => [0, '']));
  const made = runs.map(({ stdout }) => Number(/^Nuevos: (\d+)$/m.exec(stdout)[1]));
  assert.equal(made.reduce((a, b) => a + b), 60);
  const again = await stack().run('generar-cargos', '--mes', '2026-11');
  assert.match(again.stdout, /^Nuevos: 0\nYa estaban: 60$/m);
  const [charges] = await stack().query(`SELECT count(*)::int AS count, sum(amount)::text AS total, min(due_on)::text AS due
    FROM charge WHERE status = 'pending'`);
  assert.deepEqual([charges.count, charges.total], [60, '7770.00']);
  assert.match(charges.due, /^2026-11-/);
  for (const month of ['2026-13', '11-2026', '', 'noviembre']) {
    assert.equal((await stack().run('generar-cargos', '--mes', month)).code, 100, month);
  }
});

test('a payment from the command line pays what is due first and is told by mail', async () => {
  const { id } = await addClient('Ana Ruiz', { email: 'ana@ejemplo.com' });
  await stack().query(`INSERT INTO charge (client_id, concept, amount, currency, due_on, status)
    VALUES ($1, 'Tarde', 1000, 'MXN', '2027-02-01', 'pending'), ($1, 'Pronto', 350.50, 'MXN', '2027-01-01', 'pending')`, [id]);
  const paid = await pay(id, '1,000.00');
  assert.equal(paid.code, 0, paid.stderr);
  assert.match(paid.stdout, /✅ Pago registrado: \$1,000\.00\nRecibo: \d+\nAplicado a cargos: \$1,000\.00/);
  const charges = await stack().query('SELECT concept, status FROM charge WHERE client_id = $1 ORDER BY due_on', [id]);
  assert.deepEqual(charges, [{ concept: 'Pronto', status: 'paid' }, { concept: 'Tarde', status: 'pending' }]);
  const [payment] = await stack().query('SELECT provider, amount, currency, status FROM payment WHERE client_id = $1', [id]);
  assert.deepEqual(payment, { provider: 'cash', amount: '1000.00', currency: 'MXN', status: 'approved' });
  const [mail] = await mailsTo(stack(), 'ana@ejemplo.com');
  assert.equal(mail.subject, 'Pago recibido - AdminiRed');
  assert.match(mail.text, /Pronto: \$350\.50\n- Tarde: \$649\.50 \(quedan \$350\.50\)/);
  assert.match(mail.text, /Todavía debes \$350\.50\./);
});

test('a transfer with a reference is booked once', async () => {
  const { id } = await addClient('Beto');
  const transfer = (amount) => stack().run('registrar-pago', '--cliente', id, '--monto', amount, '--medio', 'transferencia',
    '--referencia', 'SPEI-42');
  const runs = await Promise.all([1, 2, 3].map(() => transfer('200')));
  assert.deepEqual(runs.map(({ code }) => code), [0, 0, 0]);
  assert.equal(runs.filter(({ stdout }) => stdout.includes('ya estaba registrado')).length, 2);
  assert.equal((await transfer('300')).code, 1);
  const [count] = await stack().query('SELECT count(*)::int AS payments FROM payment WHERE client_id = $1', [id]);
  assert.equal(count.payments, 1);
});

test('wrong orders end with their codes and change nothing', async () => {
  const { id } = await addClient('Carla');
  const before = await stack().query('SELECT count(*) FROM payment');
  assert.equal((await pay(999999, '10')).code, 1);
  for (const amount of ['0', '-5', '10,50', 'diez', '1.234']) assert.equal((await pay(id, amount)).code, 100, amount);
  const odd = await stack().run('registrar-pago', '--cliente', id, '--monto', '10', '--medio', 'cheque');
  assert.equal(odd.code, 100);
  assert.match(odd.stderr, /efectivo o transferencia/);
  assert.deepEqual(await stack().query('SELECT count(*) FROM payment'), before);
});

test('the worker suspends what is overdue and reminds of it; a payment brings it back at once', { timeout: 120_000 }, async () => {
  const { id, services: [service] } = await addClient('Dora', { email: 'dora@ejemplo.com', services: [250] });
  await stack().query(`INSERT INTO charge (client_id, service_id, concept, amount, currency, due_on, status)
    VALUES ($1, $2, 'Internet', 250, 'MXN', current_date - 6, 'pending')`, [id, service]);
  const status = async () => (await stack().query('SELECT status FROM service WHERE id = $1', [service]))[0].status;
  await until('the service is suspended', async () => await status() === 'suspended', { within: 60_000, every: 200 });
  assert.equal((await pay(id, '250')).code, 0);
  assert.equal(await status(), 'active');
  const subjects = (await mailsTo(stack(), 'dora@ejemplo.com')).map(({ subject }) => subject);
  assert.ok(subjects.includes('Pago recibido - AdminiRed'));
});

test('reminders go out once, with what is owed', async () => {
  const { id } = await addClient('Elisa', { email: 'elisa@ejemplo.com' });
  await stack().query(`INSERT INTO charge (client_id, concept, amount, currency, due_on, status)
    VALUES ($1, 'Agua', 80, 'MXN', current_date - 6, 'pending')`, [id]);
  // The running worker sends reminders every half hour; its successor begins with them.
  const pid = await parentOf(stack(), 'worker');
  signal([{ pid }], 'SIGTERM');
  const mails = await until('the reminder', async () => {
    const found = await mailsTo(stack(), 'elisa@ejemplo.com');
    return found.length > 0 && found;
  }, { within: 30_000, every: 100 });
  assert.deepEqual(mails.map(({ subject }) => subject), ['Recordatorio de pago - AdminiRed']);
  assert.match(mails[0].text, /Agua: \$80\.00, venció el /);
});
