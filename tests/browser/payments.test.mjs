// Paying online in a real browser, from the charges to the receipt by mail, with each provider's stand-in; and how the pages
// about it look to clients, to whoever has a link, and to staff.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { Site, photograph } from '../support/browser.mjs';
import { mailsTo, until } from '../support/flows.mjs';
import { handled, payingPaths } from '../support/paying.mjs';
import { providerNames, startProviders } from '../support/providers/index.mjs';
import { inspect } from './page_checks.mjs';

const buttons = { stripe: 'Pagar con tarjeta', mercadopago: 'Pagar con Mercado Pago', paypal: 'Pagar con PayPal' };
const password = 'ventanilla verde 7';
let site;
let providers;
let person;
before(async () => {
  providers = await startProviders();
  site = await Site.open({ settings: { ...providers.settings, PAYMENT_SWEEP_SECONDS: '1', PAYMENT_MINIMUM: '100' } });
  providers.notifyAt(site.stack.url);
  const made = await site.stack.run('crear-admin', '--usuario', 'cobranza', '--email', 'cobranza@ejemplo.com', '--contrasena-stdin', { input: `${password}\n` });
  assert.equal(made.code, 0, made.stderr);
});
after(async () => {
  await site?.close();
  await providers?.stop();
});
beforeEach(async () => { person = await site.person({ width: 360, height: 640 }); });
afterEach(() => person.leave());

const one = async (sql, values) => (await site.stack.query(sql, values))[0];

// A client who owes two charges, logged in with the browser `who`: { id, email, charges }.
async function debtor(who = person) {
  const account = site.archived();
  await who.logIn(account.username, account.password);
  const { id } = await one(`INSERT INTO client (full_name, email, phone, account_id)
    SELECT $1, $2, '9931234567', id FROM account WHERE username = $3 RETURNING id`, [`${account.firstName} ${account.lastName}`, account.email, account.username]);
  const charges = [];
  for (const [concept, amount, due] of [['Internet 50 Mb, octubre', '350', -12], ['Internet 50 Mb, noviembre', '350.50', 8]]) {
    charges.push(Number((await one('INSERT INTO charge (client_id, concept, amount, due_on) VALUES ($1, $2, $3, current_date + $4::int) RETURNING id', [id, concept, amount, due])).id));
  }
  return { id: Number(id), email: account.email, firstName: account.firstName, lastName: account.lastName, charges };
}

// From the first page to the provider's.
async function goToProvider(name, who = person) {
  await who.open('/clientes/portal/');
  await who.follow('Pagar');
  await who.isAt(payingPaths.choose, /^Pagar$/);
  assert.equal(await who.page.getByRole('checkbox', { checked: true }).count(), 2, 'both charges are ticked');
  await who.press(buttons[name]);
  assert.ok(who.page.url().startsWith(providers[name].url), who.page.url());
  assert.match(await who.page.locator('body').innerText(), /Total: 700\.50 MXN/);
}

// Back from the provider, until the page says so.
async function returnPaid(name, who = person) {
  if (name === 'mercadopago') await who.follow('Volver al sitio');  // by itself only to https
  assert.equal(who.route, `/clientes/portal/pagos/retorno/${name}/`);
  await until('the page says that it is paid', async () => {
    if (/Recibimos tu pago/.test(await who.heading())) return true;
    await who.page.reload();
    return false;
  }, { every: 300 });
}

async function receiptByMail(client) {
  await until('the receipt is mailed', async () => (await mailsTo(site.stack, client.email)).some(({ text }) => /\$700\.50/.test(text)));
  const rows = await site.stack.query('SELECT status FROM charge WHERE client_id = $1', [client.id]);
  assert.deepEqual(rows.map(({ status }) => status), ['paid', 'paid']);
  const receipts = await site.stack.query('SELECT id FROM payment WHERE client_id = $1 AND receipt_number IS NOT NULL', [client.id]);
  assert.equal(receipts.length, 1);
}

describe('two charges are paid', () => {
  for (const name of providerNames) {
    test(`with ${name}, and the receipt comes by mail`, async () => {
      const client = await debtor();
      await goToProvider(name);
      await person.press('Pagar');
      await returnPaid(name);
      await receiptByMail(client);
      await person.follow('Ver el recibo');
      assert.match(await person.text(), /\$700\.50[\s\S]*Internet 50 Mb, octubre[\s\S]*Internet 50 Mb, noviembre/);
      await person.open('/clientes/portal/');
      assert.match(await person.text(), /Estás al corriente/);
    });

    test(`with ${name}, though the browser is closed before it returns`, async () => {
      const other = await site.person({ width: 360 });
      const client = await debtor(other);
      await goToProvider(name, other);
      await other.page.route('**/retorno/**', () => {});  // never gets there
      await other.page.getByRole('button', { name: 'Pagar', exact: true }).click({ noWaitAfter: true });
      await until('it is paid', async () => (await one("SELECT count(*)::int AS n FROM charge WHERE client_id = $1 AND status = 'paid'", [client.id])).n === 2);
      await other.leave();
      await receiptByMail(client);
    });
  }

  test('without JavaScript', async () => {
    const other = await site.person({ width: 360, javaScript: false });
    const client = await debtor(other);
    await goToProvider('stripe', other);
    await other.press('Pagar');
    await returnPaid('stripe', other);
    await receiptByMail(client);
    await other.leave();
  });
});

// The try that this browser began last.
const lastTry = () => one('SELECT id, reference, provider, checkout_ref FROM payment_try ORDER BY id DESC LIMIT 1', []);
const comeBack = async (more = '') => {
  const { provider, reference } = await lastTry();
  await person.open(payingPaths.back(provider, reference) + more);
};

describe('a client sees', () => {
  test('what can be paid, what is on its way, and a warning before it is paid twice', async () => {
    await debtor();
    await person.open(payingPaths.choose);
    await inspect(person, 'payments-choose', { dark: true });
    await person.page.setViewportSize({ width: 360, height: 640 });
    await person.write('Pagar solo una parte (opcional)', '20');
    await person.press(buttons.stripe);
    await inspect(person, 'payments-choose-error', { status: 422, isFormError: true, kept: { amount: '20' } });
    await person.write('Pagar solo una parte (opcional)', '');
    await person.press(buttons.stripe);
    await person.press('Pagar en efectivo (OXXO)');
    await handled(site);
    await comeBack();
    assert.match(await person.heading(), /Esperamos tu pago en efectivo/);
    await inspect(person, 'payments-returned-voucher', { dark: true });
    await person.open(payingPaths.choose);
    assert.match(await person.text(), /Esperamos tu pago en efectivo de \$700\.50/);
    await person.press(buttons.mercadopago);
    await inspect(person, 'payments-choose-on-its-way', { status: 422, isFormError: true });
    await person.page.getByLabel('Ya lo sé: quiero pagar otra vez lo mismo').check();
    await person.press(buttons.mercadopago);
    assert.ok(person.page.url().startsWith(providers.mercadopago.url));
  });

  test('what became of a payment: left, being confirmed, decided about, failed, looked at, paid', async () => {
    await debtor();
    await goToProvider('stripe');
    await person.press('Cancelar');
    assert.match(await person.heading(), /No se hizo el pago/);
    await inspect(person, 'payments-returned-cancelled');
    await comeBack();
    assert.match(await person.heading(), /Estamos confirmando tu pago/);
    await photograph(person.page, 'payments-returned-open');
    await person.follow('Volver a mi cuenta');
    const { checkout_ref: ref } = await lastTry();
    await providers.stripe.pay(ref, { method: 'slow' });
    await handled(site);
    await comeBack();
    assert.match(await person.heading(), /Tu pago se está confirmando/);
    await photograph(person.page, 'payments-returned-processing');
    await person.follow('Volver a mi cuenta');
    await providers.stripe.fail(ref);
    await comeBack();
    assert.match(await person.heading(), /no se completó/);
    await inspect(person, 'payments-returned-failed');
    await person.page.setViewportSize({ width: 360, height: 640 });
    await goToProvider('stripe');
    providers.stripe.tamper((await lastTry()).checkout_ref, { amount: 50_000 });
    await person.press('Pagar');
    assert.match(await person.heading(), /Estamos revisando tu pago/);
    await inspect(person, 'payments-returned-quarantined');
    await person.page.setViewportSize({ width: 360, height: 640 });
    await goToProvider('paypal');
    await person.press('Pagar');
    await returnPaid('paypal');
    await inspect(person, 'payments-returned-paid', { dark: true });
  });

  test('that a provider is away, in words', async () => {
    await debtor();
    providers.paypal.fault = { status: 500 };
    await person.open(payingPaths.choose);
    await person.press(buttons.paypal);
    providers.paypal.fault = null;
    await inspect(person, 'payments-choose-away', { status: 503, isFormError: true });
  });
});

describe('staff', () => {
  let client;
  beforeEach(async () => {
    const other = await site.person();
    client = await debtor(other);
    await other.leave();
    await person.page.setViewportSize({ width: 1280, height: 900 });
    await person.logIn('cobranza', password);
  });

  test('hand out a link, and whoever has it pays', async () => {
    await person.open(`/admin/clientes/cliente/${client.id}/cargos/`);
    await person.open(`${payingPaths.links}?cargo=${client.charges[0]}`);
    await inspect(person, 'payments-links-offer');
    await person.press('Enviar por correo');
    assert.match(await person.notice(), /va en camino por correo/);
    await inspect(person, 'payments-links', { dark: true });
    const mail = await until('the link is mailed', async () => (await mailsTo(site.stack, client.email)).find(({ text }) => text.includes('/pagos/enlace/')));
    const stranger = await site.person({ width: 360, height: 640 });
    await stranger.page.goto(/https?:\S+\/pagos\/enlace\/\S+/.exec(mail.text)[0]);
    assert.match(await stranger.text(), /\$350\.00/);
    assert.ok(!(await stranger.page.content()).includes(client.lastName));
    await inspect(stranger, 'payments-link', { dark: true });
    await stranger.page.setViewportSize({ width: 360, height: 640 });
    await stranger.press(buttons.mercadopago);
    await stranger.press('Pagar');
    await returnPaid('mercadopago', stranger);
    await inspect(stranger, 'payments-link-paid');
    await stranger.leave();
    await person.open(`${payingPaths.links}?cargo=${client.charges[1]}`);
    await person.press('Solo hacer el enlace');
    const url = await person.page.locator('.result').first().innerText();
    await person.press(/^Anular/);
    assert.match(await person.notice(), /quedó anulado/);
    await person.page.goto(url);
    await inspect(person, 'payments-link-dead', { status: 410 });
  });

  test('see every try, what its provider told, and money that does not fit, which they book', async () => {
    const { stripe } = providers;
    await person.open(payingPaths.console);
    await inspect(person, 'payments-console', { dark: true });
    await person.page.setViewportSize({ width: 1280, height: 900 });
    const first = person.page.locator('#cuarentena .person').first();  // what a test above put aside
    await first.getByLabel('Número de cliente').fill('999999');
    await person.press('Abonar a ese cliente', { within: first });
    await inspect(person, 'payments-console-error', { status: 422, isFormError: true, kept: { cliente: '999999' } });
    await person.page.setViewportSize({ width: 1280, height: 900 });
    await first.getByLabel('Nota').fill('Llamó y lo explicó');
    await person.press('Abonar a ese cliente', { within: first });
    assert.match(await first.innerText(), /No hay un cliente con ese número/);
    await first.getByLabel('Número de cliente').fill(String(client.id));
    await person.press('Abonar a ese cliente', { within: first });
    assert.match(await person.notice(), /quedó abonado/);
    await person.follow('Pagados');
    const paid = await one("SELECT id FROM payment_try WHERE status = 'approved' AND provider = 'stripe' ORDER BY id LIMIT 1", []);
    await person.open(payingPaths.attempt(paid.id));
    await person.page.getByText('Ver como llegó').first().click();
    assert.match(await person.text(), /checkout\.session\.completed/);
    await inspect(person, 'payments-attempt', { dark: true });
    await person.page.setViewportSize({ width: 1280, height: 900 });
    await person.press('Preguntar ahora al proveedor');
    assert.match(await person.notice(), /\S/);
    assert.ok(stripe.requests.at(-1).status === 200);
  });
});
