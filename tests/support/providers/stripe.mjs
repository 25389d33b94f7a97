// A stand-in for Stripe: Checkout Sessions with card and OXXO, payment intents, charges, refunds, disputes and events.
//
//   const stripe = await Stripe.start({ secretKey, webhookSecret, clock });
//   stripe.webhookUrl = `${stack.url}/pagos/webhook/stripe/`;
//
// Beside the surface of provider.mjs: stripe.rotateSecret(); stripe.secret, stripe.previousSecret; `secret` of send() may be
// a list, which gives several v1. Only `stripe.events` are sent (the endpoint's subscription); the API lists all.
import { createHmac } from 'node:crypto';
import { decimalText, sum } from './money.mjs';
import { Provider } from './provider.mjs';
import { StripeApi } from './stripe_api.mjs';
import { placesOf } from './stripe_checks.mjs';
import { chargeObject, disputeObject, eventObject, intentObject, itemObjects, refundObject, sessionObject, tamperWith, voucherDays } from './stripe_objects.mjs';
import { Refusal, json } from './wire.mjs';

const dayMs = 24 * 60 * 60 * 1000;
const subscribed = [
  'checkout.session.completed', 'checkout.session.async_payment_succeeded', 'checkout.session.async_payment_failed',
  'checkout.session.expired', 'charge.refunded', 'refund.updated', 'refund.failed', 'charge.dispute.created',
  'charge.dispute.closed', 'charge.dispute.funds_withdrawn', 'charge.dispute.funds_reinstated',
];

export class Stripe extends Provider {
  name = 'stripe';
  hasVouchers = true;
  checkoutPath = '/c/pay';
  events = new Set(subscribed);
  #api = new StripeApi(this);
  #records = new Map();  // session id -> { session, form, parameters, intent, charge, voucher, refunds, disputes }
  #objects = new Map();

  constructor({ secretKey = 'sk_test_51VentanillaStandIn00', webhookSecret = 'whsec_StandInOfStripe0000000000000001', ...options } = {}) {
    super(options);
    this.secretKey = secretKey;
    this.secret = webhookSecret;
    this.previousSecret = null;
  }

  settings() {
    return {
      STRIPE_API_BASE: this.url, STRIPE_SECRET_KEY: this.secretKey, STRIPE_WEBHOOK_SECRET: this.secret,
      ...(this.previousSecret ? { STRIPE_WEBHOOK_SECRET_PREVIOUS: this.previousSecret } : {}), STRIPE_OXXO: '1',
    };
  }

  rotateSecret() {
    this.previousSecret = this.secret;
    this.secret = Provider.id('whsec_', 32);
    return this.secret;
  }

  routes() { return this.#api.routes(); }
  remember(request, answer) { this.#api.remember(request, answer); }
  failure(status) {
    const message = status === 404 ? 'Unrecognized request URL' : 'An unknown error occurred';
    return json(status, { error: { type: status >= 500 ? 'api_error' : 'invalid_request_error', message } });
  }

  authorize({ headers }) {
    const [scheme, value] = (headers.authorization ?? '').split(' ');
    const key = scheme === 'Basic' ? Buffer.from(value ?? '', 'base64').toString().split(':')[0] : value;
    if (!value) throw new Refusal(401, { error: { type: 'invalid_request_error', message: 'You did not provide an API key.' } });
    if (!['Bearer', 'Basic'].includes(scheme) || key !== this.secretKey) {
      throw new Refusal(401, { error: { type: 'invalid_request_error', message: `Invalid API Key provided: ${key.slice(0, 8)}****` } });
    }
    const version = headers['stripe-version'];
    if (version !== undefined && !/^20\d\d-[01]\d-[0-3]\d(\.[a-z]+)?$/.test(version)) {
      throw new Refusal(400, { error: { type: 'invalid_request_error', message: `Invalid Stripe API version: ${version}` } });
    }
  }

  sign(notice, { secret, age, body, forged }) {
    const at = this.seconds() - age;
    const keys = forged ? ['whsec_ofSomebodyElse00000000000000000'] : [secret ?? this.secret].flat();
    const made = (key) => createHmac('sha256', key).update(`${at}.${body}`).digest('hex');
    return { 'stripe-signature': [`t=${at}`, ...keys.map((key) => `v1=${made(key)}`), `v0=${made('v0')}`].join(','), 'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)' };
  }

  // What the API works on.
  object(id) {
    const object = this.#objects.get(id);
    if (object?.status === 'open' && object.expires_at <= this.seconds()) this.endSession({ session: object });
    return object;
  }
  objects(kind) { return [...this.#objects.keys()].map((id) => this.object(id)).filter(({ object }) => object === kind); }
  record(ref) {
    const id = this.refOf(ref);
    const record = this.#records.get(id);
    if (!record) throw new Error(`Stripe has no session ${ref}`);
    return record;
  }
  filterValue(object, name) {
    if (name !== 'delivery_success') return object[name];
    return this.notices.find(({ id }) => id === object.id)?.answers.some(({ status }) => status >= 200 && status < 300) ?? false;
  }
  listOf(object, name) {
    const record = [...this.#records.values()].find(({ session, charge }) => session.id === object.id || charge?.id === object.id);
    return { object: 'list', url: `/v1/${name}`, has_more: false, data: name === 'refunds' ? record.refunds : itemObjects(record.parameters) };
  }
  #keep(object) {
    this.#objects.set(object.id, object);
    return object;
  }

  addSession(form, parameters) {
    const id = Provider.id('cs_test_', 48);
    const session = this.#keep(sessionObject({ id, form, parameters, url: `${this.url}${this.checkoutPath}/${id}#stand-in`, now: this.seconds() }));
    this.#records.set(id, { session, form, parameters, intent: null, charge: null, voucher: null, refunds: [], disputes: [] });
    return session;
  }

  endSession({ session }) { Object.assign(session, { status: 'expired', url: null }); }

  async emit(type, object, options) {
    const event = this.#keep(eventObject({ id: Provider.id('evt_'), type, object, now: this.seconds() }));
    if (!this.events.has(type)) return null;
    return this.notify({ id: event.id, type, body: JSON.stringify(event, null, 2), object: event }, options);
  }

  // The page where people pay.
  refOf(ref) { return /cs_test_\w+/.exec(ref)?.[0] ?? ref; }
  view(ref) {
    const record = this.#records.get(ref);
    if (!record) return null;
    const { session, parameters } = record;
    const shown = (minor) => `${decimalText(minor, placesOf(session.currency))} ${session.currency.toUpperCase()}`;
    return {
      provider: 'Stripe', isOpen: this.#isOpen(session), takesCash: parameters.methods.includes('oxxo'), total: shown(session.amount_total),
      items: parameters.items.map((item) => ({ description: item.name, amount: shown(item.quantity * item.unit_amount) })),
    };
  }
  returnUrl(ref, action) {
    const { session } = this.record(ref);
    return action === 'cancelar' ? session.cancel_url : session.success_url.replaceAll('{CHECKOUT_SESSION_ID}', session.id);
  }
  voucherLines(number) { return [`Referencia: ${number}`]; }
  #isOpen(session) { return session.status === 'open' && session.expires_at > this.seconds(); }

  // What people do.
  async pay(ref, { method = 'card', ...options } = {}) {
    const record = this.#begun(ref, method);
    if (method === 'slow') record.intent.status = 'processing';
    else this.#succeed(record);
    await this.emit('checkout.session.completed', record.session, options);
  }

  async voucher(ref, options) {
    const record = this.#begun(ref, 'oxxo');
    const number = Provider.digits(14);
    const until = new Date(this.clock() + voucherDays(record.form) * dayMs);
    until.setUTCHours(29, 59, 59, 0);  // the day's end in Mexico City
    record.voucher = { number, expires_after: Math.floor(until / 1000), hosted_voucher_url: `${this.url}/comprobante/${number}` };
    Object.assign(record.intent, { status: 'requires_action', next_action: { type: 'oxxo_display_details', oxxo_display_details: record.voucher } });
    await this.emit('checkout.session.completed', record.session, options);
  }

  #begun(ref, method) {
    const record = this.record(ref);
    const { session, form } = record;
    if (!this.#isOpen(session)) throw new Error(`the session is ${session.status}`);
    if (method === 'oxxo' && !record.parameters.methods.includes('oxxo')) throw new Error('the session takes no cash');
    record.method = method === 'slow' ? 'card' : method;
    record.intent = this.#keep(intentObject({
      id: Provider.id('pi_'), session, form, metadata: record.tampered, paymentMethod: Provider.id('pm_'), now: this.seconds(),
    }));
    Object.assign(session, {
      status: 'complete', payment_intent: record.intent.id, url: null,
      customer_details: { email: session.customer_email ?? 'quien.paga@ejemplo.com', name: 'Quien Paga', phone: null, address: null, tax_exempt: 'none', tax_ids: [] },
    });
    return record;
  }

  #succeed(record) {
    const { intent, session } = record;
    record.charge = this.#keep(chargeObject({ id: Provider.id('ch_'), intent, method: record.method, transaction: Provider.id('txn_'), now: this.seconds() }));
    Object.assign(intent, { status: 'succeeded', amount_received: intent.amount, latest_charge: record.charge.id, next_action: null });
    session.payment_status = 'paid';
  }

  async payVoucher(ref, options) {
    const record = this.record(ref);
    if (!['requires_action', 'processing'].includes(record.intent?.status)) throw new Error('no money is awaited');
    this.#succeed(record);
    await this.emit('checkout.session.async_payment_succeeded', record.session, options);
  }

  // A card that is declined leaves the session as it is; awaited money does not come.
  async fail(ref, options) {
    const { session, intent } = this.record(ref);
    if (session.payment_status === 'paid') throw new Error('it is paid');
    if (!intent) return;
    const error = { type: 'card_error', code: 'payment_intent_payment_attempt_expired', message: 'The payment attempt expired.' };
    Object.assign(intent, { status: 'requires_payment_method', next_action: null, last_payment_error: error });
    await this.emit('checkout.session.async_payment_failed', session, options);
  }

  async expire(ref, options) {
    const record = this.record(ref);
    if (record.intent) {
      await this.fail(ref, options);
      return;
    }
    if (record.session.status !== 'open') throw new Error(`the session is ${record.session.status}`);
    this.endSession(record);
    await this.emit('checkout.session.expired', record.session, options);
  }

  async stale(ref, what, options) {
    const { session } = this.record(ref);
    const [type, status] = { failed: ['async_payment_failed', 'complete'], expired: ['expired', 'expired'], pending: ['completed', 'complete'] }[what];
    await this.emit(`checkout.session.${type}`, { ...session, status, payment_status: 'unpaid' }, options);
  }

  tamper(ref, changes) {
    const record = this.record(ref);
    for (const object of [record.session, record.intent, record.charge].filter(Boolean)) tamperWith(object, changes);
    if (changes.reference !== undefined) record.tampered = { reference: changes.reference };
  }

  // Money that goes back.
  addRefund(charge, amount = charge.amount - charge.amount_refunded, { metadata = {}, reason = null } = {}) {
    const record = [...this.#records.values()].find((one) => one.charge === charge);
    const refund = this.#keep(refundObject({ id: Provider.id('re_'), charge, amount, metadata, reason, transaction: Provider.id('txn_'), now: this.seconds() }));
    record.refunds.push(refund);
    this.#countRefunds(record);
    return { refund, tell: () => this.emit('charge.refunded', charge) };
  }

  #countRefunds({ charge, refunds }) {
    charge.amount_refunded = sum(refunds.filter(({ status }) => status !== 'failed').map(({ amount }) => amount));
    charge.refunded = charge.amount_refunded === charge.amount;
  }

  #charged(ref) {
    const record = this.record(ref);
    if (!record.charge) throw new Error('nothing was paid');
    if (record.method === 'oxxo') throw new Error('OXXO knows neither refunds nor disputes');
    return record;
  }

  async refund(ref, amount, options) {
    const { charge } = this.#charged(ref);
    if ((amount ?? 1) > charge.amount - charge.amount_refunded) throw new Error('more than is left');
    this.addRefund(charge, amount);
    await this.emit('charge.refunded', charge, options);
  }

  // The last refund comes back; without one, one that was begun does.
  async failRefund(ref, options) {
    const record = this.#charged(ref);
    const refund = record.refunds.findLast(({ status }) => status !== 'failed') ?? this.addRefund(record.charge).refund;
    Object.assign(refund, { status: 'failed', failure_reason: 'declined', failure_balance_transaction: Provider.id('txn_') });
    this.#countRefunds(record);
    await this.emit('refund.failed', refund, options);
  }

  async dispute(ref, amount, options) {
    const record = this.#charged(ref);
    const { charge } = record;
    const dispute = this.#keep(disputeObject({ id: Provider.id('du_'), charge, amount: amount ?? charge.amount, now: this.seconds() }));
    record.disputes.push(dispute);
    charge.disputed = true;
    await this.emit('charge.dispute.created', dispute, options);
    await this.emit('charge.dispute.funds_withdrawn', dispute, options);
  }

  async closeDispute(ref, outcome, options) {
    const dispute = this.record(ref).disputes.findLast(({ status }) => status === 'needs_response');
    if (!dispute || !['won', 'lost'].includes(outcome)) throw new Error(`no open dispute to be ${outcome}`);
    dispute.status = outcome;
    await this.emit('charge.dispute.closed', dispute, options);
    if (outcome === 'won') await this.emit('charge.dispute.funds_reinstated', dispute, options);
  }
}
