// The API of the stand-in Stripe: what may be asked, how lists and expansions are answered, idempotency keys.
import { checkForm, invalid, sessionParameters, under } from './stripe_checks.mjs';
import { json } from './wire.mjs';

const keyLife = 24 * 60 * 60 * 1000;
const mostExpanded = 4;

const isCount = (text) => /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 100;
const isId = (text) => /^[a-z]+_\w+$/.test(text);
const isTime = (text) => /^\d{1,12}$/.test(text);
const paging = {
  limit: isCount, starting_after: isId, ending_before: isId, 'expand[0]': () => true,
  created: isTime, 'created[gte]': isTime, 'created[gt]': isTime, 'created[lte]': isTime, 'created[lt]': isTime,
};
const refundFields = {
  payment_intent: isId, charge: isId, amount: isTime, 'expand[0]': () => true, 'metadata[*]': () => true,
  reason: (text) => ['duplicate', 'fraudulent', 'requested_by_customer'].includes(text),
};

const expandable = {
  'checkout.session': ['payment_intent', 'line_items'], payment_intent: ['latest_charge'], charge: ['payment_intent', 'refunds'],
  refund: ['charge', 'payment_intent'], dispute: ['charge', 'payment_intent'],
};

export class StripeApi {
  #stripe;
  #kept = new Map();  // idempotency key -> { fingerprint, answer, until }

  constructor(stripe) { this.#stripe = stripe; }

  routes() {
    const found = (kind) => ({ query }, { id }) => this.#one(kind, id, query);
    const all = (kind, url, filters) => ({ query }) => this.#list(kind, url, filters, query);
    const post = (work) => (request, parameters) => this.#once(request, () => work(request, parameters));
    return [
      { method: 'POST', path: '/v1/checkout/sessions', handler: post((request) => this.#create(request)) },
      { method: 'GET', path: '/v1/checkout/sessions', handler: all('checkout.session', '/v1/checkout/sessions', ['payment_intent', 'status']) },
      { method: 'GET', path: '/v1/checkout/sessions/:id', handler: found('checkout.session') },
      { method: 'POST', path: '/v1/checkout/sessions/:id/expire', handler: post((request, { id }) => this.#expire(request, id)) },
      { method: 'GET', path: '/v1/payment_intents/:id', handler: found('payment_intent') },
      { method: 'GET', path: '/v1/charges/:id', handler: found('charge') },
      { method: 'POST', path: '/v1/refunds', handler: post((request) => this.#refund(request)) },
      { method: 'GET', path: '/v1/refunds', handler: all('refund', '/v1/refunds', ['payment_intent', 'charge']) },
      { method: 'GET', path: '/v1/refunds/:id', handler: found('refund') },
      { method: 'GET', path: '/v1/disputes', handler: all('dispute', '/v1/disputes', ['payment_intent', 'charge']) },
      { method: 'GET', path: '/v1/disputes/:id', handler: found('dispute') },
      { method: 'GET', path: '/v1/events', handler: all('event', '/v1/events', ['type', 'delivery_success']) },
      { method: 'GET', path: '/v1/events/:id', handler: found('event') },
    ];
  }

  // Only what began to be done is kept: refusals of parameters are not, failures of the server are.
  #once(request, work) {
    const key = request.headers['idempotency-key'];
    if (request.form === undefined && request.body !== '') throw invalid('Invalid request (check that your POST content type is application/x-www-form-urlencoded).');
    request.form ??= {};
    if (key === undefined) return work();
    if (key.length > 255) throw invalid('Idempotency-Key must be at most 255 characters', { param: 'idempotency_key' });
    const kept = this.#kept.get(key);
    if (kept && kept.until > this.#stripe.clock()) {
      if (kept.fingerprint !== this.#fingerprint(request)) {
        throw invalid(`The key '${key}' was first used with other parameters.`, { type: 'idempotency_error' });
      }
      return { ...kept.answer, afterwards: undefined, headers: { ...kept.answer.headers, 'idempotent-replayed': 'true' } };
    }
    const answer = work();
    this.remember(request, answer);
    return answer;
  }

  #fingerprint(request) {
    return JSON.stringify([request.path, Object.entries(request.form ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))]);
  }

  remember(request, answer) {
    const key = request.headers['idempotency-key'];
    if (key) this.#kept.set(key, { fingerprint: this.#fingerprint(request), answer, until: this.#stripe.clock() + keyLife });
  }

  #create(request) {
    const parameters = sessionParameters(request.form, request.repeated, this.#stripe.seconds());
    const session = this.#stripe.addSession(request.form, parameters);
    return json(200, this.#expanded(session, request.form));
  }

  #expire(request, id) {
    checkForm(request.form, { 'expand[0]': () => true });
    const session = this.#find('checkout.session', id);
    if (session.status !== 'open') {
      throw invalid(`Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`);
    }
    const record = this.#stripe.record(id);
    this.#stripe.endSession(record);
    return { ...json(200, this.#expanded(session, request.form)), afterwards: () => this.#stripe.emit('checkout.session.expired', session) };
  }

  #refund(request) {
    const { form } = request;
    checkForm(form, refundFields, request.repeated);
    const target = form.payment_intent ?? form.charge;
    if (!target) throw invalid('One of the following params should be provided for this request: payment_intent or charge.');
    const charge = this.#find('charge', form.charge ?? this.#find('payment_intent', target).latest_charge);
    const amount = form.amount === undefined ? undefined : Number(form.amount);
    if (charge.payment_method_details.type === 'oxxo') throw invalid('Refunds are not supported for oxxo.');
    const left = charge.amount - charge.amount_refunded;
    if (left === 0) throw invalid(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
    if (amount !== undefined && (amount < 1 || amount > left)) throw invalid(`Refund amount is greater than unrefunded amount on charge`, { param: 'amount' });
    const { refund, tell } = this.#stripe.addRefund(charge, amount, { metadata: under(form, 'metadata'), reason: form.reason });
    return { ...json(200, this.#expanded(refund, form)), afterwards: tell };
  }

  #find(kind, id) {
    const object = this.#stripe.object(id);
    if (!object || object.object !== kind) throw invalid(`No such ${kind}: '${id}'`, { param: 'id', code: 'resource_missing', status: 404 });
    return object;
  }

  #one(kind, id, query) {
    checkForm(query, { 'expand[0]': () => true });
    return json(200, this.#expanded(this.#find(kind, id), query));
  }

  #list(kind, url, filters, query) {
    checkForm(query, { ...paging, ...Object.fromEntries(filters.map((name) => [name, () => true])) });
    const limit = Number(query.limit ?? 10);
    const after = (object) => ['gte', 'gt', 'lte', 'lt'].every((sign) => {
      const bound = query[`created[${sign}]`];
      if (bound === undefined) return true;
      return { gte: object.created >= bound, gt: object.created > bound, lte: object.created <= bound, lt: object.created < bound }[sign];
    });
    let matching = this.#stripe.objects(kind).filter((object) => after(object)
      && filters.every((name) => query[name] === undefined || String(this.#stripe.filterValue(object, name)) === query[name])).reverse();
    const from = query.starting_after ? matching.findIndex(({ id }) => id === query.starting_after) + 1 : 0;
    matching = matching.slice(from, query.ending_before ? matching.findIndex(({ id }) => id === query.ending_before) : undefined);
    const list = { object: 'list', url, has_more: matching.length > limit, data: matching.slice(0, limit) };
    return json(200, this.#expanded(list, query));
  }

  #expanded(object, parameters) {
    const copy = structuredClone(object);
    for (const [name, path] of Object.entries(parameters)) {
      if (!/^expand\[\d*\]$/.test(name)) continue;
      const names = path.split('.');
      if (names.length > mostExpanded) throw invalid('You cannot expand more than 4 levels of a property', { param: 'expand' });
      this.#expandInto(copy, names);
    }
    return copy;
  }

  #expandInto(object, [name, ...rest]) {
    if (name === undefined || object === null) return;
    if (name === 'data' && object.object === 'list') {
      for (const element of object.data) this.#expandInto(element, rest);
      return;
    }
    if (!expandable[object.object]?.includes(name)) throw invalid(`This property cannot be expanded (${name}).`, { param: 'expand' });
    if (name === 'line_items' || name === 'refunds') object[name] = structuredClone(this.#stripe.listOf(object, name));
    else if (typeof object[name] === 'string') object[name] = structuredClone(this.#stripe.object(object[name]));
    this.#expandInto(object[name], rest);
  }
}
