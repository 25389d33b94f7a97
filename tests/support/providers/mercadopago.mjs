// A stand-in for Mercado Pago Checkout Pro: preferences, payments by card and OXXO, refunds, chargebacks, webhooks.
//
//   const mercadopago = await MercadoPago.start({ accessToken, webhookSecret, currency, clock });
//
// `currency` is the account's (dollars are converted into it, others refused); null takes all. Notifications go to
// webhookUrl when it is set (the panel's), else to the preference's notification_url; there an older IPN copy, unsigned,
// follows each unless its query says source_news=webhooks.
// Beside the surface of provider.mjs: rotateSecret(), secret, previousSecret; timestampUnit = 'milliseconds';
// sendsRequestId = false; one preference may be paid several times; dispute(ref, amount, { claim: true }) is a claim.
import { createHmac, randomUUID } from 'node:crypto';
import { MercadoPagoApi } from './mercadopago_api.mjs';
import { placesOf } from './mercadopago_checks.mjs';
import { refundedOf } from './mercadopago_objects.mjs';
import { decimalText } from './money.mjs';
import { Provider } from './provider.mjs';
import { Refusal, json, withQuery } from './wire.mjs';

const voucherLife = 3 * 24 * 60 * 60 * 1000;
const details = { approved: 'accredited', in_process: 'pending_review_manual', rejected: 'cc_rejected_other_reason', cancelled: 'expired' };

export class MercadoPago extends Provider {
  name = 'mercadopago';
  hasVouchers = true;
  checkoutPath = '/checkout/v1/redirect';
  timestampUnit = 'seconds';
  sendsRequestId = true;
  #api = new MercadoPagoApi(this);
  #preferences = new Map();  // id -> { id, body, terms, made, closed, tampered }
  #payments = new Map();

  constructor({
    accessToken = 'TEST-1234567890123456-112117-0123456789abcdef0123456789abcdef-123456789', webhookSecret = 'a'.repeat(32) + '0'.repeat(32),
    currency = null, ...options
  } = {}) {
    super(options);
    this.accessToken = accessToken;
    this.collector = Number(accessToken.split('-').at(-1));
    this.secret = webhookSecret;
    this.previousSecret = null;
    this.currency = currency;
  }

  settings() {
    return {
      MERCADOPAGO_API_BASE: this.url, MERCADOPAGO_ACCESS_TOKEN: this.accessToken, MERCADOPAGO_WEBHOOK_SECRET: this.secret,
      ...(this.previousSecret ? { MERCADOPAGO_WEBHOOK_SECRET_PREVIOUS: this.previousSecret } : {}),
    };
  }

  rotateSecret() {
    this.previousSecret = this.secret;
    this.secret = createHmac('sha256', randomUUID()).digest('hex');
    return this.secret;
  }

  routes() { return this.#api.routes(); }
  failure(status) {
    const error = status === 404 ? 'not_found' : 'internal_server_error';
    return json(status, { message: error.replaceAll('_', ' '), error, status, cause: [] });
  }

  authorize({ headers }) {
    if (headers.authorization === `Bearer ${this.accessToken}`) return;
    const message = headers.authorization ? 'invalid access token' : 'Must provide your access_token to proceed';
    throw new Refusal(401, { message, error: 'unauthorized', status: 401, cause: [] });
  }

  sign(notice, { secret, age, query, forged }) {
    notice.requestId ??= randomUUID();
    const at = this.seconds() - age;
    const ts = this.timestampUnit === 'milliseconds' ? at * 1000 + 123 : at;
    const requestId = this.sendsRequestId ? { 'x-request-id': notice.requestId } : {};
    if (notice.unsigned) return requestId;
    const manifest = `id:${query['data.id'].toLowerCase()};${this.sendsRequestId ? `request-id:${notice.requestId};` : ''}ts:${ts};`;
    const key = forged ? 'of somebody else' : secret ?? this.secret;
    return { ...requestId, 'x-signature': `ts=${ts},v1=${createHmac('sha256', key).update(manifest).digest('hex')}` };
  }

  altered({ body, query }) {
    const id = query['data.id'];
    return { body, query: { ...query, 'data.id': id.slice(0, -1) + ((Number(id.at(-1)) + 1) % 10) } };
  }

  // What the API works on.
  preference(id) { return this.#preferences.get(id); }
  preferences() { return [...this.#preferences.values()]; }
  payment(id) { return this.#payments.get(String(id)); }
  payments() { return [...this.#payments.values()]; }

  addPreference(body, terms) {
    const record = { id: `${this.collector}-${randomUUID()}`, body, terms, made: this.isoTime(), closed: null, tampered: {} };
    this.#preferences.set(record.id, record);
    return record;
  }

  closePreference(record) { record.closed = this.isoTime(); }

  addRefund(payment, minor) {
    const refund = { id: Number(Provider.digits(10)), minor, status: 'approved', at: this.isoTime() };
    payment.refunds.push(refund);
    this.#countRefunds(payment);
    return refund;
  }

  #countRefunds(payment) {
    const given = refundedOf(payment);
    const detail = given === 0 ? 'accredited' : given === payment.minor ? 'refunded' : 'partially_refunded';
    this.#become(payment, given === payment.minor ? 'refunded' : 'approved', detail);
  }

  #become(payment, status, detail = details[status]) { Object.assign(payment, { status, detail, updated: this.isoTime() }); }

  async tell(payment, action, options) { await this.#notify({ type: 'payment', action, data: { id: String(payment.id) } }, payment.body, options); }

  async #notify({ type, action, data }, body, options) {
    const id = Number(Provider.digits(12));
    const event = { action, api_version: 'v1', data, date_created: this.isoTime(), id, live_mode: false, type, user_id: String(this.collector) };
    const own = body.notification_url;
    const target = this.webhookUrl ?? own ?? null;
    await this.notify({ id: String(id), type, body: JSON.stringify(event), query: { 'data.id': data.id, type }, object: event, target }, options);
    if (type !== 'payment' || target === null || target !== own || new URL(own).searchParams.get('source_news') === 'webhooks') return;
    const copy = { resource: data.id, topic: 'payment' };
    await this.notify({ id: `ipn-${id}`, type: 'ipn', body: JSON.stringify(copy), query: { id: data.id, topic: 'payment' }, object: copy, target, unsigned: true }, options);
  }

  // The page where people pay.
  refOf(ref) { return /pref_id=([^&#]+)/.exec(ref)?.[1] ?? ref; }
  #record(ref) {
    const record = this.#preferences.get(this.refOf(ref));
    if (!record) throw new Error(`Mercado Pago has no preference ${ref}`);
    return record;
  }
  #isOpen({ body, closed }) {
    const now = this.clock();
    return !closed && !(body.expires && (now >= Date.parse(body.expiration_date_to) || now < Date.parse(body.expiration_date_from)));
  }
  #takesCash({ body }) {
    const { excluded_payment_types: types = [], excluded_payment_methods: methods = [] } = body.payment_methods ?? {};
    return !body.binary_mode && ![...types, ...methods].some(({ id }) => id === 'ticket' || id === 'oxxo');
  }
  view(ref) {
    const record = this.#preferences.get(ref);
    if (!record) return null;
    const { terms } = record;
    const shown = (minor) => `${decimalText(minor, placesOf(terms.currency))} ${terms.currency}`;
    return {
      provider: 'Mercado Pago', isOpen: this.#isOpen(record), takesCash: this.#takesCash(record), total: shown(terms.total),
      items: terms.items.map((item) => ({ description: item.title, amount: shown(item.quantity * item.minor) })),
    };
  }
  returnUrl(ref, action) {
    const { id, body } = this.#record(ref);
    const name = { pagar: 'success', efectivo: 'pending', cancelar: 'failure' }[action];
    const payment = action === 'cancelar' ? null : this.#ofPreference(id).at(-1);
    const paid = payment?.id ?? null;
    const status = payment?.status ?? null;
    return withQuery(body.back_urls?.[name] ?? this.url, {
      collection_id: paid, collection_status: status, payment_id: paid, status, external_reference: body.external_reference ?? null,
      payment_type: payment ? (payment.kind === 'oxxo' ? 'ticket' : 'credit_card') : null, merchant_order_id: payment?.order ?? null, preference_id: id,
      site_id: 'MLM', processing_mode: 'aggregator', merchant_account_id: null,
    });
  }
  returnsByItself(ref, action) {
    const auto = this.#record(ref).body.auto_return;
    return action === 'cancelar' || auto === 'all' || (auto === 'approved' && action === 'pagar');
  }
  voucherLines(number) { return [`Referencia: ${number}`]; }

  // What people do.
  #ofPreference(id) { return this.payments().filter((payment) => payment.preference === id); }

  #addPayment(ref, status, { kind = 'visa', late = false, ...more } = {}) {
    const record = this.#record(ref);
    if (!late && !this.#isOpen(record)) throw new Error('the preference is closed');
    const made = this.isoTime();
    const payment = {
      id: Number(Provider.digits(12)), preference: record.id, body: record.body, kind, minor: record.terms.total, currency: record.terms.currency,
      reference: record.body.external_reference ?? null, collector: this.collector, live: false, order: Provider.digits(11), refunds: [], chargebacks: [],
      made, ...(status === 'approved' ? { approved: made } : {}), ...more, ...record.tampered,
    };
    this.#become(payment, status, more.detail);
    this.#payments.set(String(payment.id), payment);
    return payment;
  }

  async pay(ref, { method = 'card', ...options } = {}) {
    await this.tell(this.#addPayment(ref, method === 'slow' ? 'in_process' : 'approved'), 'payment.created', options);
  }

  async voucher(ref, options) {
    const record = this.#record(ref);
    if (!this.#takesCash(record)) throw new Error('the preference takes no cash');
    const voucherNumber = Provider.digits(14);
    const until = record.body.date_of_expiration ?? this.isoTime(this.clock() + voucherLife);
    const voucherUrl = `${this.url}/comprobante/${voucherNumber}`;
    await this.tell(this.#addPayment(ref, 'pending', { kind: 'oxxo', detail: 'pending_waiting_payment', until, voucherNumber, voucherUrl }), 'payment.created', options);
  }

  #last(ref, ...states) {
    const payment = this.#ofPreference(this.#record(ref).id).findLast(({ status }) => states.includes(status));
    if (!payment) throw new Error(`no payment of the preference is ${states.join(' or ')}`);
    return payment;
  }

  async payVoucher(ref, options) {
    const payment = this.#last(ref, 'pending', 'in_process');
    this.#become(payment, 'approved');
    payment.approved = payment.updated;
    await this.tell(payment, 'payment.updated', options);
  }

  // Awaited money does not come; without such, a card is declined.
  async fail(ref, options) {
    const awaited = this.#ofPreference(this.#record(ref).id).findLast(({ status }) => ['pending', 'in_process'].includes(status));
    if (awaited) this.#become(awaited, awaited.kind === 'oxxo' ? 'cancelled' : 'rejected');
    await this.tell(awaited ?? this.#addPayment(ref, 'rejected'), awaited ? 'payment.updated' : 'payment.created', options);
  }

  async expire(ref, options) {
    const record = this.#record(ref);
    if (this.#ofPreference(record.id).some(({ status }) => status === 'pending')) await this.fail(ref, options);
    else this.closePreference(record);
  }

  // Its notices carry no state: `failed` is another try that fails, the others ring again for the last payment.
  async stale(ref, what, options) {
    const payment = what === 'failed' ? this.#addPayment(ref, 'rejected', { late: true }) : this.#ofPreference(this.#record(ref).id).at(-1);
    if (payment) await this.tell(payment, 'payment.updated', options);
  }

  tamper(ref, { amount, currency, reference, account }) {
    const record = this.#record(ref);
    Object.assign(record.tampered, {
      ...(amount === undefined ? {} : { minor: amount }), ...(currency === undefined ? {} : { currency }), ...(reference === undefined ? {} : { reference }),
      ...(account === 'other' ? { collector: this.collector + 1 } : {}),
    });
    for (const payment of this.#ofPreference(record.id)) Object.assign(payment, record.tampered);
  }

  async refund(ref, amount, options) {
    const payment = this.#last(ref, 'approved');
    const left = payment.minor - refundedOf(payment);
    if ((amount ?? 1) > left) throw new Error('more than is left');
    this.addRefund(payment, amount ?? left);
    await this.tell(payment, 'payment.updated', options);
  }

  // The last refund comes back; without one, one that was begun does.
  async failRefund(ref, options) {
    const payment = this.#last(ref, 'approved', 'refunded');
    const refund = payment.refunds.findLast(({ status }) => status === 'approved') ?? this.addRefund(payment, payment.minor);
    refund.status = 'rejected';
    this.#countRefunds(payment);
    await this.tell(payment, 'payment.updated', options);
  }

  async dispute(ref, amount, { claim = false, ...options } = {}) {
    const payment = this.#last(ref, 'approved');
    const chargeback = { id: Provider.digits(18), minor: amount ?? payment.minor, at: this.isoTime(), claim, outcome: null };
    payment.chargebacks.push(chargeback);
    this.#become(payment, claim ? 'in_mediation' : 'charged_back', claim ? 'pending' : 'in_process');
    await this.#tellOfDispute(payment, chargeback, options);
  }

  async closeDispute(ref, outcome, options) {
    const payment = this.#last(ref, 'charged_back', 'in_mediation');
    const chargeback = payment.chargebacks.findLast((one) => one.outcome === null);
    if (!chargeback || !['won', 'lost'].includes(outcome)) throw new Error(`no open dispute to be ${outcome}`);
    chargeback.outcome = outcome;
    if (!chargeback.claim) this.#become(payment, 'charged_back', outcome === 'won' ? 'reimbursed' : 'settled');
    else if (outcome === 'won') this.#become(payment, 'approved');
    else this.addRefund(payment, chargeback.minor);
    await this.#tellOfDispute(payment, chargeback, options);
  }

  async #tellOfDispute(payment, chargeback, options) {
    await this.tell(payment, 'payment.updated', options);
    if (chargeback.claim) return;
    const data = { id: chargeback.id, payment_id: payment.id, checkout: 'PRO', site_id: 'MLM' };
    await this.#notify({ type: 'topic_chargebacks_wh', action: 'changed_case_status', data }, payment.body, options);
  }
}
