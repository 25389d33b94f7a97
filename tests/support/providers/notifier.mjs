// Notifications of a stand-in provider: kept, signed when they are sent, and sent as well or badly as it is told.
//
//   provider.webhookUrl = `${stack.url}/pagos/webhook/stripe/`;
//   provider.delivery = 'drop';                          // one of deliveryModes, or { mode: 'repeat', copies, parallel }
//   provider.notices                                     // all, oldest first: { id, type, body, query, object, answers }
//   notice.headers({ secret, age })                      // as it would be sent now
//   await provider.release()                             // sends what `delay` (in order) or `reorder` (last first) held back
//   await provider.send(notice, { copies: 50, parallel: true })            // the answers: [{ status, body, headers, ms }]
//   await provider.send(notice, { age: 301, secret, body, headers, altered: true, forged: true })
//   await provider.redeliver({ rounds: 3 })              // again those that were sent and never answered with 2xx
//
// A notice without a target (no webhookUrl set) is kept and goes nowhere. Nothing is repeated by itself.
import http from 'node:http';
import { isLoopbackUrl } from './wire.mjs';

export const deliveryModes = ['deliver', 'drop', 'delay', 'reorder', 'repeat', 'alter', 'forge'];

const mostCopies = 500;
const mostRounds = 25;
const patienceMs = 22_000;  // Mercado Pago's; the others wait about as long

export class Notifier {
  webhookUrl = null;
  delivery = 'deliver';
  notices = [];
  fromAddress = undefined;  // a loopback address that deliveries come from
  #held = [];
  #underWay = new Set();

  // Subclasses: { query, headers } of a delivery of `body`, signed `age` seconds ago (below zero: in the future) with
  // `secret` (null: the current one; `forged`: one that was never the product's).
  sign() {
    throw new Error('a provider says how it signs');
  }

  // Keeps a notice and does with it what `delivery` says. `webhook: false` drops it.
  async notify({ id, type, body, query = {}, object, target = this.webhookUrl, unsigned = false }, { webhook = true } = {}) {
    const notice = { id, type, body, query, object, target, unsigned, answers: [] };
    notice.headers = (options = {}) => this.#compose(notice, options).headers;
    this.notices.push(notice);
    if (webhook) await this.#dispatch(notice);
    return notice;
  }

  async #dispatch(notice) {
    const { mode, ...options } = typeof this.delivery === 'string' ? { mode: this.delivery } : this.delivery;
    if (!deliveryModes.includes(mode)) throw new Error(`${mode} is no way of delivery`);
    if (mode === 'delay' || mode === 'reorder') this.#held.push({ notice, mode });
    else if (mode !== 'drop' && (notice.target ?? this.webhookUrl)) {
      await this.send(notice, { ...options, altered: mode === 'alter', forged: mode === 'forge' });
    }
  }

  async release(options = {}) {
    const held = this.#held.splice(0);
    if (held.some(({ mode }) => mode === 'reorder')) held.reverse();
    const answers = [];
    for (const { notice } of held) answers.push(...await this.send(notice, options));
    return answers;
  }

  async send(notice, { copies = 1, parallel = false, ...options } = {}) {
    if (!(copies >= 1 && copies <= mostCopies)) throw new Error(`${copies} copies`);
    const one = () => this.#deliver(notice, options);
    const answers = [];
    if (parallel) answers.push(...await Promise.all(Array.from({ length: copies }, one)));
    else for (let i = 0; i < copies; i += 1) answers.push(await one());
    return answers;
  }

  async redeliver({ rounds = 1, ...options } = {}) {
    const answers = [];
    const isOpen = (notice) => notice.answers.length > 0 && !notice.answers.some(({ status }) => status >= 200 && status < 300);
    for (let round = 0; round < Math.min(rounds, mostRounds); round += 1) {
      for (const notice of this.notices.filter(isOpen)) answers.push(...await this.send(notice, options));
    }
    return answers;
  }

  #compose(notice, { secret = null, age = 0, body = notice.body, query = notice.query, headers = {}, altered = false, forged = false } = {}) {
    const signed = this.sign(notice, { secret, age, body, query, forged });
    const sent = altered ? this.altered({ body, query }) : { body, query };
    return { ...sent, headers: { 'content-type': 'application/json', ...signed, ...headers } };
  }

  // One character of what was signed is another afterwards; still well-formed. Mercado Pago signs the query instead.
  altered({ body, query }) {
    const at = body.search(/\d/);
    return { query, body: body.slice(0, at) + ((Number(body[at]) + 1) % 10) + body.slice(at + 1) };
  }

  #deliver(notice, options) {
    const { body, query, headers } = this.#compose(notice, options);
    const target = new URL(options.target ?? this.webhookUrl ?? notice.target);
    if (!isLoopbackUrl(target.href)) throw new Error(`notifications go to this host alone, not to ${target.host}`);
    for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
    return this.#post(target, body, headers).then((answer) => {
      notice.answers.push(answer);
      return answer;
    });
  }

  // Never rejects: without an answer the status is 0.
  #post(target, body, headers) {
    const began = performance.now();
    return new Promise((resolve) => {
      const request = http.request(target, {
        method: 'POST', agent: false, timeout: patienceMs, localAddress: this.fromAddress,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      });
      const done = (answer) => {
        this.#underWay.delete(request);
        resolve({ ms: performance.now() - began, ...answer });
      };
      this.#underWay.add(request);
      request.on('timeout', () => request.destroy(new Error('no answer in time')));
      request.on('error', (error) => done({ status: 0, body: '', headers: {}, error: error.message }));
      request.on('response', (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('error', (error) => done({ status: 0, body: '', headers: {}, error: error.message }));
        response.on('end', () => done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts).toString() }));
      });
      request.end(body);
    });
  }

  cutDeliveries() {
    this.#held = [];
    for (const request of this.#underWay) request.destroy(new Error('the provider stops'));
  }
}
