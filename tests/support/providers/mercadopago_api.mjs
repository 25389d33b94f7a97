// The API of the stand-in Mercado Pago: preferences, payments, refunds, chargebacks.
import { preferenceTerms, refundAmount, refused } from './mercadopago_checks.mjs';
import { chargebackObject, paymentObject, preferenceObject, preferenceSummary, refundObject, refundedOf } from './mercadopago_objects.mjs';
import { json } from './wire.mjs';

const sorts = { date_created: 'made', date_last_updated: 'updated', date_approved: 'approved', money_release_date: 'approved' };
const mostResults = 100;
const usualResults = 30;

const page = (query) => {
  const limit = Number(query.limit ?? usualResults);
  const offset = Number(query.offset ?? 0);
  if (!(limit >= 0 && limit <= mostResults && offset >= 0)) throw refused('Invalid limit or offset');
  return { limit, offset };
};

export class MercadoPagoApi {
  #provider;
  #refundKeys = new Map();

  constructor(provider) { this.#provider = provider; }

  routes() {
    return [
      { method: 'POST', path: '/checkout/preferences', handler: (request) => this.#create(request) },
      { method: 'GET', path: '/checkout/preferences/search', handler: ({ query }) => this.#searchPreferences(query) },
      { method: 'GET', path: '/checkout/preferences/:id', handler: (request, { id }) => json(200, this.#shown(this.#preference(id))) },
      { method: 'PUT', path: '/checkout/preferences/:id', handler: (request, { id }) => this.#update(request, id) },
      { method: 'PUT', path: '/checkout/preferences/:id/expire', handler: (request, { id }) => this.#expire(id) },
      { method: 'GET', path: '/v1/payments/search', handler: ({ query }) => this.#searchPayments(query) },
      { method: 'GET', path: '/v1/payments/:id', handler: (request, { id }) => json(200, paymentObject(this.#payment(id))) },
      { method: 'POST', path: '/v1/payments/:id/refunds', handler: (request, { id }) => this.#refund(request, id) },
      { method: 'GET', path: '/v1/payments/:id/refunds', handler: (request, { id }) => this.#refunds(id) },
      { method: 'GET', path: '/v1/chargebacks/:id', handler: (request, { id }) => this.#chargeback(id) },
    ];
  }

  #terms(body) { return preferenceTerms(body, { now: this.#provider.clock(), accountCurrency: this.#provider.currency }); }

  #shown(record) {
    const { url, checkoutPath, collector } = this.#provider;
    return preferenceObject({ ...record, url, checkoutPath, collector });
  }

  #create({ json: body, headers }) {
    if (!/^application\/json\b/.test(headers['content-type'] ?? '')) throw refused('Content-Type must be application/json', 'unsupported_media_type', 415);
    return json(201, this.#shown(this.#provider.addPreference(body, this.#terms(body))));
  }

  #update({ json: changes }, id) {
    const record = this.#preference(id);
    const body = { ...record.body, ...changes };
    Object.assign(record, { terms: this.#terms(body), body });
    return json(200, this.#shown(record));
  }

  #expire(id) {
    const record = this.#preference(id);
    this.#provider.closePreference(record);
    return json(200, this.#shown(record));
  }

  #preference(id) {
    const record = this.#provider.preference(id);
    if (!record) throw refused(`Preference with id ${id} not found`, 'not_found', 404);
    return record;
  }

  #payment(id) {
    const payment = this.#provider.payment(id);
    if (!payment) throw refused('Payment not found', 'not_found', 404);
    return payment;
  }

  #searchPreferences(query) {
    const { limit, offset } = page(query);
    const found = this.#provider.preferences().filter(({ body }) => query.external_reference === undefined || body.external_reference === query.external_reference).reverse();
    const elements = found.slice(offset, offset + limit).map((record) => preferenceSummary(this.#shown(record)));
    return json(200, { elements, next_offset: offset + elements.length, total: found.length });
  }

  #searchPayments(query) {
    const sort = sorts[query.sort];
    if (!sort) throw refused('Invalid parameter: sort');
    if (!['asc', 'desc'].includes(query.criteria)) throw refused('Invalid parameter: criteria');
    const { limit, offset } = page(query);
    const field = sorts[query.range ?? 'date_created'];
    const isIn = (payment) => (query.begin_date === undefined || Date.parse(payment[field]) >= Date.parse(query.begin_date))
      && (query.end_date === undefined || Date.parse(payment[field]) <= Date.parse(query.end_date));
    const found = this.#provider.payments().filter((payment) => isIn(payment)
      && (query.external_reference === undefined || payment.reference === query.external_reference)
      && (query.status === undefined || payment.status === query.status));
    const time = (payment) => Date.parse(payment[sort] ?? payment.made);
    found.sort((a, b) => time(a) - time(b));
    if (query.criteria === 'desc') found.reverse();
    return json(200, { paging: { total: found.length, limit, offset }, results: found.slice(offset, offset + limit).map(paymentObject) });
  }

  #refund({ json: body, headers }, id) {
    const payment = this.#payment(id);
    const key = headers['x-idempotency-key'];
    if (!key) throw refused('Header X-Idempotency-Key can\'t be null');
    const kept = this.#refundKeys.get(key);
    if (kept) return json(200, refundObject(kept, payment));
    if (payment.status !== 'approved') throw refused('The action requested is not valid for the current payment state');
    const minor = refundAmount(body, payment.currency, payment.minor - refundedOf(payment));
    const refund = this.#provider.addRefund(payment, minor);
    this.#refundKeys.set(key, refund);
    return { ...json(201, refundObject(refund, payment)), afterwards: () => this.#provider.tell(payment, 'payment.updated') };
  }

  #refunds(id) {
    const payment = this.#payment(id);
    return json(200, payment.refunds.map((refund) => refundObject(refund, payment)));
  }

  #chargeback(id) {
    for (const payment of this.#provider.payments()) {
      const chargeback = payment.chargebacks.find((one) => one.id === id);
      if (chargeback) return json(200, chargebackObject(chargeback, payment));
    }
    throw refused('Chargeback not found', 'not_found', 404);
  }
}
