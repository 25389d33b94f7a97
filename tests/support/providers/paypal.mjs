// A stand-in for PayPal Orders v2: tokens, orders, captures, refunds, disputes, signed notifications and their check.
//
//   const paypal = await PayPal.start({ clientId, clientSecret, webhookId, clock });
//   paypal.webhookUrl = `${stack.url}/pagos/webhook/paypal/`;
//
// Other than at the other two, pay() is the payer's agreement (CHECKOUT.ORDER.APPROVED): money moves when the product
// captures, and PAYMENT.CAPTURE.* follows that answer. approve(ref) is the same with the notice lost. { method: 'slow' }: the
// capture will be PENDING until payVoucher(ref) or fail(ref). fail(ref) before a capture: it will be INSTRUMENT_DECLINED.
// What a secret is to the others is the webhook's id here: rotateSecret() makes a new one, `secret` of send() takes one.
// Beside the surface of provider.mjs: endTokens() (401 until a new one is fetched), tokenSeconds, rotateCertificate(),
// captureFault(ref, issue) (the next capture answers 422 with it), void(ref), reverse(ref); expire(ref) lets the order vanish.
import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { decimalText } from './money.mjs';
import { PayPalApi } from './paypal_api.mjs';
import { makeCertificate } from './paypal_certificate.mjs';
import { errorBody, placesOf } from './paypal_checks.mjs';
import { captureObject, disputeObject, givenBack, orderObject, refundObject } from './paypal_objects.mjs';
import { Provider } from './provider.mjs';
import { json, withQuery } from './wire.mjs';

const redirectLife = 3 * 60 * 60 * 1000;  // to be sent there, and then to agree and collect
const upper = (length) => Provider.id('', length).toUpperCase();

export class PayPal extends Provider {
  name = 'paypal';
  hasVouchers = false;
  checkoutPath = '/checkoutnow';
  tokenSeconds = 32_400;
  certificates = new Map();  // id -> PEM
  #api = new PayPalApi(this);
  #orders = new Map();
  #signer = null;  // { id, key }
  #forger = null;

  constructor({
    clientId = 'StandInClientId-0123456789abcdefghijklmnopqrstuvwxyz', clientSecret = 'StandInClientSecret-0123456789abcdefghijklmnop',
    webhookId = '1JE4291016473214C', ...options
  } = {}) {
    super(options);
    this.clientId = clientId;
    this.clientSecret = clientSecret;
    this.secret = webhookId;
    this.previousSecret = null;
    this.webhookIds = new Set([webhookId]);
    this.merchantId = 'STANDINMERCH1';
  }

  async prepare() { await this.rotateCertificate(); }

  // `host`, `days`: of the certificate. Those before stay served.
  async rotateCertificate(options) {
    const { certificate, key } = await makeCertificate(options);
    this.#signer = { id: `CERT-${randomUUID().slice(0, 8)}-${randomUUID().slice(0, 8)}`, key };
    this.certificates.set(this.#signer.id, certificate);
  }

  settings() {
    return {
      PAYPAL_API_BASE: this.url, PAYPAL_CLIENT_ID: this.clientId, PAYPAL_CLIENT_SECRET: this.clientSecret, PAYPAL_WEBHOOK_ID: this.secret,
      ...(this.previousSecret ? { PAYPAL_WEBHOOK_ID_PREVIOUS: this.previousSecret } : {}),
    };
  }

  rotateSecret() {
    this.previousSecret = this.secret;
    this.secret = upper(17);
    this.webhookIds.add(this.secret);
    return this.secret;
  }

  endTokens() { this.#api.endTokens(); }
  routes() { return this.#api.routes(); }
  authorize(request) { this.#api.authorize(request); }
  failure(status) { return json(status, errorBody(status)); }

  sign(notice, { secret, age, body, forged }) {
    notice.transmissionId ??= randomUUID();
    const time = new Date(this.clock() - age * 1000).toISOString().replace(/\.\d+/, '');
    if (forged) this.#forger ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const signed = [notice.transmissionId, time, secret ?? this.secret, crc32(body)].join('|');
    return {
      'paypal-transmission-id': notice.transmissionId, 'paypal-transmission-time': time, 'paypal-auth-algo': 'SHA256withRSA', 'paypal-auth-version': 'v2',
      'paypal-cert-url': `${this.url}/v1/notifications/certs/${this.#signer.id}`,
      'paypal-transmission-sig': createSign('RSA-SHA256').update(signed).sign(forged ? this.#forger : this.#signer.key, 'base64'),
    };
  }

  async emit(type, resourceType, resource, options) {
    const id = `WH-${upper(17)}-${upper(17)}`;
    const event = {
      id, event_version: '1.0', create_time: this.isoTime(), resource_type: resourceType, resource_version: '2.0', event_type: type,
      summary: `${type} for ${resource.id ?? resource.dispute_id}`,
      resource, links: [{ href: `${this.url}/v1/notifications/webhooks-events/${id}`, rel: 'self', method: 'GET' }],
    };
    return this.notify({ id, type, body: JSON.stringify(event), object: event }, options);
  }

  // What the API works on. An order that nobody agreed to, or collected, in time is not there any more.
  orders() { return [...this.#orders.values()]; }
  order(id) {
    const order = this.#orders.get(id);
    const isOld = order && order.status !== 'COMPLETED' && this.clock() > order.until;
    return order && !order.gone && !isOld ? order : undefined;
  }

  addOrder(body, { minor, currency }) {
    const order = {
      id: upper(17), body, unit: { ...body.purchase_units[0] }, minor, currency,
      status: body.payment_source ? 'PAYER_ACTION_REQUIRED' : 'CREATED', made: this.isoTime(), updated: this.isoTime(),
      until: this.clock() + redirectLife, payee: { email_address: 'cobros@ejemplo.com', merchant_id: this.merchantId }, payerId: null, capture: null, refunds: [], disputes: [],
      slow: false, issue: null, gone: false,
    };
    this.#orders.set(order.id, order);
    return order;
  }

  // Why a capture is refused; null when it is not.
  captureIssue(order) {
    if (order.status === 'COMPLETED') return 'ORDER_ALREADY_CAPTURED';
    if (order.status !== 'APPROVED') return 'ORDER_NOT_APPROVED';
    const isTaken = (other) => other.capture && other !== order && order.unit.invoice_id !== undefined && other.unit.invoice_id === order.unit.invoice_id;
    if (this.orders().some(isTaken)) return 'DUPLICATE_INVOICE_ID';
    const { issue } = order;
    order.issue = null;
    if (issue === 'INSTRUMENT_DECLINED') order.status = 'PAYER_ACTION_REQUIRED';
    return issue;
  }

  // Gives what tells of it.
  capture(order) {
    const now = this.isoTime();
    order.capture = { id: upper(17), status: order.slow ? 'PENDING' : 'COMPLETED', made: now, updated: now };
    Object.assign(order, { status: 'COMPLETED', updated: now });
    return () => this.#tellOfCapture(order);
  }

  #tellOfCapture(order, options, status = order.capture.status) {
    return this.emit(`PAYMENT.CAPTURE.${status}`, 'capture', { ...captureObject(order, this.url), status }, options);
  }

  addRefund(order, minor) {
    const refund = { id: upper(17), minor, status: 'COMPLETED', made: this.isoTime(), updated: this.isoTime() };
    order.refunds.push(refund);
    this.#countRefunds(order);
    return refund;
  }

  #countRefunds(order) {
    const given = givenBack(order);
    const status = given === 0 ? 'COMPLETED' : given === order.minor ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
    Object.assign(order.capture, { status, updated: this.isoTime() });
  }

  // The page where people pay.
  refOf(ref) { return /token=([^&#]+)/.exec(ref)?.[1] ?? ref; }
  #order(ref) {
    const order = this.order(this.refOf(ref));
    if (!order) throw new Error(`PayPal has no order ${ref}`);
    return order;
  }
  view(ref) {
    const order = this.order(ref);
    if (!order) return null;
    const shown = `${decimalText(order.minor, placesOf(order.currency))} ${order.currency}`;
    const items = order.unit.items?.map(({ name, unit_amount: price }) => ({ description: name, amount: `${price.value} ${price.currency_code}` }));
    return { provider: 'PayPal', isOpen: this.#isOpen(order), takesCash: false, total: shown, items: items ?? [{ description: order.unit.description ?? 'Pago', amount: shown }] };
  }
  #isOpen({ status }) { return ['CREATED', 'PAYER_ACTION_REQUIRED'].includes(status); }
  returnUrl(ref, action) {
    const order = this.#order(ref);
    const context = order.body.payment_source?.paypal.experience_context ?? order.body.application_context ?? {};
    if (action === 'cancelar') return withQuery(context.cancel_url ?? this.url, { token: order.id });
    return withQuery(context.return_url ?? this.url, { token: order.id, PayerID: order.payerId });
  }
  voucherLines() { return []; }

  // What people do.
  async pay(ref, { method = 'card', ...options } = {}) {
    const order = this.#order(ref);
    if (!this.#isOpen(order)) throw new Error(`the order is ${order.status}`);
    const now = this.clock();
    Object.assign(order, { status: 'APPROVED', payerId: upper(13), updated: this.isoTime(now), until: now + redirectLife, slow: method === 'slow' });
    await this.emit('CHECKOUT.ORDER.APPROVED', 'checkout-order', orderObject(order, this), options);
  }

  async approve(ref, options) { await this.pay(ref, { webhook: false, ...options }); }

  async voucher() { throw new Error('PayPal has no vouchers'); }

  async payVoucher(ref, options) {
    const order = this.#pending(ref);
    Object.assign(order.capture, { status: 'COMPLETED', updated: this.isoTime() });
    await this.#tellOfCapture(order, options);
  }

  #pending(ref) {
    const order = this.#order(ref);
    if (order.capture?.status !== 'PENDING') throw new Error('no money is awaited');
    return order;
  }

  async fail(ref, options) {
    const order = this.#order(ref);
    if (!order.capture) {
      order.issue = 'INSTRUMENT_DECLINED';
      return;
    }
    Object.assign(this.#pending(ref).capture, { status: 'DECLINED', updated: this.isoTime() });
    await this.#tellOfCapture(order, options);
  }

  captureFault(ref, issue) { this.#order(ref).issue = issue; }
  async expire(ref) {
    const order = this.#order(ref);
    if (order.capture) throw new Error('the order is collected');
    order.gone = true;
  }
  void(ref) { this.#order(ref).status = 'VOIDED'; }

  async stale(ref, what, options) {
    const order = this.#order(ref);
    if (what === 'expired') {
      await this.emit('CHECKOUT.PAYMENT-APPROVAL.REVERSED', 'payment-approval', { ...orderObject(order, this), order_id: order.id }, options);
    } else {
      if (!order.capture) throw new Error('nothing was collected');
      await this.#tellOfCapture(order, options, { failed: 'DECLINED', pending: 'PENDING' }[what]);
    }
  }

  tamper(ref, { amount, currency, reference, account }) {
    const order = this.#order(ref);
    if (amount !== undefined) order.minor = amount;
    if (currency !== undefined) order.currency = currency;
    if (reference !== undefined) for (const name of ['custom_id', 'invoice_id', 'reference_id']) if (order.unit[name] !== undefined) order.unit[name] = reference;
    if (account === 'other') order.payee = { email_address: 'otra@ejemplo.com', merchant_id: 'OTHERMERCHANT' };
  }

  #collected(ref) {
    const order = this.#order(ref);
    if (!['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED'].includes(order.capture?.status)) throw new Error('nothing was paid');
    return order;
  }

  async refund(ref, amount, options) {
    const order = this.#collected(ref);
    const left = order.minor - givenBack(order);
    if ((amount ?? 1) > left) throw new Error('more than is left');
    await this.emit('PAYMENT.CAPTURE.REFUNDED', 'refund', refundObject(order, this.addRefund(order, amount ?? left), this.url), options);
  }

  // PayPal itself takes the money back.
  async reverse(ref, options) {
    const order = this.#collected(ref);
    const refund = this.addRefund(order, order.minor - givenBack(order));
    await this.emit('PAYMENT.CAPTURE.REVERSED', 'refund', refundObject(order, refund, this.url), options);
  }

  // The last refund comes back; without one, one that was begun does.
  async failRefund(ref, options) {
    const order = this.#collected(ref);
    const refund = order.refunds.findLast(({ status }) => status === 'COMPLETED') ?? this.addRefund(order, order.minor);
    Object.assign(refund, { status: 'FAILED', updated: this.isoTime() });
    this.#countRefunds(order);
    await this.emit('PAYMENT.REFUND.FAILED', 'refund', refundObject(order, refund, this.url), options);
  }

  async dispute(ref, amount, options) {
    const order = this.#collected(ref);
    const dispute = { id: `PP-R-${upper(3)}-${Provider.digits(8)}`, minor: amount ?? order.minor, outcome: null, made: this.isoTime(), updated: this.isoTime() };
    order.disputes.push(dispute);
    await this.emit('CUSTOMER.DISPUTE.CREATED', 'dispute', disputeObject(order, dispute), options);
  }

  async closeDispute(ref, outcome, options) {
    const order = this.#collected(ref);
    const dispute = order.disputes.findLast((one) => one.outcome === null);
    if (!dispute || !['won', 'lost'].includes(outcome)) throw new Error(`no open dispute to be ${outcome}`);
    Object.assign(dispute, { outcome, updated: this.isoTime() });
    await this.emit('CUSTOMER.DISPUTE.RESOLVED', 'dispute', disputeObject(order, dispute), options);
  }
}
