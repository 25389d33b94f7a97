// What the stand-in payment providers refuse, as the real ones do, and the states that the SDKs see on the slower ways: a
// request of the official SDK is taken, the same with one thing wrong is not. Needs no instance of ours.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { golden, paypalOrder } from '../support/providers/golden.mjs';
import { startProviders } from '../support/providers/index.mjs';
import { through } from '../support/providers/sdk_product.mjs';
import { WebhookSignatureValidator, mercadopagoSdk, paypalSdk, stripeSdk } from '../support/providers/sdks.mjs';

const minute = 60_000;
const shop = 'http://127.0.0.1:1';
let providers;
let orders = 0;

before(async () => { providers = await startProviders(); });
after(() => providers.stop());

function order(changes = {}) {
  orders += 1;
  const now = new Date();
  return {
    reference: `pedido-${orders}`, items: [{ description: 'Mensualidad', amount: 35_000 }], amount: 35_000, currency: 'MXN', payerEmail: '',
    returnUrl: `${shop}/regreso/`, cancelUrl: `${shop}/cancelado/`, notificationUrl: `${shop}/aviso/`, madeAt: now, expiresAt: new Date(+now + 60 * minute),
    voucherUntil: new Date(+now + 3000 * minute), voucherDays: 3, organization: 'Organización', ...changes,
  };
}

// The SDK's request once more, with other headers, form fields (null: without) or JSON.
async function again(provider, request, { headers = {}, form, json } = {}) {
  const sent = { ...request.headers, 'idempotency-key': `otra-${orders += 1}`, 'paypal-request-id': `otra-${orders}`, ...headers };
  for (const name of ['host', 'connection', 'content-length', 'accept-encoding']) delete sent[name];
  for (const [name, value] of Object.entries(sent)) if (value === null) delete sent[name];
  let body = json === undefined ? request.body : typeof json === 'string' ? json : JSON.stringify(json);
  if (form) body = new URLSearchParams(Object.entries({ ...request.form, ...form }).filter(([, value]) => value !== null)).toString();
  const answer = await fetch(provider.url + request.url, { method: request.method, headers: sent, body });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

// Each case: [name, what is changed, status, what the answer says].
async function refuses(provider, request, cases) {
  assert.ok((await again(provider, request)).status < 300, 'unchanged it is taken');
  for (const [name, change, status, says] of cases) {
    const answer = await again(provider, request, change);
    assert.equal(answer.status, status, `${name}: ${answer.text}`);
    assert.match(answer.text, says, name);
  }
}

const inSeconds = (ms) => String(Math.floor((Date.now() + ms) / 1000));

describe('stripe', () => {
  test('refuses wrong keys, unknown, missing and ill-formed parameters, amounts, currencies and dates', async () => {
    const request = await golden(providers.stripe, 'open', order());
    const amount = 'line_items[0][price_data][unit_amount]';
    const currency = 'line_items[0][price_data][currency]';
    const form = (fields) => ({ form: fields });
    await refuses(providers.stripe, request, [
      ['another key', { headers: { authorization: 'Bearer sk_test_other' } }, 401, /Invalid API Key/],
      ['no key', { headers: { authorization: null } }, 401, /did not provide an API key/],
      ['JSON', { headers: { 'content-type': 'application/json' } }, 400, /content type/],
      ['an unknown parameter', form({ currency: 'mxn' }), 400, /parameter_unknown/],
      ['no mode', form({ mode: null }), 400, /Missing required param: mode/],
      ['no items', form(Object.fromEntries(Object.keys(request.form).filter((name) => name.startsWith('line_items')).map((name) => [name, null]))), 400, /line_items/],
      ['no name', form({ 'line_items[0][price_data][product_data][name]': null }), 400, /parameter_missing/],
      ['an empty text', form({ customer_email: '' }), 400, /parameter_invalid_empty/],
      ['no address', form({ customer_email: 'ana' }), 400, /customer_email/],
      ['major units', form({ [amount]: '350.00' }), 400, /parameter_invalid_integer/],
      ['below zero', form({ [amount]: '-350' }), 400, /parameter_invalid_integer/],
      ['too little', form({ [amount]: '999' }), 400, /amount_too_small/],
      ['too much', form({ [amount]: '100000000' }), 400, /amount_too_large/],
      ['capitals', form({ [currency]: 'MXN' }), 400, /currency/],
      ['no currency', form({ [currency]: 'xxx' }), 400, /Invalid currency/],
      ['OXXO in dollars', form({ [currency]: 'usd' }), 400, /oxxo/],
      ['OXXO above its most', form({ [amount]: '1000001' }), 400, /oxxo/],
      ['eight days', form({ 'payment_method_options[oxxo][expires_after_days]': '8' }), 400, /expires_after_days/],
      ['29 minutes', form({ expires_at: inSeconds(29 * minute) }), 400, /at least 30 minutes/],
      ['25 hours', form({ expires_at: inSeconds(25 * 60 * minute) }), 400, /less than 24 hours/],
      ['a long reference', form({ client_reference_id: 'r'.repeat(201) }), 400, /client_reference_id/],
      ['a long key', { headers: { 'idempotency-key': 'k'.repeat(256) } }, 400, /255/],
    ]);
  });

  test('the same key gives the same session, other parameters are an error, and a stored failure stays one', async () => {
    const { stripe } = providers;
    const request = await golden(stripe, 'open', order());
    const headers = { 'idempotency-key': request.headers['idempotency-key'] };
    const first = await again(stripe, request, { headers });
    const second = await again(stripe, request, { headers });
    assert.deepEqual([first.text, first.headers.get('idempotent-replayed')], [second.text, 'true']);
    const other = await again(stripe, request, { headers, form: { locale: 'en' } });
    assert.deepEqual([other.status, /idempotency_error/.test(other.text)], [400, true]);
    stripe.fault = { status: 500, stored: true, times: 1 };
    const key = { headers: { 'idempotency-key': 'kept' } };
    assert.deepEqual([(await again(stripe, request, key)).status, (await again(stripe, request, key)).status, (await again(stripe, request)).status], [500, 500, 200]);
    stripe.fault = null;
  });

  test('a session expires, is closed once, and a voucher is paid, or not', async () => {
    const { stripe } = providers;
    const sdk = stripeSdk(stripe);
    const read = (id) => sdk.checkout.sessions.retrieve(id, { expand: ['payment_intent', 'line_items'] });
    const closed = await through.stripe(stripe, order());
    assert.equal((await sdk.checkout.sessions.expire(closed.ref)).status, 'expired');
    await assert.rejects(sdk.checkout.sessions.expire(closed.ref), /status of expired/);
    await assert.rejects(stripe.pay(closed.ref), /expired/);
    const old = await through.stripe(stripe, order());
    stripe.clock = () => Date.now() + 61 * minute;
    assert.equal((await read(old.ref)).status, 'expired');
    stripe.clock = Date.now;
    const cash = await through.stripe(stripe, order());
    await stripe.voucher(cash.url);
    const waiting = await read(cash.ref);
    const { oxxo_display_details: voucher } = waiting.payment_intent.next_action;
    assert.deepEqual([waiting.status, waiting.payment_status, waiting.line_items.data[0].amount_total], ['complete', 'unpaid', 35_000]);
    assert.match(await (await fetch(voucher.hosted_voucher_url)).text(), new RegExp(voucher.number));
    await stripe.payVoucher(cash.ref);
    assert.equal((await read(cash.ref)).payment_status, 'paid');
    assert.equal((await sdk.checkout.sessions.list({ payment_intent: waiting.payment_intent.id })).data[0].id, cash.ref);
    await assert.rejects(stripe.refund(cash.ref), /OXXO/);
    const lost = await through.stripe(stripe, order());
    await stripe.voucher(lost.ref);
    await stripe.expire(lost.ref);
    assert.equal((await read(lost.ref)).payment_intent.status, 'requires_payment_method');
    assert.deepEqual(stripe.notices.slice(-2).map(({ type }) => type), ['checkout.session.completed', 'checkout.session.async_payment_failed']);
    const mended = await through.stripe(stripe, order());
    stripe.tamper(mended.ref, { amount: 1000, currency: 'USD', reference: 'otro', account: 'other' });
    const told = await read(mended.ref);
    assert.deepEqual([told.amount_total, told.currency, told.client_reference_id, told.livemode], [1000, 'usd', 'otro', true]);
    await assert.rejects(sdk.checkout.sessions.retrieve('cs_test_unknown'), (error) => error.code === 'resource_missing' && error.statusCode === 404);
    await assert.rejects(sdk.checkout.sessions.retrieve(cash.ref, { expand: ['customer'] }), /cannot be expanded/);
  });
});

describe('mercadopago', () => {
  test('refuses wrong tokens, prices, currencies, addresses and dates', async () => {
    const { mercadopago } = providers;
    const request = await golden(mercadopago, 'open', order());
    const body = (changes) => ({ json: { ...request.json, ...changes } });
    const item = (changes) => body({ items: [{ ...request.json.items[0], ...changes }] });
    await refuses(mercadopago, request, [
      ['another token', { headers: { authorization: 'Bearer TEST-other' } }, 401, /invalid access token/],
      ['rubbish', { json: '{"items":' }, 400, /Invalid JSON/],
      ['no items', body({ items: [] }), 400, /items needed/],
      ['a price as text', item({ unit_price: '350.00' }), 400, /unit_price must be a number/],
      ['three decimals', item({ unit_price: 350.005 }), 400, /unit_price invalid/],
      ['nothing', item({ unit_price: 0 }), 400, /unit_price invalid/],
      ['decimals of pesos that have none', item({ unit_price: 350.5, currency_id: 'CLP' }), 400, /unit_price invalid/],
      ['a currency it does not take', item({ currency_id: 'EUR' }), 400, /currency_id invalid/],
      ['half a piece', item({ quantity: 0.5 }), 400, /quantity/],
      ['no title', item({ title: '' }), 400, /title needed/],
      ['auto_return to plain http', body({ auto_return: 'approved', back_urls: { success: 'http://ejemplo.com/' } }), 400, /invalid_auto_return/],
      ['auto_return to nowhere', body({ auto_return: 'approved', back_urls: undefined }), 400, /invalid_auto_return/],
      ['no address for notices', body({ notification_url: '/aviso/' }), 400, /notification_url/],
      ['a long descriptor', body({ statement_descriptor: 'd'.repeat(23) }), 400, /statement_descriptor/],
      ['a date of another form', body({ expiration_date_to: '2030-01-01' }), 400, /expiration_date_to/],
      ['a voucher of yesterday', body({ date_of_expiration: new Date(Date.now() - 1440 * minute).toISOString() }), 400, /date_of_expiration/],
    ]);
    const sdk = mercadopagoSdk(mercadopago);
    await assert.rejects(sdk.payment.search({ options: { external_reference: 'x' } }), /sort/);
    await assert.rejects(sdk.payment.search({ options: { external_reference: 'x', sort: 'date_created' } }), /criteria/);
  });

  test('vouchers, several payments of one preference, closing, refunds and the older notices', async () => {
    const { mercadopago } = providers;
    const sdk = mercadopagoSdk(mercadopago);
    const wanted = order();
    const { ref, url, state } = await through.mercadopago(mercadopago, wanted);
    await mercadopago.fail(ref, { webhook: false });
    await mercadopago.voucher(url, { webhook: false });
    const { results } = await sdk.payment.search({ options: { sort: 'date_created', criteria: 'asc', external_reference: wanted.reference } });
    assert.deepEqual(results.map(({ status }) => status), ['rejected', 'pending']);
    const pending = await sdk.payment.get({ id: results[1].id });
    assert.match(await (await fetch(pending.transaction_details.external_resource_url)).text(), new RegExp(pending.transaction_details.payment_method_reference_id));
    await mercadopago.payVoucher(ref, { webhook: false });
    await sdk.refund.create({ payment_id: pending.id, body: { amount: 50.25 } });
    assert.equal((await state()).refunded, 50.25);
    await assert.rejects(sdk.refund.create({ payment_id: pending.id, body: { amount: 999 } }), /greater/);
    await sdk.refund.total({ payment_id: pending.id });
    assert.equal((await sdk.payment.get({ id: pending.id })).status, 'refunded');
    await sdk.preference.update({ id: ref, updatePreferenceRequest: { expires: true, expiration_date_to: new Date(Date.now() + 1).toISOString() } });
    mercadopago.clock = () => Date.now() + minute;
    await assert.rejects(mercadopago.pay(ref), /closed/);
    assert.equal((await fetch(url)).status, 410);
    mercadopago.clock = Date.now;
    const plain = await sdk.preference.create({ body: { items: [{ title: 'x', quantity: 1, unit_price: 10, currency_id: 'MXN' }], notification_url: `${shop}/aviso/` } });
    const from = mercadopago.notices.length;
    await mercadopago.pay(plain.id);
    mercadopago.timestampUnit = 'milliseconds';
    const { object: event, headers } = mercadopago.notices[from];
    assert.match(headers()['x-signature'], /^ts=\d{13},/);
    WebhookSignatureValidator.validate({ xSignature: headers()['x-signature'], xRequestId: headers()['x-request-id'], dataId: event.data.id, secret: mercadopago.secret });
    mercadopago.timestampUnit = 'seconds';
    assert.deepEqual(mercadopago.notices.slice(from).map((notice) => [notice.type, 'x-signature' in notice.headers()]), [['payment', true], ['ipn', false]]);
  });
});

describe('paypal', () => {
  test('refuses wrong secrets, amounts that are no texts, scales, currencies and missing fields', async () => {
    const { paypal } = providers;
    const request = await golden(paypal, 'open', order());
    const body = (changes) => ({ json: { ...request.json, ...changes } });
    const unit = (changes) => body({ purchase_units: [{ ...request.json.purchase_units[0], ...changes }] });
    const amount = (value, currency = 'MXN') => unit({ amount: { currency_code: currency, value } });
    await refuses(paypal, request, [
      ['another token', { headers: { authorization: 'Bearer other' } }, 401, /invalid_token/],
      ['a form', { headers: { 'content-type': 'text/plain' } }, 415, /UNSUPPORTED_MEDIA_TYPE/],
      ['rubbish', { json: '{' }, 400, /MALFORMED_REQUEST_JSON/],
      ['no intent', body({ intent: undefined }), 400, /MISSING_REQUIRED_PARAMETER/],
      ['a number', amount(350), 400, /INVALID_PARAMETER_SYNTAX/],
      ['a comma', amount('350,00'), 400, /INVALID_PARAMETER_SYNTAX/],
      ['three decimals', amount('350.000'), 422, /DECIMAL_PRECISION/],
      ['decimals of yen', amount('350.00', 'JPY'), 422, /DECIMALS_NOT_SUPPORTED/],
      ['Argentine pesos', amount('350.00', 'ARS'), 422, /CURRENCY_NOT_SUPPORTED/],
      ['nothing', amount('0.00'), 422, /CANNOT_BE_ZERO_OR_NEGATIVE/],
      ['a long custom_id', unit({ custom_id: 'c'.repeat(128) }), 400, /INVALID_STRING_LENGTH/],
      ['items without their sum', unit({ items: [{ name: 'x', quantity: '1', unit_amount: { currency_code: 'MXN', value: '350.00' } }] }), 422, /ITEM_TOTAL_REQUIRED/],
      ['no request id', { headers: { 'paypal-request-id': null } }, 400, /PAYPAL_REQUEST_ID_REQUIRED/],
      ['a long request id', { headers: { 'paypal-request-id': 'k'.repeat(109) } }, 400, /INVALID_STRING_LENGTH/],
    ]);
    await assert.rejects(paypalSdk(paypal, { clientSecret: 'other' }).orders.getOrder({ id: 'X' }));
  });

  test('an order is collected once, when the payer agreed, and the same request id says the same', async () => {
    const { paypal } = providers;
    const { orders: api } = paypalSdk(paypal);
    const issue = (name) => (error) => error.statusCode === 422 && error.body.includes(name);
    const capture = (id, key) => api.captureOrder({ id, paypalRequestId: key });
    const first = order();
    const { ref } = await through.paypal(paypal, first);
    await assert.rejects(capture(ref, 'a'), issue('ORDER_NOT_APPROVED'));
    await paypal.approve(ref);
    await paypal.fail(ref);
    await assert.rejects(capture(ref, 'a'), issue('INSTRUMENT_DECLINED'));
    await paypal.pay(ref, { method: 'slow' });
    paypal.endTokens();
    await assert.rejects(capture(ref, 'a'), (error) => error.statusCode === 401);
    const { orders: renewed } = paypalSdk(paypal);
    const collected = await renewed.captureOrder({ id: ref, paypalRequestId: 'a' });
    const status = ({ result }) => result.purchaseUnits[0].payments.captures[0].status;
    assert.deepEqual([collected.statusCode, collected.result.status, status(collected)], [201, 'COMPLETED', 'PENDING']);
    assert.equal((await renewed.captureOrder({ id: ref, paypalRequestId: 'a' })).statusCode, 200);
    await assert.rejects(renewed.captureOrder({ id: ref, paypalRequestId: 'b' }), issue('ORDER_ALREADY_CAPTURED'));
    await paypal.payVoucher(ref);
    assert.equal(status(await renewed.getOrder({ id: ref })), 'COMPLETED');
    const create = (key) => renewed.createOrder({ body: paypalOrder(first), paypalRequestId: key });
    assert.equal((await create(first.reference)).result.id, ref, 'the same request id gives the same order');
    const { result: twin } = await create('another');
    await paypal.approve(twin.id);
    await assert.rejects(renewed.captureOrder({ id: twin.id, paypalRequestId: 'c' }), issue('DUPLICATE_INVOICE_ID'));
    const vanished = await through.paypal(paypal, order());
    await paypal.expire(vanished.ref);
    await assert.rejects(renewed.getOrder({ id: vanished.ref }), (error) => error.statusCode === 404);
  });

  test('a notification is confirmed by post-back as its bytes came, and only so; disputes are listed', async () => {
    const { paypal } = providers;
    const made = await through.paypal(paypal, order());
    await paypal.approve(made.ref);
    await made.collect();
    const request = await golden(paypal, 'read', { id: made.ref });
    const call = async (path, body) => (await fetch(paypal.url + path, {
      method: body ? 'POST' : 'GET', headers: { authorization: request.headers.authorization, 'content-type': 'application/json' }, body,
    })).json();
    const notice = paypal.notices.at(-1);
    assert.equal(notice.type, 'PAYMENT.CAPTURE.COMPLETED');
    const verify = (event, { webhook = paypal.secret, ...options } = {}) => {
      const headers = notice.headers(options);
      const names = ['auth-algo', 'cert-url', 'transmission-id', 'transmission-sig', 'transmission-time'];
      const fields = Object.fromEntries(names.map((name) => [name.replace('-', '_'), headers[`paypal-${name}`]]));
      return call('/v1/notifications/verify-webhook-signature', `{"webhook_id": "${webhook}", "webhook_event" : ${event}, ${JSON.stringify(fields).slice(1)}`);
    };
    const spaced = JSON.stringify(notice.object, null, 1);
    assert.equal((await verify(notice.body)).verification_status, 'SUCCESS');
    assert.equal((await verify(spaced, { body: spaced })).verification_status, 'SUCCESS');
    assert.equal((await verify(spaced)).verification_status, 'FAILURE');
    assert.equal((await verify(notice.body, { forged: true })).verification_status, 'FAILURE');
    assert.equal((await verify(notice.body, { webhook: 'UNKNOWN' })).name, 'RESOURCE_NOT_FOUND');
    await paypal.dispute(made.ref, 5000);
    const capture = notice.object.resource.id;
    const listed = () => call(`/v1/customer/disputes?disputed_transaction_id=${capture}`);
    const [open] = (await listed()).items;
    assert.deepEqual([open.status, open.dispute_amount.value], ['WAITING_FOR_SELLER_RESPONSE', '50.00']);
    await paypal.closeDispute(made.ref, 'won');
    assert.equal((await listed()).items[0].status, 'RESOLVED');
    assert.equal((await call(`/v1/customer/disputes/${open.dispute_id}`)).dispute_outcome.outcome_code, 'RESOLVED_SELLER_FAVOUR');
  });
});
