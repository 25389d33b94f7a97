// The stand-in payment providers, judged by the providers' official SDKs: they create, read, collect and give back through
// the stand-ins, and what the stand-ins sign must satisfy the SDKs' own checks (Stripe, Mercado Pago) or PayPal's documented
// ones. Needs no instance of ours.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, afterEach, before, describe, test } from 'node:test';
import { differences, golden } from '../support/providers/golden.mjs';
import { providerNames, startProviders } from '../support/providers/index.mjs';
import { judge, through } from '../support/providers/sdk_product.mjs';
import { mercadopagoSdk } from '../support/providers/sdks.mjs';

const minute = 60_000;
let providers;
let shop;  // where notifications go: { url, received: [{ url, headers, body }], status }
let orders = 0;

before(async () => {
  providers = await startProviders();
  shop = { received: [], status: 200, answersAt: 1, held: [] };
  shop.server = http.createServer(async (message, response) => {
    let body = '';
    for await (const part of message) body += part;
    shop.received.push({ url: message.url, headers: message.headers, body });
    shop.held.push(response);
    if (shop.held.length < shop.answersAt) return;  // only when so many are there at once
    for (const one of shop.held.splice(0)) one.writeHead(shop.status).end('heard');
  });
  await new Promise((resolve) => { shop.server.listen(0, '127.0.0.1', resolve); });
  shop.url = `http://127.0.0.1:${shop.server.address().port}`;
  for (const provider of providers.all) provider.webhookUrl = `${shop.url}/pagos/webhook/${provider.name}/`;
});

after(async () => {
  shop.server.closeAllConnections();
  await new Promise((resolve) => { shop.server.close(resolve); });
  await providers.stop();
});

afterEach(async () => {
  for (const provider of providers.all) {
    await provider.idle();
    Object.assign(provider, { delivery: 'deliver', fault: null });
  }
  Object.assign(shop, { received: [], status: 200, answersAt: 1 });
});

function order(changes = {}) {
  orders += 1;
  const now = new Date();
  return {
    reference: `referencia-${orders}`, items: [{ description: 'Instalación', amount: 35_050 }, { description: 'Mensualidad', amount: 10_000 }], amount: 45_050,
    currency: 'MXN', payerEmail: 'ana@ejemplo.com', returnUrl: `${shop.url}/regreso/?reference=r`, cancelUrl: `${shop.url}/cancelado/`,
    notificationUrl: `${shop.url}/pagos/webhook/mercadopago/`, madeAt: now, expiresAt: new Date(+now + 60 * minute), voucherUntil: new Date(+now + 3000 * minute),
    voucherDays: 3, organization: 'Organización', ...changes,
  };
}

const open = (name, wanted) => through[name](providers[name], wanted);

// Of the order above, as the SDKs give them: all of it, and 100.00.
const amounts = { stripe: { whole: 45_050, part: 10_000 }, mercadopago: { whole: 450.5, part: 100 }, paypal: { whole: '450.50', part: '100.00' } };

const paymentStates = async (made) => {
  const { results } = await mercadopagoSdk(providers.mercadopago).payment.search({ options: { sort: 'date_created', criteria: 'asc', external_reference: made.reference } });
  return results.map(({ status }) => status);
};

const press = async (url, accion) => {
  const page = await fetch(url);
  const text = await page.text();
  assert.equal(page.status, 200, text);
  assert.match(text, /<html lang="es">[\s\S]*<title>Pagar con /);
  assert.match(text, new RegExp(`<button name="accion" value="${accion}">`));
  return fetch(url, { method: 'POST', body: new URLSearchParams({ accion }), redirect: 'manual' });
};

for (const name of providerNames) {
  describe(name, () => {
    test('the SDK makes a checkout, a browser pays it, and the money, a refund and a dispute are what the SDK reads', async () => {
      const provider = providers[name];
      const wanted = order();
      const made = await open(name, wanted);
      assert.equal((await made.state()).paid, false);
      const answer = await press(made.url, 'pagar');
      if (name === 'mercadopago') assert.match(await answer.text(), /href="[^"]*payment_id=\d+[^"]*status=approved[^"]*">Volver al sitio/);
      else assert.match(answer.headers.get('location'), name === 'stripe' ? /[?&]session_id=cs_test_\w+$/ : /token=\w+&PayerID=\w+$/);
      await made.collect();
      const { disputes, ...paid } = await made.state();
      assert.deepEqual(paid, { paid: true, reference: wanted.reference, amount: amounts[name].whole, refunded: 0 });
      await provider.refund(made.ref, 10_000);
      assert.equal((await made.state()).refunded, amounts[name].part);
      await provider.failRefund(made.ref);
      assert.equal(Number((await made.state()).refunded), 0);
      await provider.dispute(made.ref);
      await provider.closeDispute(made.ref, 'lost');
      if (disputes) assert.deepEqual((await made.state()).disputes, [{ stripe: 'lost', mercadopago: 'settled' }[name]]);
      await assert.rejects(provider.pay('unknown'), / has no /);
    });

    test('what is sent satisfies the check of the SDK, altered or forged it does not', async () => {
      const provider = providers[name];
      const made = await open(name, order());
      await provider.pay(made.ref);
      assert.equal(shop.received.length, 1);
      const [good] = shop.received.splice(0);
      await judge[name](provider, good);
      const [notice] = provider.notices.slice(-1);
      const tooOld = name === 'paypal' ? [] : [{ age: 302 }];
      for (const options of [{ altered: true }, { forged: true }, { secret: 'of-another' }, ...tooOld]) {
        await provider.send(notice, options);
        await assert.rejects(async () => judge[name](provider, shop.received.at(-1)), undefined, JSON.stringify(options));
      }
      const before = provider.secret;
      provider.rotateSecret();
      await provider.send(notice);
      await judge[name](provider, shop.received.at(-1));
      await provider.send(notice, { secret: before });
      await assert.rejects(async () => judge[name](provider, shop.received.at(-1)), undefined, 'the secret before');
      assert.ok(Object.entries(provider.settings()).some(([key, value]) => key.endsWith('_PREVIOUS') && value === before));
    });

    test('notifications are dropped, held back, reordered, repeated and sent again as told', async () => {
      const provider = providers[name];
      const deliveries = async (delivery) => {
        const from = provider.notices.length;
        provider.delivery = delivery;
        await provider.pay((await open(name, order())).ref);
        return provider.notices.slice(from);
      };
      const [dropped] = await deliveries('drop');
      assert.deepEqual([dropped.answers, shop.received.length], [[], 0]);
      await deliveries('reorder');
      await deliveries('reorder');
      assert.equal(shop.received.length, 0);
      const held = provider.notices.slice(-2).map(({ body }) => body);
      await provider.release();
      assert.deepEqual(shop.received.splice(0).map(({ body }) => body), held.reverse());
      for (const bad of ['alter', 'forge']) {
        await deliveries(bad);
        const [received] = shop.received.splice(0);
        await assert.rejects(async () => judge[name](provider, received), undefined, bad);
      }
      shop.answersAt = 20;
      const [repeated] = await deliveries({ mode: 'repeat', copies: 20, parallel: true });
      assert.equal(repeated.answers.filter(({ status }) => status === 200).length, 20);
      shop.answersAt = 1;
      shop.status = 503;
      const [refused] = await deliveries('deliver');
      assert.deepEqual((await provider.redeliver()).map(({ status }) => status), [503]);
      shop.status = 200;
      await provider.redeliver({ rounds: 3 });
      assert.deepEqual(refused.answers.map(({ status }) => status), [503, 503, 200]);
      await assert.rejects(deliveries('by carrier pigeon'), /no way of delivery/);
    });

    test('late news that is not true is told, and the state stays', async () => {
      const provider = providers[name];
      const made = await open(name, order());
      await provider.pay(made.ref);
      await made.collect();
      for (const what of ['pending', 'failed', 'expired']) {
        const from = provider.notices.length;
        await provider.stale(made.ref, what);
        assert.equal(provider.notices.length, from + 1, what);
        assert.equal(provider.notices.at(-1).answers[0].status, 200);
      }
      if (name !== 'mercadopago') assert.equal((await made.state()).paid, true);
      else assert.deepEqual(await paymentStates(made), ['approved', 'rejected']);
    });

    test('faults come as often as told, and a lost answer may have been given', async () => {
      const provider = providers[name];
      const isOrder = (path, method) => method === 'POST' && /sessions$|preferences\/?$|orders$/.test(path);
      const made = () => provider.requests.filter(({ path, method }) => isOrder(path, method)).length;
      for (const fault of [{ status: 500 }, { garbage: '<html>' }, { drop: true }, { drop: true, after: true }]) {
        const times = name === 'stripe' && fault.drop ? 2 : 1;  // its SDK tries again by itself when a connection is cut
        provider.fault = { ...fault, times, match: isOrder };
        const wanted = order();
        await assert.rejects(open(name, wanted).then(({ ref }) => assert.ok(ref)), undefined, JSON.stringify(fault));
        assert.equal(provider.fault.times, 0);
        await open(name, wanted);
      }
      provider.fault = { hang: true, match: isOrder };
      const from = made();
      const waiting = open(name, order());
      while (made() === from) await new Promise(setImmediate);
      provider.fault = null;
      provider.resume();
      assert.ok((await waiting).ref);
      provider.fault = { slowMs: 20, times: 1 };
      assert.ok((await open(name, order())).ref);
    });

    test('the request of the SDK is compared field by field, and each difference is a line', async () => {
      const wanted = order();
      const sdk = await golden(providers[name], 'open', wanted);
      assert.deepEqual(differences(sdk, sdk), []);
      const ours = structuredClone(sdk);
      ours.path = `${sdk.path.replace(/\/$/, '')}/`;
      assert.deepEqual(differences(sdk, ours), []);
      const changed = { method: 'PUT', headers: { ...ours.headers, authorization: 'Bearer other' }, body: ours.body };
      if (ours.form) changed.form = { ...ours.form, locale: 'en' };
      else changed.json = { ...ours.json, extra: '1' };
      const lines = differences(sdk, { ...ours, ...changed });
      assert.deepEqual(lines.map((line) => line.split(':')[0]), ['method', 'header authorization', ours.form ? 'locale' : 'extra']);
      assert.match(lines[0], /^method: the SDK sends POST, we send PUT$/);
      assert.equal(differences(sdk, { ...ours, ...changed }, { ignore: ['method'] }).length, 2);
    });
  });
}
