// What the official SDKs send for the same order, and where ours differs.
//
//   const own = await Stripe.start();                                      // a stand-in for the SDK alone
//   const sdk = await golden(own, 'open', order);                          // the request as the stand-in received it
//   const ours = providers.stripe.requests.find(({ path }) => path === '/v1/checkout/sessions');
//   assert.deepEqual(differences(sdk, ours), []);
//   differences(sdk, ours, { ignore: ['header x-idempotency-key'] })       // names as the lines have them, before the colon
//
// order: { reference, items: [{ description, amount }], amount, currency, payerEmail, returnUrl, cancelUrl,
// notificationUrl, madeAt, expiresAt, voucherUntil (Date), voucherDays (0: no OXXO), organization }. Amounts are hundredths,
// whatever the currency. The other calls: stripe read, find, disputes, close; mercadopago payment, search, close;
// paypal token, read, capture, readCapture; they take { id, reference, at } and need nothing at the stand-in.
import { placesOf as mercadopagoPlaces } from './mercadopago_checks.mjs';
import { decimalText } from './money.mjs';
import { placesOf as paypalPlaces } from './paypal_checks.mjs';
import { mercadopagoSdk, paypalSdk, stripeSdk } from './sdks.mjs';
import { placesOf as stripePlaces } from './stripe_checks.mjs';

// Hundredths in units of a currency with so many places; throws where that would lose something.
function inUnits(hundredths, places) {
  const scale = 10 ** (2 - places);
  if (hundredths % scale !== 0) throw new Error(`${hundredths} hundredths have no whole amount`);
  return hundredths / scale;
}

const seconds = (date) => Math.floor(date.getTime() / 1000);

export const stripeOrder = (order) => {
  const currency = order.currency.toLowerCase();
  return {
    mode: 'payment', client_reference_id: order.reference, cancel_url: order.cancelUrl,
    success_url: `${order.returnUrl}${order.returnUrl.includes('?') ? '&' : '?'}session_id={CHECKOUT_SESSION_ID}`,
    line_items: order.items.map((item) => ({
      quantity: 1, price_data: { currency, unit_amount: inUnits(item.amount, stripePlaces(currency)), product_data: { name: item.description } },
    })),
    payment_method_types: order.voucherDays ? ['card', 'oxxo'] : ['card'],
    ...(order.voucherDays ? { payment_method_options: { oxxo: { expires_after_days: order.voucherDays } } } : {}),
    metadata: { reference: order.reference }, payment_intent_data: { metadata: { reference: order.reference } },
    expires_at: seconds(order.expiresAt), locale: 'es', ...(order.payerEmail ? { customer_email: order.payerEmail } : {}),
  };
};

export const mercadopagoOrder = (order) => ({
  items: order.items.map((item, at) => ({
    id: String(at + 1), title: item.description, quantity: 1, currency_id: order.currency,
    unit_price: Number(decimalText(inUnits(item.amount, mercadopagoPlaces(order.currency)), mercadopagoPlaces(order.currency))),
  })),
  external_reference: order.reference, back_urls: { success: order.returnUrl, pending: order.returnUrl, failure: order.cancelUrl },
  notification_url: `${order.notificationUrl}${order.notificationUrl.includes('?') ? '&' : '?'}source_news=webhooks`, expires: true,
  expiration_date_from: order.madeAt.toISOString(), expiration_date_to: order.expiresAt.toISOString(), date_of_expiration: order.voucherUntil.toISOString(),
  metadata: { reference: order.reference }, ...(order.payerEmail ? { payer: { email: order.payerEmail } } : {}),
  ...(order.returnUrl.startsWith('https://') ? { auto_return: 'approved' } : {}),
});

export const paypalOrder = (order) => ({
  intent: 'CAPTURE',
  purchaseUnits: [{
    customId: order.reference, invoiceId: order.reference, description: order.items.map(({ description }) => description).join(', '),
    amount: { currencyCode: order.currency, value: decimalText(inUnits(order.amount, paypalPlaces(order.currency)), paypalPlaces(order.currency)) },
  }],
  paymentSource: {
    paypal: {
      experienceContext: {
        brandName: order.organization, locale: 'es-MX', userAction: 'PAY_NOW', shippingPreference: 'NO_SHIPPING', returnUrl: order.returnUrl, cancelUrl: order.cancelUrl,
      },
    },
  },
});

const representation = 'return=representation';

const calls = {
  stripe: {
    open: (provider, order) => stripeSdk(provider).checkout.sessions.create(stripeOrder(order), { idempotencyKey: order.reference }),
    read: (provider, { id }) => stripeSdk(provider).checkout.sessions.retrieve(id, { expand: ['payment_intent.latest_charge'] }),
    find: (provider, { id }) => stripeSdk(provider).checkout.sessions.list({ payment_intent: id, limit: 1 }),
    disputes: (provider, { id }) => stripeSdk(provider).disputes.list({ payment_intent: id, limit: 100 }),
    close: (provider, { id }) => stripeSdk(provider).checkout.sessions.expire(id),
  },
  mercadopago: {
    open: (provider, order) => mercadopagoSdk(provider, { idempotencyKey: order.reference }).preference.create({ body: mercadopagoOrder(order) }),
    payment: (provider, { id }) => mercadopagoSdk(provider).payment.get({ id }),
    search: (provider, { reference }) => mercadopagoSdk(provider).payment.search({ options: { sort: 'date_created', criteria: 'asc', external_reference: reference } }),
    close: (provider, { id, at }) => mercadopagoSdk(provider).preference.update({ id, updatePreferenceRequest: { expires: true, expiration_date_to: at.toISOString() } }),
  },
  paypal: {
    token: (provider) => paypalSdk(provider).tokens.requestToken({
      authorization: `Basic ${Buffer.from(`${provider.clientId}:${provider.clientSecret}`).toString('base64')}`,
    }),
    open: (provider, order) => paypalSdk(provider).orders.createOrder({ body: paypalOrder(order), paypalRequestId: order.reference, prefer: representation }),
    read: (provider, { id }) => paypalSdk(provider).orders.getOrder({ id }),
    capture: (provider, { id, reference }) => paypalSdk(provider).orders.captureOrder({ id, paypalRequestId: `${reference}-capture`, prefer: representation }),
    readCapture: (provider, { id }) => paypalSdk(provider).payments.getCapturedPayment({ captureId: id }),
  },
};

// The request that the SDK sends. An order must be taken; what the others ask for need not exist.
export async function golden(provider, call, input) {
  const make = calls[provider.name][call];
  if (!make) throw new Error(`no call ${call} of ${provider.name}`);
  const before = provider.requests.length;
  const problem = await make(provider, input).then(() => null, (error) => error);
  const sent = provider.requests.slice(before).filter(({ path }) => call === 'token' || path !== '/v1/oauth2/token');
  if (sent.length !== 1 || (problem && call === 'open')) throw new Error(`the SDK of ${provider.name} sent ${sent.length} requests`, { cause: problem });
  return sent[0];
}

const headersThatMatter = ['authorization', 'content-type', 'idempotency-key', 'x-idempotency-key', 'paypal-request-id', 'prefer', 'stripe-version'];

const isTime = (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value) && !Number.isNaN(Date.parse(value));

// { 'items.0.unit_price': '350.5' }: JSON texts keep their quotes, so that 1 and "1" differ. Z and +00:00 are the same time.
function leaves(value, name, found = {}) {
  if (isTime(value)) found[name] = JSON.stringify(new Date(value).toISOString());
  else if (typeof value !== 'object' || value === null) found[name] = JSON.stringify(value);
  else if (Object.keys(value).length === 0) found[name] = JSON.stringify(value);
  else for (const [key, inner] of Object.entries(value)) leaves(inner, name ? `${name}.${key}` : key, found);
  return found;
}

// expand[] and expand[0] are the same to Stripe.
const formNames = (form) => Object.fromEntries(Object.entries(form).map(([name, value]) => [name.replace(/\[\]$/, '[0]'), value]));

function headersOf(request) {
  const found = {};
  for (const name of headersThatMatter) {
    const value = request.headers[name];
    if (value === undefined || (name === 'content-type' && request.body === '')) continue;
    if (name === 'content-type') found[`header ${name}`] = value.split(';')[0].trim().toLowerCase();
    else found[`header ${name}`] = value.replace(/^Bearer A21AA.*/, 'Bearer A21AA...');
  }
  return found;
}

function fieldsOf(request) {
  const body = request.form ? formNames(request.form) : request.body === '' ? {} : leaves(request.json, '');
  const query = Object.fromEntries(Object.entries(formNames(request.query)).map(([name, value]) => [`query ${name}`, value]));
  return { method: request.method, path: request.path.replace(/\/$/, ''), ...headersOf(request), ...query, ...body };
}

// One line for every field that differs; empty when nothing does.
export function differences(sdk, ours, { ignore = [] } = {}) {
  const [theirs, own] = [fieldsOf(sdk), fieldsOf(ours)];
  const names = [...new Set([...Object.keys(theirs), ...Object.keys(own)])].filter((name) => !ignore.includes(name));
  return names.filter((name) => theirs[name] !== own[name])
    .map((name) => `${name}: the SDK sends ${theirs[name] ?? 'nothing'}, we send ${own[name] ?? 'nothing'}`);
}
