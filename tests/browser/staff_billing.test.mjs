// How the staff's pages about money look and work in a real browser: services, charges, payments, the receipt, the day's
// closing, changes that wait, the first page and the lists behind its numbers.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { Site, photograph } from '../support/browser.mjs';
import { inspect } from './page_checks.mjs';

const password = 'ventanilla verde 7';
let site;
let person;
let client;
before(async () => {
  site = await Site.open({ settings: { PROFILE_APPROVAL: '1' } });
  const made = await site.stack.run('crear-admin', '--usuario', 'cajera', '--email', 'cajera@ejemplo.com', '--contrasena-stdin', { input: `${password}\n` });
  assert.equal(made.code, 0, made.stderr);
  client = await billedClient();
});
after(() => site?.close());
beforeEach(async () => {
  person = await site.person();
  await person.logIn('cajera', password);
});
afterEach(() => person.leave());

// A client with a long name, services in each state, and charges of several months.
async function billedClient() {
  const query = async (sql, values) => (await site.stack.query(sql, values))[0]?.id;
  const account = await query("INSERT INTO account (username, email, password_hash) VALUES ('fernanda', 'fernanda@ejemplo.com', '!') RETURNING id", []);
  const id = await query("INSERT INTO client (full_name, email, phone, account_id) VALUES ('María Fernanda López Hernández de la Cruz', 'fernanda@ejemplo.com', '9931234567', $1) RETURNING id", [account]);
  const service = await query("INSERT INTO service (client_id, name, monthly_amount) VALUES ($1, 'Internet 50 MB', 350) RETURNING id", [id]);
  await site.stack.query("INSERT INTO service (client_id, name, monthly_amount, status) VALUES ($1, 'Televisión', 199.5, 'suspended'), ($1, 'Teléfono', 99, 'cancelled')", [id]);
  await site.stack.query(`INSERT INTO charge (client_id, service_id, concept, amount, due_on, created_at)
    SELECT $1, $2, 'Internet 50 MB, mes ' || n, 350, (now() - n * interval '1 month')::date, now() - n * interval '1 month' FROM generate_series(0, 4) AS n`, [id, service]);
  await site.stack.query("INSERT INTO profile_change (client_id, account_id, full_name, phone, address, asked_at) VALUES ($1, $2, 'María Fernanda López', '9939876543', 'Calle 5 de Mayo 12, Centro', now())", [id, account]);
  await site.stack.query("INSERT INTO mail_outbox (message, recipient, status, attempts, created_at, next_attempt_at, last_error) VALUES ('payment_received', 'nadie@un-dominio-que-no-existe.example', 'failed', 8, now(), now(), '550 5.1.1 no such user')");
  return { id, service };
}
const of = (page) => `/admin/clientes/cliente/${client.id}/${page}/`;

describe('one client\'s money', () => {
  test('services: the list, one of them, and a form that keeps what was typed', async () => {
    await person.open(of('servicios'));
    await inspect(person, 'staff-services', { dark: true });
    await person.write('Mensualidad', '350,00');
    await person.press('Agregar servicio');
    await inspect(person, 'staff-services-error', { status: 422, isFormError: true, kept: { monthly_amount: '350,00' } });
    await person.open(`${of('servicios')}?servicio=${client.service}`);
    await inspect(person, 'staff-service');
  });

  test('charges: the list, a form with errors, and the page that asks before it cancels', async () => {
    await person.open(of('cargos'));
    await inspect(person, 'staff-charges', { dark: true });
    await person.write('Concepto', 'Visita');
    await person.write('Monto', '0');
    await person.press('Agregar cargo');
    await inspect(person, 'staff-charges-error', { status: 422, isFormError: true, kept: { concept: 'Visita', amount: '0' } });
    await person.open(of('cargos'));
    await person.follow(/^Cancelar/);
    await inspect(person, 'staff-charge-cancel');
  });

  test('a payment from the first key to the printed receipt, with the keyboard alone', async () => {
    await person.open(of('pagos'));
    await inspect(person, 'staff-payments', { dark: true });
    await person.press('Registrar pago');
    await inspect(person, 'staff-payments-error', { status: 422, isFormError: true });
    await person.page.locator('#amount').focus();
    await person.page.keyboard.type('500');
    await person.page.keyboard.press('Tab');
    await person.page.keyboard.press('Space');
    const arrived = person.page.waitForNavigation();
    await person.page.keyboard.press('Enter');
    await arrived;
    assert.match(await person.heading(), /^Recibo \d+$/);
    await inspect(person, 'staff-receipt', { dark: true });
    await person.page.emulateMedia({ media: 'print' });
    const shown = (selector) => person.page.locator(selector).filter({ visible: true }).count();
    assert.deepEqual([await shown('nav'), await shown('button'), await shown('summary')], [0, 0, 0]);
    assert.ok((await person.text()).includes('$500.00'));
    await photograph(person.page, 'staff-receipt-print');
    await person.page.emulateMedia({ media: 'screen' });
    await person.open(of('pagos'));
    await inspect(person, 'staff-payments-after');
  });

  test('a payment works without JavaScript and at phone width', async () => {
    const phone = await site.person({ width: 360, javaScript: false });
    await phone.logIn('cajera', password);
    await phone.open(of('pagos'));
    await phone.page.locator('#amount').fill('20');
    await phone.page.getByLabel('Transferencia', { exact: true }).check();
    await phone.page.locator('#reference').fill('SPEI 20');
    await phone.press('Registrar pago');
    assert.match(await phone.text(), /SPEI 20/);
    await phone.leave();
  });
});

test('the day\'s closing: what there is, a difference that is asked about, and the list', async () => {
  await site.stack.query(`INSERT INTO payment (client_id, provider, amount, status, receipt_number, received_by, approved_at)
    SELECT $1, 'cash', 75, 'approved', 900001, id, now() FROM account WHERE username = 'cajera'`, [client.id]);
  await person.open('/admin/caja/');
  await inspect(person, 'staff-closing', { dark: true });
  await person.write('Efectivo que contaste', '10');
  await person.press('Cerrar la caja');
  await inspect(person, 'staff-closing-error', { status: 422, isFormError: true, kept: { counted: '10' } });
  await person.page.getByLabel(/cerrar con esa diferencia/).check();
  await person.press('Cerrar la caja');
  await inspect(person, 'staff-closing-done');
});

test('changes that wait stand beside what is there now', async () => {
  await person.open('/admin/perfiles/');
  await inspect(person, 'staff-approvals', { dark: true });
  await person.press('Rechazar');
  await inspect(person, 'staff-approvals-error', { status: 422, isFormError: true });
  await person.press('Aprobar');
  await inspect(person, 'staff-approvals-none');
});

describe('the first page', () => {
  test('shows its numbers and pictures, with the same in a table', async () => {
    await person.open('/admin/');
    await inspect(person, 'staff-overview', { dark: true });
    assert.equal(await person.page.locator('svg.months').first().getAttribute('role'), 'img');
    await person.page.locator('summary').first().click();
    assert.equal(await person.page.locator('details table tbody tr').count(), 12);
  });

  for (const [name, route] of [['debts', '?ver=deben'], ['overdue', '?ver=vencidos'], ['paid', '?ver=pagos'], ['suspended', '?ver=suspendidos']]) {
    test(`leads to the list of ${name}`, async () => {
      await person.open(`/admin/cobranza/${route}`);
      await inspect(person, `staff-collection-${name}`);
    });
  }

  test('leads to the mails that failed', async () => {
    await person.open('/admin/correos/');
    await inspect(person, 'staff-mails');
  });
});
