// What a product does with a provider, done by the provider's official SDK; and the provider's own check of a notification.
import assert from 'node:assert/strict';
import { createVerify, X509Certificate } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { mercadopagoOrder, paypalOrder, stripeOrder } from './golden.mjs';
import { StripeSdk, WebhookSignatureValidator, mercadopagoSdk, paypalSdk, stripeSdk } from './sdks.mjs';

// Opens a checkout for an order of golden.mjs: { ref, url, reference, state(), collect() }. state() is { paid, reference, amount, refunded,
// disputes }, amounts as the SDK gives them, disputes null where the SDK knows none; collect() takes the money (PayPal).
export const through = {
  async stripe(provider, wanted) {
    const sdk = stripeSdk(provider);
    const session = await sdk.checkout.sessions.create(stripeOrder(wanted), { idempotencyKey: wanted.reference });
    const read = () => sdk.checkout.sessions.retrieve(session.id, { expand: ['payment_intent.latest_charge'] });
    const state = async () => {
      const { payment_status: status, payment_intent: intent, client_reference_id: reference } = await read();
      const disputes = intent ? (await sdk.disputes.list({ payment_intent: intent.id })).data : [];
      return { paid: status === 'paid', reference, amount: intent?.amount_received, refunded: intent?.latest_charge?.amount_refunded ?? 0, disputes: disputes.map((one) => one.status) };
    };
    return { ref: session.id, url: session.url, reference: wanted.reference, state, collect: async () => {} };
  },
  async mercadopago(provider, wanted) {
    const sdk = mercadopagoSdk(provider);
    const preference = await sdk.preference.create({ body: mercadopagoOrder(wanted) });
    const state = async () => {
      const { results } = await sdk.payment.search({ options: { sort: 'date_created', criteria: 'desc', external_reference: wanted.reference } });
      const found = results[0] ? await sdk.payment.get({ id: results[0].id }) : {};
      return {
        paid: ['approved', 'refunded', 'charged_back'].includes(found.status), reference: found.external_reference, amount: found.transaction_amount,
        refunded: found.transaction_amount_refunded ?? 0, disputes: found.status === 'charged_back' ? [found.status_detail] : [],
      };
    };
    return { ref: preference.id, url: preference.init_point, reference: wanted.reference, state, collect: async () => {} };
  },
  async paypal(provider, wanted) {
    const sdk = paypalSdk(provider);
    const { result } = await sdk.orders.createOrder({ body: paypalOrder(wanted), paypalRequestId: wanted.reference, prefer: 'return=representation' });
    const state = async () => {
      const { result: { purchaseUnits: [unit] } } = await sdk.orders.getOrder({ id: result.id });
      const capture = unit.payments?.captures?.[0];
      const given = (unit.payments?.refunds ?? []).filter(({ status }) => status === 'COMPLETED').map(({ amount }) => amount.value);
      const paid = ['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED'].includes(capture?.status);
      return { paid, reference: unit.customId, amount: capture?.amount.value, refunded: given.at(-1) ?? 0, disputes: null };
    };
    const collect = async () => {
      await sdk.orders.captureOrder({ id: result.id, paypalRequestId: `${wanted.reference}-capture`, prefer: 'return=representation' });
      await provider.idle();
    };
    return { ref: result.id, reference: wanted.reference, url: result.links.find(({ rel }) => rel === 'payer-action').href, state, collect };
  },
};

// Throws unless the provider's own rule finds a notification { url, headers, body } good.
export const judge = {
  stripe: (provider, { headers, body }) => StripeSdk.webhooks.constructEvent(body, headers['stripe-signature'], provider.secret),
  mercadopago: (provider, { url, headers }) => WebhookSignatureValidator.validate({
    xSignature: headers['x-signature'], xRequestId: headers['x-request-id'], dataId: new URL(url, provider.url).searchParams.get('data.id'),
    secret: provider.secret, toleranceSeconds: 300,
  }),
  async paypal(provider, { headers, body }) {
    const at = (name) => headers[`paypal-${name}`];
    const certificate = new X509Certificate(await (await fetch(at('cert-url'))).text());
    const signed = `${at('transmission-id')}|${at('transmission-time')}|${provider.secret}|${crc32(body)}`;
    assert.ok(createVerify('RSA-SHA256').update(signed).verify(certificate.publicKey, at('transmission-sig'), 'base64'), 'not signed');
    assert.equal(at('auth-algo'), 'SHA256withRSA');
  },
};
