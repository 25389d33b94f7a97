// The API of the stand-in PayPal: tokens, orders, captures, refunds, disputes, and the check of a notification.
import { createHash, createVerify, X509Certificate } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { checkHeaders, errorBody, orderTerms, rawMember, refundAmount, refused } from './paypal_checks.mjs';
import { captureObject, disputeObject, disputeSummary, givenBack, orderObject, orderSummary, refundObject } from './paypal_objects.mjs';
import { Refusal, json } from './wire.mjs';

const keyLife = 6 * 60 * 60 * 1000;
const verifyFields = ['auth_algo', 'cert_url', 'transmission_id', 'transmission_sig', 'transmission_time', 'webhook_id'];

const notFound = () => refused(404, 'INVALID_RESOURCE_ID');

export class PayPalApi {
  #paypal;
  #kept = new Map();  // request id and path -> { answer again, until }
  #token = null;

  constructor(paypal) { this.#paypal = paypal; }

  routes() {
    const order = (work) => (request, { id }) => work(this.#order(id), request);
    return [
      { method: 'POST', path: '/v1/oauth2/token', open: true, handler: (request) => this.#giveToken(request) },
      { method: 'POST', path: '/v2/checkout/orders', handler: (request) => this.#create(request) },
      { method: 'GET', path: '/v2/checkout/orders/:id', handler: order((one) => json(200, orderObject(one, this.#paypal))) },
      { method: 'POST', path: '/v2/checkout/orders/:id/capture', handler: (request, { id }) => this.#capture(request, id) },
      { method: 'GET', path: '/v2/payments/captures/:id', handler: (request, { id }) => json(200, captureObject(this.#captured(id), this.#paypal.url)) },
      { method: 'POST', path: '/v2/payments/captures/:id/refund', handler: (request, { id }) => this.#refund(request, id) },
      { method: 'GET', path: '/v2/payments/refunds/:id', handler: (request, { id }) => this.#refundOf(id) },
      { method: 'GET', path: '/v1/customer/disputes', handler: ({ query }) => this.#disputes(query) },
      { method: 'GET', path: '/v1/customer/disputes/:id', handler: (request, { id }) => this.#dispute(id) },
      { method: 'POST', path: '/v1/notifications/verify-webhook-signature', handler: (request) => this.#verify(request) },
      { method: 'GET', path: '/v1/notifications/certs/:id', open: true, handler: (request, { id }) => this.#certificate(id) },
    ];
  }

  // One token while it holds, as PayPal does.
  #giveToken({ headers, form }) {
    const expected = `Basic ${Buffer.from(`${this.#paypal.clientId}:${this.#paypal.clientSecret}`).toString('base64')}`;
    if (headers.authorization !== expected) throw new Refusal(401, { error: 'invalid_client', error_description: 'Client Authentication failed' });
    if (form?.grant_type !== 'client_credentials') throw new Refusal(400, { error: 'unsupported_grant_type', error_description: 'Grant Type is NULL' });
    const now = this.#paypal.clock();
    if (!this.#token || this.#token.until <= now) {
      const number = (this.#token?.number ?? 0) + 1;
      const value = `A21AA${createHash('sha256').update(`${expected} ${number}`).digest('base64url')}`;
      this.#token = { value, number, until: now + this.#paypal.tokenSeconds * 1000 };
    }
    return json(200, {
      scope: 'https://uri.paypal.com/services/payments/payment', access_token: this.#token.value, token_type: 'Bearer', app_id: 'APP-80W284485P519543T',
      expires_in: Math.floor((this.#token.until - now) / 1000), nonce: this.#paypal.isoTime(),
    });
  }

  endTokens() { if (this.#token) this.#token.until = 0; }

  authorize({ headers }) {
    const { authorization } = headers;
    if (this.#token && this.#token.until > this.#paypal.clock() && authorization === `Bearer ${this.#token.value}`) return;
    throw new Refusal(401, { error: 'invalid_token', error_description: 'Token signature verification failed' });
  }

  // The same request id and path again: what became of the first, with 200.
  #once(request, work) {
    const id = request.headers['paypal-request-id'];
    const key = `${id} ${request.path}`;
    const kept = id === undefined ? undefined : this.#kept.get(key);
    if (kept && kept.until > this.#paypal.clock()) return { ...json(200, kept.shown()) };
    const { shown, ...answer } = work();
    if (id !== undefined) this.#kept.set(key, { shown, until: this.#paypal.clock() + keyLife });
    return answer;
  }

  #form(request, order) {
    return request.headers.prefer === 'return=representation' ? orderObject(order, this.#paypal) : orderSummary(order, this.#paypal);
  }

  #create(request) {
    checkHeaders(request);
    return this.#once(request, () => {
      const terms = orderTerms(request.json, request.headers['paypal-request-id']);
      const order = this.#paypal.addOrder(request.json, terms);
      const shown = () => this.#form(request, order);
      return { ...json(order.body.payment_source ? 200 : 201, shown()), shown };
    });
  }

  #capture(request, id) {
    checkHeaders(request, { needsBody: false });
    return this.#once(request, () => {
      const order = this.#order(id);
      const issue = this.#paypal.captureIssue(order);
      if (issue) {
        const links = issue === 'INSTRUMENT_DECLINED' ? [{ href: `${this.#paypal.url}${this.#paypal.checkoutPath}?token=${id}`, rel: 'redirect', method: 'GET' }] : [];
        throw refused(422, issue, undefined, links);
      }
      const tell = this.#paypal.capture(order);
      const shown = () => this.#form(request, order);
      return { ...json(201, shown()), shown, afterwards: tell };
    });
  }

  #refund(request, id) {
    checkHeaders(request, { needsBody: false });
    return this.#once(request, () => {
      const order = this.#captured(id);
      if (order.capture.status === 'REFUNDED') throw refused(422, 'CAPTURE_FULLY_REFUNDED');
      if (!['COMPLETED', 'PARTIALLY_REFUNDED'].includes(order.capture.status)) throw refused(422, 'REFUND_NOT_ALLOWED');
      const minor = refundAmount(request.json, { currency: order.currency, left: order.minor - givenBack(order) });
      const refund = this.#paypal.addRefund(order, minor);
      const shown = () => refundObject(order, refund, this.#paypal.url);
      return { ...json(201, shown()), shown, afterwards: () => this.#paypal.emit('PAYMENT.CAPTURE.REFUNDED', 'refund', shown()) };
    });
  }

  #order(id) {
    const order = this.#paypal.order(id);
    if (!order) throw notFound();
    return order;
  }

  #captured(id) {
    const order = this.#paypal.orders().find(({ capture }) => capture?.id === id);
    if (!order) throw notFound();
    return order;
  }

  #refundOf(id) {
    for (const order of this.#paypal.orders()) {
      const refund = order.refunds.find((one) => one.id === id);
      if (refund) return json(200, refundObject(order, refund, this.#paypal.url));
    }
    throw notFound();
  }

  #disputes(query) {
    if (query.start_time !== undefined && query.disputed_transaction_id !== undefined) throw refused(400, 'INVALID_REQUEST', 'start_time');
    const size = Number(query.page_size ?? 10);
    if (!(size >= 1 && size <= 50)) throw refused(400, 'INVALID_PAGE_SIZE', 'page_size');
    const all = this.#paypal.orders().flatMap((order) => order.disputes.map((dispute) => ({ order, dispute })))
      .filter(({ order }) => query.disputed_transaction_id === undefined || order.capture.id === query.disputed_transaction_id)
      .filter(({ order, dispute }) => query.dispute_state === undefined || query.dispute_state.split(',').includes(disputeSummary(order, dispute).dispute_state));
    return json(200, { items: all.reverse().slice(0, size).map(({ order, dispute }) => disputeSummary(order, dispute)), links: [] });
  }

  #dispute(id) {
    for (const order of this.#paypal.orders()) {
      const dispute = order.disputes.find((one) => one.id === id);
      if (dispute) return json(200, disputeObject(order, dispute));
    }
    throw notFound();
  }

  #certificate(id) {
    const certificate = this.#paypal.certificates.get(id);
    if (!certificate) throw new Refusal(404, errorBody(404));
    return { status: 200, headers: { 'content-type': 'application/x-pem-file' }, body: certificate };
  }

  #verify(request) {
    checkHeaders(request);
    const { json: fields } = request;
    const missing = verifyFields.find((name) => typeof fields[name] !== 'string' || fields[name] === '');
    if (missing || typeof fields.webhook_event !== 'object' || fields.webhook_event === null) {
      throw refused(400, 'MISSING_REQUIRED_PARAMETER', `/${missing ?? 'webhook_event'}`);
    }
    if (!this.#paypal.webhookIds.has(fields.webhook_id)) throw notFound();
    const isGood = this.#isSigned(fields, rawMember(request.body, 'webhook_event'));
    return json(200, { verification_status: isGood ? 'SUCCESS' : 'FAILURE' });
  }

  #isSigned(fields, event) {
    const certificate = this.#paypal.certificates.get(fields.cert_url.split('/').at(-1));
    if (!certificate || fields.auth_algo !== 'SHA256withRSA') return false;
    const signed = [fields.transmission_id, fields.transmission_time, fields.webhook_id, crc32(event)].join('|');
    return createVerify('RSA-SHA256').update(signed).verify(new X509Certificate(certificate).publicKey, fields.transmission_sig, 'base64');
  }
}
