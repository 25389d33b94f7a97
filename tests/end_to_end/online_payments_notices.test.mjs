// Notifications of the providers: which are heard, how fast, while a secret is renewed and while the provider itself is away;
// and what our programs send, compared with what the official SDKs send for the same.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { newcomer, slack, until } from '../support/flows.mjs';
import {
  assertHeard, becomes, checkout, handled, matrix, money, moneyIs, owe, paid, payer, payingPaths, pressPay, traces, tryOf, usePaying,
} from '../support/paying.mjs';
import { differences, golden } from '../support/providers/golden.mjs';
import { startProviders } from '../support/providers/index.mjs';

const atOnce = 1000 * slack;
const day = 24 * 60 * 60;
// Every provider has just renewed its secret: the one before is a setting, too.
const site = usePaying({
  settings: { MERCADOPAGO_CURRENCIES: 'MXN,CLP,USD', STRIPE_CURRENCIES: 'MXN,CLP,USD', PAYPAL_CURRENCIES: 'MXN,USD' },
  prepare: (providers) => { for (const provider of providers.all) provider.rotateSecret(); },
});
const nothingOwed = { owed: '0.00', credit: '0.00', charges: ['paid', 'paid'] };

const events = async (provider) => (await site.stack.query('SELECT count(*)::int AS n FROM payment_event WHERE provider = $1', [provider.name]))[0].n;
const refused = async (provider) => (await site.stack.query('SELECT coalesce(max(refused_events), 0)::int AS n FROM payment_provider_health WHERE provider = $1', [provider.name]))[0].n;

// A payment whose notifications wait for release().
async function heldBack(provider) {
  const ana = await payer(site);
  provider.delivery = 'delay';
  const open = await checkout(site, ana, provider);
  await provider.pay(open.ref, {});
  provider.delivery = 'deliver';
  return { ana, ...open, notice: provider.notices.at(-1) };
}

matrix('a notification', site, {
  'that is altered, forged, signed for another or too old is answered with 401 and changes nothing; the sweep settles': async (provider) => {
    const ana = await payer(site);
    const [before, wrong] = [await events(provider), await refused(provider)];
    const { ref, payment } = await checkout(site, ana, provider);
    provider.fault = { status: 503, match: (path, method) => method === 'GET' && !path.includes('/certs/') };
    await provider.pay(ref, { webhook: false });
    const notice = provider.notices.at(-1);
    const tooOld = provider.name === 'paypal' ? 5 * day : 302;
    const bad = [{ altered: true }, { forged: true }, { secret: 'of-another' }, { age: tooOld }, { age: -302 - atOnce / 1000 },
      { headers: { 'stripe-signature': 't=1', 'x-signature': 'v1=', 'paypal-transmission-sig': 'AAAA' } }];
    for (const options of bad) {
      const [{ status }] = await provider.send(notice, options);
      assert.equal(status, 401, JSON.stringify(options));
    }
    const stranger = newcomer(site.stack);
    const unsigned = await stranger.request('POST', payingPaths.webhook(provider.name), { body: notice.body, headers: { 'content-type': 'application/json' } });
    assert.equal(unsigned.status, 401);
    assert.equal((await stranger.get(payingPaths.webhook(provider.name))).status, 405);
    assert.deepEqual([await events(provider), await refused(provider)], [before, wrong + bad.length + 1], 'not kept, but counted');
    assert.deepEqual(await traces(site, ana), { entries: 0, payments: 0, receipts: 0, mails: 0 });
    assert.match((await site.staff.get(payingPaths.console)).text, new RegExp(`sin firma válida: ${wrong + bad.length + 1}`));
    provider.fault = null;
    await becomes(site, payment, 'approved');
    assert.deepEqual(await money(site, ana), nothingOwed);
  },

  'signed with the secret before, while it is renewed, is heard; with both, or with the new one, too': async (provider) => {
    for (const secret of [provider.previousSecret, null, ...(provider.name === 'stripe' ? [['whsec_unknown', provider.previousSecret]] : [])]) {
      const { payment, notice } = await heldBack(provider);
      assertHeard(await provider.send(notice, { secret }));
      await becomes(site, payment, 'approved');
    }
    await provider.release();
  },

  'of a kind that nobody knows is kept and answered with 200': async (provider) => {
    const { ana, notice, payment } = await heldBack(provider);
    const before = await events(provider);
    const body = notice.body.replace(/"type": ?"checkout[^"]*"/, '"type": "customer.created"').replace(/"event_type":"[^"]*"/, '"event_type":"CATALOG.PRODUCT.CREATED"')
      .replace(/"id": ?"(evt_|WH-)/, '"id": "$1x');
    const query = provider.name === 'mercadopago' ? { ...notice.query, type: 'subscription_preapproval' } : notice.query;
    assertHeard(await provider.send(notice, { body, query, copies: 2 }), atOnce);
    assert.equal(await events(provider), before + 1);
    await handled(site);
    const [rubbish] = await provider.send(notice, { body: 'not what it should be' });
    assert.equal(rubbish.status, 400, 'signed, and yet no notification');
    const [huge] = await provider.send(notice, { body: notice.body + ' '.repeat(2 * 1024 * 1024) });
    assert.equal(huge.status, 413);
    await provider.release();
    await becomes(site, payment, 'approved');
    assert.deepEqual(await money(site, ana), nothingOwed);
  },

  'is answered at once while the provider hangs, and handled when it is back': async (provider) => {
    const warm = await payer(site);
    await paid(site, warm, provider);  // PayPal's certificate is known from now on
    const { ana, payment, notice } = await heldBack(provider);
    provider.fault = { hang: true, match: (path) => !path.includes('/certs/') };
    assertHeard(await provider.send(notice, { copies: 4, parallel: true }), atOnce);
    const page = await ana.visitor.get(payingPaths.choose);
    assert.equal(page.status, 200, 'pages are there');
    provider.fault = null;
    provider.resume();
    await becomes(site, payment, 'approved', { within: 30_000 });
    await provider.release();
    await handled(site);
    assert.deepEqual(await traces(site, ana), { entries: 2, payments: 2, receipts: 1, mails: 1 });
  },
});

describe('what we send is what the official SDK sends', { concurrency: 1 }, () => {
  let own;  // stand-ins for the SDKs alone
  before(async () => { own = await startProviders(); });
  after(() => own?.stop());

  // The order that the SDK gets: read from our rows, not from our request.
  async function orderOf(payment, voucherDays) {
    const [row] = await site.stack.query(`SELECT payment.*, online_payment.*, client.email FROM payment JOIN online_payment ON payment_id = payment.id
      JOIN client ON client.id = client_id WHERE payment.id = $1`, [payment]);
    const parts = await site.stack.query(`SELECT concept, part.amount FROM online_payment_charge AS part JOIN charge ON charge.id = charge_id
      WHERE payment_id = $1 ORDER BY place`, [payment]);
    const hundredths = (text) => Number(text.replace('.', ''));
    const back = `${site.stack.url}/clientes/portal/pagos/retorno/${row.provider}/?reference=${row.reference}`;
    return {
      reference: row.reference, items: parts.map(({ concept, amount }) => ({ description: concept, amount: hundredths(amount) })), amount: hundredths(row.amount),
      currency: row.currency, payerEmail: row.email, returnUrl: back, cancelUrl: `${back}&cancelado=1`,
      notificationUrl: `${site.stack.url}/pagos/webhook/${row.provider}/`, madeAt: row.created_at, expiresAt: row.expires_at,
      voucherUntil: new Date(+row.created_at + 3 * day * 1000), voucherDays, organization: 'Centro Fray Bartolomé de las Casas',
    };
  }

  // The keys of the stand-in that the SDK talks to are its own defaults, as ours are.
  const compare = async (provider, call, input, ours, ignore = []) => {
    assert.ok(ours, `${provider.name} was asked to ${call}`);
    assert.deepEqual(differences(await golden(own[provider.name], call, input), ours, { ignore }), [], `${provider.name} ${call}`);
  };
  const isOpening = ({ method, path }) => method === 'POST' && /sessions$|preferences\/?$|orders$/.test(path);

  const orders = [['350', '50.50'], ['654321.09'], ['10000'], ['10000.01'], ['10']];
  for (const name of ['stripe', 'mercadopago', 'paypal']) {
    test(`${name}: opening a checkout`, async () => {
      const provider = site[name];
      for (const charges of orders) {
        const ana = await payer(site, { charges });
        const { payment } = await checkout(site, ana, provider);
        const ours = provider.requests.findLast(isOpening);
        const total = charges.reduce((sum, text) => sum + Number(text), 0);
        const takesCash = total >= 10 && total <= 10_000;
        await compare(provider, 'open', await orderOf(payment, takesCash ? 3 : 0), ours);
      }
    });
  }

  test('stripe: reading, finding, disputes, closing', async () => {
    const { stripe } = site;
    const ana = await payer(site);
    const { ref, payment } = await paid(site, ana, stripe);
    await stripe.dispute(ref);
    await moneyIs(site, ana, { owed: '400.50' });
    const intent = (await tryOf(site, payment)).money_ref;
    const last = (wanted) => stripe.requests.findLast(wanted);
    await compare(stripe, 'read', { id: ref }, last(({ method, path }) => method === 'GET' && path.endsWith(ref)));
    await compare(stripe, 'disputes', { id: intent }, last(({ path }) => path === '/v1/disputes'));
    const berta = await payer(site);
    const open = await checkout(site, berta, stripe);
    await checkout(site, berta, site.paypal);
    await until('it is closed', () => !stripe.view(open.ref).isOpen);
    // The SDK makes an idempotency key of its own for every POST; closing twice is harmless without one, and it sends a content type for an empty form.
    await compare(stripe, 'close', { id: open.ref }, last(({ path }) => path.endsWith('/expire')), ['header idempotency-key', 'header content-type']);
  });

  test('mercadopago: payment, search, closing', async () => {
    const { mercadopago } = site;
    const ana = await payer(site);
    const { payment, reference } = await paid(site, ana, mercadopago);
    const id = (await tryOf(site, payment)).money_ref;
    const last = (wanted) => mercadopago.requests.findLast(wanted);
    // The SDK sends a content type with a GET, which has no content.
    await compare(mercadopago, 'payment', { id }, last(({ path }) => path === `/v1/payments/${id}`), ['header content-type']);
    const berta = await payer(site);
    const open = await checkout(site, berta, mercadopago);
    await until('it is searched for', () => last(({ query }) => query.external_reference === open.reference));
    await compare(mercadopago, 'search', { reference: open.reference }, last(({ query }) => query.external_reference === open.reference), ['header content-type']);
    await checkout(site, berta, site.paypal);
    await until('it is closed', () => !mercadopago.view(open.ref).isOpen);
    const ours = last(({ method, path }) => method === 'PUT' && path.endsWith(open.ref));
    // The beginning goes along, for the provider refuses an end before it; the SDK's key is random, and closing twice is harmless.
    await compare(mercadopago, 'close', { id: open.ref, at: new Date(ours.json.expiration_date_to) }, ours, ['expiration_date_from', 'header x-idempotency-key']);
    assert.ok(reference);
  });

  test('paypal: token, reading, collecting', async () => {
    const { paypal } = site;
    const ana = await payer(site);
    const { ref, reference } = await paid(site, ana, paypal);
    const last = (wanted) => paypal.requests.findLast(wanted);
    await compare(paypal, 'token', {}, last(({ path }) => path === '/v1/oauth2/token'));
    await compare(paypal, 'read', { id: ref }, last(({ method, path }) => method === 'GET' && path.endsWith(`/orders/${ref}`)), ['header content-type']);
    // The SDK sends nothing at all; PayPal's pages want JSON with every POST, and an empty object says nothing more.
    await compare(paypal, 'capture', { id: ref, reference }, last(({ path }) => path.endsWith(`${ref}/capture`)), ['header content-type', '']);
  });
});

describe('amounts', { concurrency: 3 }, () => {
  const kept = ['19.99', '333.33', '1000.10', '99999.99', '123456.78'];
  for (const [name, currency, amounts] of [['stripe', 'MXN', kept], ['mercadopago', 'MXN', ['0.01', ...kept]], ['paypal', 'MXN', ['0.01', ...kept]],
    ['stripe', 'CLP', ['35000', '990']], ['mercadopago', 'CLP', ['35000', '990']], ['stripe', 'USD', ['12.34']], ['paypal', 'USD', ['12.34']]]) {
    test(`in ${currency} go to ${name} and come back exactly`, async () => {
      const provider = site[name];
      const ana = await payer(site, { charges: amounts, currency });
      for (const [i, charge] of ana.charges.entries()) {
        const { payment } = await paid(site, ana, provider, { charges: [charge] });
        assert.equal(Number((await tryOf(site, payment)).amount), Number(amounts[i]));
      }
      assert.deepEqual(await money(site, ana), { owed: '0.00', credit: '0.00', charges: amounts.map(() => 'paid') });
    });
  }

  test('of a part of a unit where there is none, and of a currency that is not offered, go nowhere', async () => {
    const ana = await payer(site, { charges: ['350.50'], currency: 'CLP' });
    const page = await ana.visitor.get(payingPaths.choose);
    for (const name of ['stripe', 'mercadopago', 'paypal']) {
      assert.ok(!page.body.includes(`name="provider" value="${name}"`), name);
      assert.equal((await pressPay(ana, name)).status, 422);
    }
    const whole = await payer(site, { charges: ['35000'], currency: 'CLP' });
    const offered = [...(await whole.visitor.get(payingPaths.choose)).body.matchAll(/name="provider" value="(\w+)"/g)].map(([, name]) => name);
    assert.deepEqual(offered, ['stripe', 'mercadopago'], 'PayPal knows no Chilean pesos');
    const euros = await owe(site, ana.id, '10', { currency: 'EUR' });
    assert.equal((await pressPay(ana, 'paypal', { charges: [euros] })).status, 422);
    assert.equal((await pressPay(ana, 'paypal', { charges: [euros, ...ana.charges] })).status, 422);
  });
});
