// The portal as its owner sees it: what is owed above the fold of a phone, every page looked at, papers to take home.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { Site, photograph } from '../support/browser.mjs';
import { run } from '../support/stack.mjs';
import { inspect } from './page_checks.mjs';

const portal = '/clientes/portal/';
let site;
let person;
before(async () => { site = await Site.open(); });
after(() => site?.close());
beforeEach(async () => { person = await site.person({ width: 360, height: 640 }); });
afterEach(() => person.leave());

const one = async (sql, values) => (await site.stack.query(sql, values))[0];

// A client whose archived account came back by its old password: { account, id }.
async function client() {
  const account = site.archived();
  await person.logIn(account.username, account.password);
  await person.isAt(portal);
  const { id } = await one(`INSERT INTO client (full_name, email, account_id)
    SELECT $1, $2, id FROM account WHERE username = $3 RETURNING id`, [`${account.firstName} ${account.lastName}`, account.email, account.username]);
  await site.stack.query("INSERT INTO service (client_id, name, monthly_amount) VALUES ($1, 'Internet 50 Mb', 350), ($1, 'Televisión', 180.5)", [id]);
  return { account, id };
}

const charge = (id, concept, amount, due) => site.stack.query(
  'INSERT INTO charge (client_id, concept, amount, due_on) VALUES ($1, $2, $3, current_date + $4::int)', [id, concept, amount, due]);

// A payment of one whole charge, as the ledger has it.
async function pay(id, concept) {
  const payment = await one(`INSERT INTO payment (client_id, provider, amount, status, receipt_number, approved_at)
    SELECT client_id, 'cash', amount, 'approved', nextval('receipt_number_seq'), now() FROM charge WHERE client_id = $1 AND concept = $2
    RETURNING id, receipt_number`, [id, concept]);
  await site.stack.query(`INSERT INTO ledger_entry (client_id, charge_id, payment_id, kind, amount, currency)
    SELECT client_id, id, $3, 'payment', -amount, currency FROM charge WHERE client_id = $1 AND concept = $2`, [id, concept, payment.id]);
  return payment;
}

async function debtor() {
  const { account, id } = await client();
  await charge(id, 'Internet 50 Mb, el mes pasado', '350', -20);
  await charge(id, 'Internet 50 Mb, este mes', '350', 10);
  await charge(id, 'Instalación', '499.99', -60);
  return { account, id, payment: await pay(id, 'Instalación') };
}

async function download(link) {
  const waiting = person.page.waitForEvent('download');
  await person.page.getByRole('link', { name: link }).click();
  const file = await waiting;
  return { name: file.suggestedFilename(), path: await file.path() };
}

describe('the first page of the portal', () => {
  test('says what is owed, until when and for what above the fold of a phone', async () => {
    await debtor();
    await person.open(portal);
    for (const locator of [person.page.getByText('$700.00', { exact: true }), person.page.getByText('Vencidos: $350.00'),
      person.page.getByText('Internet 50 Mb, el mes pasado').first(), person.page.getByRole('link', { name: 'Pagar', exact: true })]) {
      const box = await locator.boundingBox();
      assert.ok(box.y >= 0 && box.y + box.height < 640, `${await locator.innerText()} ends at ${box.y + box.height}`);
    }
    await photograph(person.page, 'portal-debt-360');
    await person.follow('Pagar');
    await person.isAt('/clientes/portal/pagos/como-pagar/', /Cómo pagar/);
    assert.match(await person.text(), /Paga en la oficina/);
    await inspect(person, 'portal-how-to-pay', { dark: true });
  });

  test('holds every rule of our pages when something is owed', async () => {
    await debtor();
    await person.open(portal);
    await inspect(person, 'portal-debt', { dark: true });
    assert.equal(await person.page.locator('.months rect.charged').count(), 12);
    await person.page.getByText('Ver los números en una tabla').click();
    await inspect(person, 'portal-months');
  });

  test('says so when nothing is owed', async () => {
    const { id } = await client();
    await charge(id, 'Internet 50 Mb', '350', 10);
    await pay(id, 'Internet 50 Mb');
    await person.open(portal);
    assert.match(await person.text(), /Estás al corriente\s+No debes nada. Tu último pago: \$350.00/);
    await inspect(person, 'portal-nothing-owed');
  });
});

describe('the other pages', () => {
  test('are all found by the navigation and hold every rule', async () => {
    const { payment } = await debtor();
    for (const [link, heading] of [['Pagos', 'Mis pagos'], ['Estado de cuenta', 'Estado de cuenta'], ['Servicios', 'Mis servicios'],
      ['Perfil', 'Mis datos'], ['Actividad', 'Actividad de mi cuenta']]) {
      await person.press(link, { role: 'link', within: person.page.locator('.subnav') });
      assert.equal(await person.heading(), heading);
      assert.equal(await person.page.locator('.subnav [aria-current=page]').innerText(), link);
      await inspect(person, `portal-${link.toLowerCase().replaceAll(' ', '-')}`, { dark: link === 'Estado de cuenta' });
    }
    await person.open(`${portal}pagos/${payment.id}/`);
    await inspect(person, 'portal-receipt');
  });

  test('keep what was typed when it is wrong', async () => {
    await client();
    await person.open(`${portal}perfil/`);
    await person.write('Nombre completo', '');
    await person.write('Correo electrónico', 'no es correo');
    await person.press('Guardar mis datos');
    await inspect(person, 'portal-profile-error', { status: 422, isFormError: true, kept: { full_name: '', email: 'no es correo' } });
    await person.open(`${portal}estado-de-cuenta/?desde=2026-11-20&hasta=2026-11-01`);
    await inspect(person, 'portal-statement-error', { status: 422, isFormError: true });
  });

  test('change the email by a code', async () => {
    const { account } = await client();
    const fresh = `nuevo.${account.email}`;
    await person.open(`${portal}perfil/`);
    await person.write('Correo electrónico', fresh);
    await person.press('Guardar mis datos');
    await person.isAt(`${portal}perfil/correo/`);
    await inspect(person, 'portal-email-code');
    const code = await site.code(fresh);
    await person.page.locator('#code').fill(Site.wrong(code));
    await person.press('Confirmar');
    await inspect(person, 'portal-email-code-error', { status: 422, isFormError: true });
    await person.page.locator('#code').fill(code);
    await person.press('Confirmar');
    await person.isAt(`${portal}perfil/`);
    assert.match(await person.notice(), new RegExp(`Tu correo ahora es ${fresh}`));
  });
});

describe('papers', () => {
  test('a statement is downloaded as PDF and as a table', async () => {
    await debtor();
    await person.open(`${portal}estado-de-cuenta/`);
    const pdf = await download('Descargar (PDF)');
    assert.equal(pdf.name, 'estado-de-cuenta.pdf');
    const text = (await run('pdftotext', ['-layout', pdf.path, '-'])).stdout;
    for (const part of ['Estado de cuenta', '$1,199.99', '$499.99', '$700.00']) assert.ok(text.includes(part), part);
    const csv = await download('Descargar (CSV)');
    assert.match(await readFile(csv.path, 'utf8'), /"700\.00","MXN"\r\n$/);
  });

  test('a receipt prints as one page without navigation and buttons', async () => {
    const { payment } = await debtor();
    await person.open(`${portal}pagos/${payment.id}/`);
    await person.page.emulateMedia({ media: 'print' });
    for (const selector of ['nav', 'button', '.button', '.skip']) {
      assert.equal(await person.page.locator(selector).filter({ visible: true }).count(), 0, selector);
    }
    const pdf = await person.page.pdf({ format: 'Letter' });
    const text = (await run('pdftotext', ['-layout', '-', '-'], { input: pdf })).stdout;
    assert.match(text, new RegExp(`Recibo ${payment.receipt_number}`));
    assert.match(text, /Instalación.*\$499\.99/, 'a row of the table stays a row on paper');
    assert.doesNotMatch(text, /Descargar|Salir|Actividad/);
    assert.equal(text.split('\f').length, 2, 'one page');
  });
});

test('on a phone a client changes the password and ends another session', async () => {
  const { account } = await client();
  const other = await site.person();
  await other.logIn(account.username, account.password);
  await person.open(`${portal}sesiones/`);
  await person.press(/^Cerrar la sesión/);
  assert.match(await person.notice(), /La sesión se cerró/);
  await other.open(portal);
  assert.equal(other.route, '/login/');
  await other.leave();
  await person.open(portal);
  await person.follow('Cambiar contraseña');
  await person.write('Contraseña actual', account.password);
  await person.choosePassword('girasol lento 42', 'Guardar contraseña');
  await person.isAt(portal);
  assert.match(await person.notice(), /Tu contraseña cambió/);
});
