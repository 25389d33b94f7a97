// What the three stand-in providers share: an HTTP server on a free loopback port with the provider's API and the page
// where people pay, a list of the API requests that came, faults, and notifications (notifier.mjs).
//
//   const stripe = await Stripe.start();                     // { clock } and what the provider's own file says
//   stripe.url, stripe.settings()                            // for Stack.start
//   stripe.requests                                          // { method, url, path, query, headers, body, form | json, status }
//   stripe.fault = { status: 500 }                           // an API call goes wrong until fault is null again:
//     { status, body }   { garbage: '<html>' }   { drop: true } (connection cut)   { hang: true } (until resume() or the
//     caller gives up)   { slowMs } (then the work is done and answered well, also when the caller left meanwhile)
//     with any: times (so often), match: (path, method) => boolean, after: true (the work is done, only the answer is lost),
//     stored: true (Stripe: the status is what the same idempotency key gets from now on)
//   await stripe.idle()                                      // until what follows answers (notifications) has been sent
//   await stripe.stop()                                      // throws when the stand-in itself went wrong
//
// What people do, the same for all three; `ref` is the session, preference or order, also as its checkout URL. Each sends
// the notifications that the provider sends, unless { webhook: false }:
//   pay(ref, { method: 'card' | 'slow' })   voucher(ref)   payVoucher(ref)   fail(ref)   expire(ref)
//   refund(ref, amount?)   failRefund(ref)   dispute(ref, amount?)   closeDispute(ref, 'won' | 'lost')
//   stale(ref, 'failed' | 'expired' | 'pending')   late news that is not true (any more)
//   tamper(ref, { amount, currency, reference, account: 'other' })   what the provider then says differs from what was asked
// Amounts are whole minor units of the provider.
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { checkoutPage, messagePage } from './hosted_page.mjs';
import { Notifier } from './notifier.mjs';
import { Refusal, html, pathPattern, readRequest, redirect, reply } from './wire.mjs';

export class Provider extends Notifier {
  fault = null;
  requests = [];
  errors = [];
  #server = http.createServer((message, response) => this.#serve(message, response));
  #background = new Set();
  #waiting = new Map();  // of hung and slow answers: what lets go, and its timer
  #routes = null;

  constructor({ clock = Date.now } = {}) {
    super();
    this.clock = clock;
  }

  static async start(options = {}) {
    const provider = new this(options);
    await provider.prepare(options);
    await new Promise((resolve, reject) => {
      provider.#server.on('error', reject);
      provider.#server.listen(0, '127.0.0.1', resolve);
    });
    provider.url = `http://127.0.0.1:${provider.#server.address().port}`;
    return provider;
  }

  // Before the server listens.
  async prepare() {}

  // Subclasses have:
  //   routes()                 [{ method, path, handler, open }] of the API; `open` ones need no key
  //   authorize(request)       throws the Refusal of a wrong key
  //   failure(status)          an answer that says so in the provider's form
  //   checkoutPath, refOf(url) where people pay, and which checkout an address or id names
  //   view(ref)                what that page shows (hosted_page.mjs) and whether it isOpen; null: unknown
  //   returnUrl(ref, action)   where the browser goes after pagar, efectivo or cancelar
  //   voucherLines(number)     what a voucher says

  seconds() { return Math.floor(this.clock() / 1000); }
  isoTime(ms = this.clock()) { return new Date(ms).toISOString(); }
  static id(prefix, length = 24) {
    const letters = '0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
    return prefix + [...randomBytes(length)].map((byte) => letters[byte % letters.length]).join('');
  }
  static digits(length) { return `${1 + (randomBytes(1)[0] % 9)}${[...randomBytes(length - 1)].map((byte) => byte % 10).join('')}`; }

  async #serve(message, response) {
    const request = await readRequest(message).catch(() => null);
    if (!request) {  // the caller left
      response.destroy();
      return;
    }
    try {
      const isPage = ['/favicon.ico', this.checkoutPath].includes(request.path) || [`${this.checkoutPath}/`, '/comprobante/'].some((path) => request.path.startsWith(path));
      const answer = isPage ? await this.#page(request) : await this.#call(request, response);
      if (!answer) return;
      if (answer.afterwards) response.on('close', () => this.inBackground(answer.afterwards));
      reply(response, answer);
    } catch (error) {
      this.#broke(error);
      response.destroy();
    }
  }

  // The answer to an API call; null when there will be none.
  async #call(request, response) {
    this.requests.push(request);
    const fault = this.#takeFault(request);
    if (fault) request.fault = fault;
    const answer = !fault || fault.after ? await this.#answer(request) : null;
    if (fault?.after && answer.afterwards) this.inBackground(answer.afterwards);
    const sent = fault ? await this.#misbehave(fault, request, response, answer) : answer;
    if (sent) request.status = sent.status;
    return sent;
  }

  #takeFault(request) {
    const { fault } = this;
    if (!fault || (fault.match && !fault.match(request.path, request.method))) return null;
    if (fault.times !== undefined) {
      if (fault.times <= 0) return null;
      fault.times -= 1;
    }
    return fault;
  }

  async #misbehave(fault, request, response, done) {
    const well = async () => (done ? { ...done, afterwards: undefined } : this.#answer(request));
    if (fault.slowMs) {
      await this.#wait(response, fault.slowMs);
      if (!fault.status && !fault.drop && fault.garbage === undefined) return well();
    }
    if (fault.hang) {
      const resumed = await this.#wait(response);
      return resumed ? well() : null;
    }
    if (fault.garbage !== undefined) return html(fault.status ?? 200, fault.garbage);
    if (fault.status) {
      const answer = { ...this.failure(fault.status), ...(fault.body === undefined ? {} : { body: fault.body }) };
      if (fault.stored) this.remember(request, answer);
      return answer;
    }
    if (!fault.drop) throw new Error(`no such fault: ${JSON.stringify(fault)}`);
    response.destroy();
    return null;
  }

  // Resolves to true at resume() or after `ms`, to false when the caller left or the provider stops.
  #wait(response, ms) {
    return new Promise((resolve) => {
      const letGo = (resumed) => {
        clearTimeout(this.#waiting.get(letGo));
        this.#waiting.delete(letGo);
        resolve(resumed);
      };
      this.#waiting.set(letGo, ms === undefined ? undefined : setTimeout(letGo, ms, true));
      response.on('close', () => letGo(false));
    });
  }

  // Answers what hangs, well.
  resume() {
    for (const letGo of [...this.#waiting.keys()]) letGo(true);
  }

  async #answer(request) {
    this.#routes ??= this.routes().map((route) => ({ ...route, pattern: pathPattern(route.path) }));
    try {
      for (const { method, pattern, handler, open } of this.#routes) {
        const found = method === request.method ? pattern.exec(request.path) : null;
        if (!found) continue;
        if (!open) this.authorize(request);
        return await handler.call(this, request, { ...found.groups });
      }
      return this.failure(404);
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      this.#broke(error);
      return this.failure(500);
    }
  }

  // The page where people pay, for a browser.
  async #page(request) {
    if (request.path.startsWith('/comprobante/')) return html(200, messagePage('Ficha de pago en efectivo', this.voucherLines(request.path.split('/').at(-1))));
    const ref = this.refOf(request.url);
    const view = this.view(ref);
    if (!view) return html(404, messagePage('Este pago no existe', []));
    if (request.method === 'GET') return view.isOpen ? html(200, checkoutPage(view, request.url)) : html(410, messagePage('Este pago ya no se puede hacer', []));
    const action = request.form?.accion;
    const does = { pagar: () => this.pay(ref), efectivo: () => this.voucher(ref), cancelar: () => null }[action];
    if (!does) return html(400, messagePage('Elige qué hacer', []));
    if (action !== 'cancelar' && !view.isOpen) return html(410, messagePage('Este pago ya no se puede hacer', []));
    await does();
    const back = this.returnUrl(ref, action);
    return this.returnsByItself(ref, action) ? redirect(back) : html(200, messagePage('Listo', [], { href: back, label: 'Volver al sitio' }));
  }

  returnsByItself() { return true; }
  remember() { throw new Error(`${this.constructor.name} replays no failures`); }

  // Something that nobody waits for: its failure is the stand-in's own.
  inBackground(work) {
    const running = Promise.resolve().then(work).catch((error) => this.#broke(error)).finally(() => this.#background.delete(running));
    this.#background.add(running);
  }

  async idle() {
    while (this.#background.size > 0) await Promise.all(this.#background);
  }

  #broke(error) { this.errors.push(error); }

  async stop() {
    for (const letGo of [...this.#waiting.keys()]) letGo(false);
    this.cutDeliveries();
    this.#server.closeAllConnections();
    await new Promise((resolve) => { this.#server.close(resolve); });
    await this.idle();
    await this.cleanUp?.();
    if (this.errors.length > 0) throw new AggregateError(this.errors, `the stand-in ${this.constructor.name} went wrong`);
  }
}
