// Providers that are down, slow, hanging or talk rubbish, and programs of ours that are killed between the button and the
// redirect: a page answers in bounded time with clear words, nobody is charged twice, and nothing is stuck.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { said, slack, until } from '../support/flows.mjs';
import {
  becomes, checkout, comeBack, handled, matrix, money, paid, payer, payingPaths, pressPay, traces, tryOf, usePaying,
} from '../support/paying.mjs';
import { processes, signal } from '../support/processes.mjs';

// More processes than usual, so that tests side by side don't wait for each other's provider.
const site = usePaying({ settings: { WORKERS: '4' } });
const nothingOwed = { owed: '0.00', credit: '0.00', charges: ['paid', 'paid'] };
const untouched = { entries: 0, payments: 0, receipts: 0, mails: 0 };
const patient = { within: 40_000 };
// The page waits 7 s for a provider, and 1.5 s for its turn.
const longestPage = 9000 * slack;

const isOpening = (path, method) => method === 'POST' && /sessions$|preferences\/?$|orders$/.test(path);
const isAsking = (path, method) => method === 'GET' && !path.includes('/certs/') && !/\/(disputes|webhooks-events)/.test(path);
const isCollecting = (path, method) => method === 'POST' && path.endsWith('/capture');

const openings = (provider) => provider.requests.filter(({ path, method }) => isOpening(path, method));
const tries = (ana) => site.stack.query('SELECT id, status, stage, checkout_ref FROM payment_try WHERE client_id = $1 ORDER BY id', [ana.id]);

async function timed(work) {
  const began = performance.now();
  const answer = await work();
  return { answer, ms: performance.now() - began };
}

const faults = {
  'down (500)': { status: 500 }, 'down (503)': { status: 503 }, 'too many (429)': { status: 429 }, 'talks rubbish': { garbage: '<html>no</html>' },
  'answers half a truth': { status: 200, body: '{}' }, 'hangs up': { drop: true }, 'hangs up when all is done': { drop: true, after: true },
};

async function assertNextClickWorks(provider, ana) {
  const open = await checkout(site, ana, provider);
  await provider.pay(open.ref);
  await becomes(site, open.payment, 'approved', patient);
  await provider.idle();
  assert.deepEqual(await money(site, ana), nothingOwed);
  assert.deepEqual(await traces(site, ana), { entries: 2, payments: 2, receipts: 1, mails: 1 });
}

matrix('when the provider', site, {
  'fails while a checkout is opened, the page says so and the next click works': async (provider) => {
    const ana = await payer(site);
    for (const [what, fault] of Object.entries(faults)) {
      provider.fault = { ...fault, match: isOpening };
      const { answer, ms } = await timed(() => pressPay(ana, provider));
      assert.equal(answer.status, 503, `${what}: ${answer.status}`);
      assert.equal(answer.headers['retry-after'], '30');
      assert.match(answer.text, said('pay_provider_away'));
      assert.match(answer.body, new RegExp(`value="${ana.charges[0]}" checked`), 'what was chosen stays chosen');
      assert.ok(ms < longestPage, `${what}: ${ms} ms`);
    }
    provider.fault = null;
    assert.deepEqual(await traces(site, ana), untouched);
    assert.ok((await tries(ana)).every(({ status }) => status === 'failed'));
    assert.match((await site.staff.get(payingPaths.console)).text, /Último problema/);
    await assertNextClickWorks(provider, ana);
  },

  'is slow, the page waits for it': async (provider) => {
    const ana = await payer(site);
    provider.fault = { slowMs: 700, times: 1, match: isOpening };
    await assertNextClickWorks(provider, ana);
  },

  'refuses a checkout, the page says so and staff see why': async (provider) => {
    const ana = await payer(site);
    provider.fault = { status: 403, match: isOpening };
    const answer = await pressPay(ana, provider);
    assert.equal(answer.status, 422);
    assert.match(answer.text, said('pay_provider_refuses'));
    provider.fault = null;
    const [row] = await tries(ana);
    assert.match((await site.staff.get(payingPaths.attempt(row.id))).text, /403/);
    await assertNextClickWorks(provider, ana);
  },

  'fails while it is asked, the return page says that it is being confirmed, and the sweep settles': async (provider) => {
    const left = [];
    for (const [what, fault] of Object.entries(faults)) {
      if (fault.after) continue;
      const ana = await payer(site);
      const { ref, payment, reference } = await checkout(site, ana, provider);
      provider.fault = { ...fault, match: isAsking };
      await provider.pay(ref, { webhook: false });
      const { answer, ms } = await timed(() => comeBack(ana, provider, reference));
      assert.equal(answer.status, 200, what);
      assert.match(answer.text, /Estamos confirmando tu pago/, what);
      assert.match(answer.body, /http-equiv="refresh"|Refresh/i);
      assert.ok(ms < longestPage, `${what}: ${ms} ms`);
      left.push({ ana, payment });
    }
    provider.fault = null;
    for (const { ana, payment } of left) {
      await becomes(site, payment, 'approved', patient);
      assert.deepEqual(await money(site, ana), nothingOwed);
    }
  },
});

describe('when PayPal fails while money is collected', { concurrency: 1 }, () => {
  test('in any way, it is collected once, later, with the same key', async () => {
    const { paypal } = site;
    const captures = (ref) => paypal.requests.filter(({ path }) => path.endsWith(`${ref}/capture`));
    const left = [];
    for (const fault of Object.values(faults)) {
      const ana = await payer(site);
      const { ref, payment } = await checkout(site, ana, paypal);
      paypal.fault = { ...fault, match: isCollecting, times: 1 };
      await paypal.pay(ref);
      await until('it was tried', () => captures(ref).length > 0, patient);
      left.push({ ana, ref, payment });
    }
    paypal.fault = null;
    for (const { ana, ref, payment } of left) {
      await becomes(site, payment, 'approved', patient);
      assert.deepEqual(await money(site, ana), nothingOwed);
      assert.equal((await traces(site, ana)).receipts, 1);
      assert.equal(new Set(captures(ref).map(({ headers }) => headers['paypal-request-id'])).size, 1);
    }
  });

  test('because the payer\'s card is declined: it waits for another, and is collected then', async () => {
    const { paypal } = site;
    const ana = await payer(site);
    const { ref, payment, reference } = await checkout(site, ana, paypal);
    await paypal.fail(ref);
    await paypal.pay(ref);
    await until('it was refused', () => paypal.requests.some(({ path, status }) => path.endsWith(`${ref}/capture`) && status === 422));
    await handled(site);
    assert.equal((await tryOf(site, payment)).status, 'pending');
    assert.match((await comeBack(ana, paypal, reference)).text, /Estamos confirmando/);
    await paypal.pay(ref);
    await becomes(site, payment, 'approved', patient);
  });

  test('because its token ended: a new one is fetched', async () => {
    const ana = await payer(site);
    site.paypal.endTokens();
    await paid(site, ana, site.paypal);
    assert.deepEqual(await money(site, ana), nothingOwed);
  });
});

const children = async () => {
  const all = await processes(site.stack, 'payments');
  return all.filter(({ pid, parent }) => all.some((other) => other.pid === parent) && !all.some((other) => other.parent === pid));
};

// Kills the program that waits for the provider, as the operating system would.
async function pressAndKill(ana, provider, fault) {
  const before = openings(provider).length;
  provider.fault = { ...fault, match: isOpening };
  const pressed = pressPay(ana, provider).catch((error) => ({ status: 0, error }));
  await until('the provider is asked', () => openings(provider).length > before);
  return { pressed };
}

describe('a program that is killed between the button and the redirect', { concurrency: 1 }, () => {
  // Each way leaves the try at another step: the provider has not done it, has done it, has done it and said so.
  const steps = {
    'before the provider does anything': { hang: true },
    'after the provider did it': { slowMs: 60_000, after: true },
  };
  for (const name of ['stripe', 'mercadopago', 'paypal']) {
    for (const [step, fault] of Object.entries(steps)) {
      test(`${name}, ${step}: the next click works, and nothing is charged twice`, async () => {
        const provider = site[name];
        const ana = await payer(site);
        const { pressed } = await pressAndKill(ana, provider, fault);
        const killed = await children();
        assert.ok(killed.length > 0);
        signal(killed, 'SIGKILL');
        assert.notEqual((await pressed).status, 303);
        provider.fault = null;
        provider.resume();
        const [left] = await tries(ana);
        assert.deepEqual([left.status, left.stage, left.checkout_ref], ['pending', 'made', ''], 'the try is there, the checkout unknown');
        await until('the program is back', async () => (await ana.visitor.get(payingPaths.choose).catch(() => null))?.status === 200, patient);
        await assertNextClickWorks(provider, ana);
        const rows = await tries(ana);
        assert.deepEqual(rows.map(({ id }) => id), [left.id], 'it went on with the same try');
        const keys = openings(provider).slice(-2).map(({ headers }) => headers['idempotency-key'] ?? headers['x-idempotency-key'] ?? headers['paypal-request-id']);
        assert.equal(keys[0], keys[1], 'and with the same key');
      });
    }

    test(`${name}, while the browser waits for what was answered: the next click leads to the open checkout`, async () => {
      const provider = site[name];
      const ana = await payer(site);
      const open = await checkout(site, ana, provider);
      signal(await children(), 'SIGKILL');
      const again = await until('a click is answered', async () => {
        const answer = await pressPay(ana, provider).catch(() => null);
        return answer?.status === 303 ? answer : null;
      }, patient);
      assert.equal(again.location, open.url);
      assert.equal((await tries(ana)).length, 1);
    });
  }

  test('while the money is collected: it is collected once', async () => {
    const { paypal } = site;
    const ana = await payer(site);
    const { ref, payment, reference } = await checkout(site, ana, paypal);
    paypal.fault = { slowMs: 60_000, after: true, match: isCollecting };
    await paypal.approve(ref);
    const back = comeBack(ana, paypal, reference).catch(() => null);
    await until('it is being collected', () => paypal.requests.some(({ path }) => path.endsWith(`${ref}/capture`)));
    signal(await children(), 'SIGKILL');
    signal(await processes(site.stack, 'worker'), 'SIGKILL');
    await back;
    paypal.fault = null;
    paypal.resume();
    await becomes(site, payment, 'approved', patient);
    assert.deepEqual(await money(site, ana), nothingOwed);
    assert.equal((await traces(site, ana)).receipts, 1);
  });
});

describe('a provider that hangs', { concurrency: 1 }, () => {
  test('costs a page a bounded time, others stay quick, and all goes on when it is back', async () => {
    const { stripe } = site;
    const people = await Promise.all(Array.from({ length: 4 }, () => payer(site)));
    const ana = await payer(site);
    const open = await checkout(site, ana, stripe);
    stripe.fault = { hang: true };
    await stripe.pay(open.ref, { webhook: false });
    const pressed = people.map((person) => timed(() => pressPay(person, stripe)));
    const back = timed(() => comeBack(ana, stripe, open.reference));
    await until('somebody waits', () => openings(stripe).at(-1)?.fault?.hang);
    const other = await timed(() => people[0].visitor.get(payingPaths.choose));
    assert.equal(other.answer.status, 200);
    assert.ok(other.ms < 1500 * slack, `a page took ${other.ms} ms meanwhile`);
    for (const { answer, ms } of await Promise.all(pressed)) {
      assert.equal(answer.status, 503);
      assert.match(answer.text, said('pay_provider_away'));
      assert.ok(ms < longestPage, `${ms} ms`);
    }
    const { answer, ms } = await back;
    assert.equal(answer.status, 200);
    assert.match(answer.text, /Estamos confirmando tu pago/);
    assert.ok(ms < longestPage, `${ms} ms`);
    stripe.fault = null;
    stripe.resume();
    await becomes(site, open.payment, 'approved', patient);
    for (const person of people) assert.equal((await pressPay(person, stripe)).status, 303);
  });
});
