// The ways from the button to the receipt, with each provider: what counts is what the provider says, told or asked, and
// whatever the browser does changes nothing (SPEC.md 5).
import assert from 'node:assert/strict';
import { mailsTo, newcomer, said } from '../support/flows.mjs';
import {
  assertHeard, becomes, checkout, comeBack, handled, matrix, money, owe, paid, payer, payingPaths, pressPay, traces, tryOf, usePaying,
} from '../support/paying.mjs';

const site = usePaying();
const nothingOwed = { owed: '0.00', credit: '0.00', charges: ['paid', 'paid'] };
const once = { entries: 2, payments: 2, receipts: 1, mails: 1 };
const untouched = { entries: 0, payments: 0, receipts: 0, mails: 0 };

// What a browser brings back that claims to have paid.
const claims = {
  stripe: '&session_id=cs_test_a1',
  mercadopago: '&payment_id=123456789&status=approved&collection_status=approved&external_reference=otra&preference_id=1',
  paypal: '&token=5O190127TN364715T&PayerID=ABCDEFGHIJKLM',
};

matrix('the charges are paid once', site, {
  'by a notification alone, when the browser never comes back': async (provider) => {
    const ana = await payer(site);
    const { payment } = await paid(site, ana, provider);
    await handled(site);
    assert.deepEqual(await money(site, ana), nothingOwed);
    assert.deepEqual(await traces(site, ana), once);
    const [mail] = await mailsTo(site.stack, ana.email);
    assert.match(mail.text, /\$400\.50/);
    const history = await ana.visitor.get('/clientes/portal/pagos/');
    assert.match(history.text, said(`means_${provider.name}`));
    assert.equal((await ana.visitor.get(`/clientes/portal/pagos/${payment}/`)).status, 200);
  },

  'by the return alone, when no notification ever comes': async (provider) => {
    const ana = await payer(site);
    const { ref, payment, reference } = await checkout(site, ana, provider);
    await provider.pay(ref, { webhook: false });
    const page = await comeBack(ana, provider, reference);
    assert.equal(page.status, 200);
    await becomes(site, payment, 'approved');
    assert.match((await comeBack(ana, provider, reference)).text, /Recibimos tu pago/);
    assert.deepEqual(await money(site, ana), nothingOwed);
    assert.deepEqual(await traces(site, ana), once);
  },

  'by the sweep, when neither of them comes': async (provider) => {
    const ana = await payer(site);
    provider.delivery = 'drop';
    const { ref, payment } = await checkout(site, ana, provider);
    await (provider.approve ?? provider.pay).call(provider, ref);
    await becomes(site, payment, 'approved');
    await provider.idle();
    provider.delivery = 'deliver';
    assert.deepEqual(await money(site, ana), nothingOwed);
    assert.deepEqual(await traces(site, ana), once);
  },

  'by all of them at once, in any order': async (provider) => {
    const ana = await payer(site);
    provider.delivery = 'reorder';
    const { ref, payment, reference } = await checkout(site, ana, provider);
    await provider.pay(ref);
    const [answers, ...pages] = await Promise.all([provider.release({ copies: 3, parallel: true }),
      ...[1, 2, 3].map(() => comeBack(ana, provider, reference))]);
    assertHeard(answers);
    assert.ok(pages.every(({ status }) => status === 200));
    await becomes(site, payment, 'approved');
    await provider.idle();
    provider.delivery = 'deliver';
    await provider.release();
    await handled(site);
    assert.deepEqual(await money(site, ana), nothingOwed);
    assert.deepEqual(await traces(site, ana), once);
  },

  'by 50 copies of one notification at the same time, each answered with 2xx': async (provider) => {
    const ana = await payer(site);
    provider.delivery = { mode: 'repeat', copies: 50, parallel: true };
    const { ref, payment } = await checkout(site, ana, provider);
    await provider.pay(ref);
    await becomes(site, payment, 'approved');
    await provider.idle();
    provider.delivery = 'deliver';
    const own = provider.notices.filter(({ answers }) => answers.length === 50);
    assert.ok(own.length >= 1);
    for (const { answers } of own) assertHeard(answers);
    await handled(site);
    assert.deepEqual(await traces(site, ana), once);
    assert.equal((await mailsTo(site.stack, ana.email)).length, 1);
    const again = await provider.send(own.at(-1), { copies: 3 });
    assertHeard(again);
    await handled(site);
    assert.deepEqual(await traces(site, ana), once);
    const [{ n }] = await site.stack.query('SELECT count(*)::int AS n FROM payment_event WHERE payment_id = $1', [payment]);
    assert.equal(n, own.length, 'an event is stored once');
  },
});

matrix('the browser\'s return', site, {
  'that claims to have paid is not believed': async (provider) => {
    const ana = await payer(site);
    const { payment, reference, ref } = await checkout(site, ana, provider);
    for (const more of [claims[provider.name], '&status=paid&redirect_status=succeeded', '&cancelado=1']) {
      const page = await comeBack(ana, provider, reference, more);
      assert.equal(page.status, 200);
      assert.doesNotMatch(page.text, /Recibimos tu pago/);
    }
    assert.deepEqual(await traces(site, ana), untouched);
    assert.equal((await tryOf(site, payment)).status, 'pending');
    await provider.pay(ref);
    await becomes(site, payment, 'approved');
  },

  'to what is somebody else\'s is not found, and says nothing of it': async (provider) => {
    const [ana, berta] = [await payer(site), await payer(site)];
    const { reference, payment } = await checkout(site, ana, provider);
    const asked = provider.requests.length;
    const theirs = await comeBack(berta, provider, reference, claims[provider.name]);
    const nobodys = await comeBack(berta, provider, 'A'.repeat(43), claims[provider.name]);
    assert.deepEqual([theirs.status, nobodys.status], [404, 404]);
    assert.ok(!theirs.body.includes('400.50'));
    const stranger = newcomer(site.stack);
    for (const which of [reference, 'A'.repeat(43), '']) {
      const answer = await comeBack(stranger, provider, which);
      assert.equal(answer.status, 303);
      assert.match(answer.location, /^\/login\/\?next=/);
    }
    const other = ['stripe', 'paypal'].find((name) => name !== provider.name);
    assert.equal((await comeBack(ana, { name: other }, reference)).status, 404, 'nor at another provider');
    assert.deepEqual(await traces(site, berta), untouched);
    assert.equal((await tryOf(site, payment)).status, 'pending');
    const own = provider.requests.slice(asked).filter(({ url, body }) => url.includes('A'.repeat(43)) || body.includes('A'.repeat(43)));
    assert.deepEqual(own, [], 'the provider is not asked about what is not ours');
  },
});

matrix('news that comes late', site, {
  'and is not true any more changes nothing': async (provider) => {
    const ana = await payer(site);
    const { ref, payment } = await paid(site, ana, provider);
    for (const what of ['failed', 'expired', 'pending']) {
      await provider.stale(ref, what);
      assertHeard(provider.notices.at(-1).answers.slice(-1));
    }
    await handled(site);
    const row = await tryOf(site, payment);
    assert.deepEqual([row.status, row.stage], ['approved', 'paid']);
    assert.deepEqual(await money(site, ana), nothingOwed);
    assert.deepEqual(await traces(site, ana), once);
  },

  'of money is booked, though the payment had ended here': async (provider) => {
    const ana = await payer(site);
    const { ref, payment, reference } = await checkout(site, ana, provider);
    await site.stack.query(`WITH ended AS (UPDATE online_payment SET stage = 'expired', next_ask_at = NULL WHERE payment_id = $1)
      UPDATE payment SET status = 'failed' WHERE id = $1`, [payment]);
    assert.match((await comeBack(ana, provider, reference)).text, /no se completó/);
    await provider.pay(ref);
    await handled(site);
    if (provider.name === 'paypal') {  // what was only agreed to is not collected for what had ended
      assert.equal(provider.order(ref).capture, null);
      assert.deepEqual(await traces(site, ana), untouched);
      return;
    }
    await becomes(site, payment, 'approved');
    assert.deepEqual(await money(site, ana), nothingOwed);
    assert.deepEqual(await traces(site, ana), once);
  },
});

matrix('the button', site, {
  'pressed again leads to the same checkout, several at once too': async (provider) => {
    const ana = await payer(site);
    const first = await checkout(site, ana, provider);
    assert.equal((await pressPay(ana, provider)).location, first.url);
    const [{ n }] = await site.stack.query('SELECT count(*)::int AS n FROM payment WHERE client_id = $1', [ana.id]);
    assert.equal(n, 1);
    const berta = await payer(site);
    await pressPay(berta, provider, { charges: [] });
    const answers = await Promise.all([1, 2, 3].map(() => pressPay(berta, provider)));
    assert.equal(new Set(answers.map(({ location }) => location)).size, 1, answers.map(({ status, location }) => `${status} ${location}`).join(', '));
    const rows = await site.stack.query('SELECT id FROM payment WHERE client_id = $1', [berta.id]);
    assert.equal(rows.length, 1);
  },

  'with other charges makes another checkout and closes the first': async (provider) => {
    const ana = await payer(site);
    const first = await checkout(site, ana, provider);
    const second = await checkout(site, ana, provider, { charges: ana.charges.slice(1) });
    assert.notEqual(second.ref, first.ref);
    assert.equal((await tryOf(site, first.payment)).stage, 'replaced');
    await provider.pay(second.ref);
    await becomes(site, second.payment, 'approved');
    assert.deepEqual(await money(site, ana), { owed: '350.00', credit: '0.00', charges: ['pending', 'paid'] });
  },

  'for what is not mine, not owed, or not there is refused': async (provider) => {
    const [ana, berta] = [await payer(site), await payer(site)];
    const cancelled = await owe(site, ana.id, '10');
    await site.stack.query("UPDATE charge SET status = 'cancelled' WHERE id = $1", [cancelled]);
    const made = provider.requests.length;
    for (const charges of [berta.charges, [ana.charges[0], berta.charges[0]], [cancelled], ['x'], [-1], ['99999999999999999999']]) {
      const answer = await pressPay(ana, provider, { charges });
      assert.equal(answer.status, 422, String(charges));
      assert.match(answer.text, said('pay_not_payable'));
    }
    assert.match((await pressPay(ana, provider, { charges: [] })).text, said('pay_no_charges'));
    assert.match((await pressPay(ana, 'nadie')).text, said('pay_cannot_take'));
    const [{ n }] = await site.stack.query('SELECT count(*)::int AS n FROM payment WHERE client_id = ANY ($1)', [[ana.id, berta.id]]);
    assert.equal(n, 0);
    assert.ok(provider.requests.slice(made).every(({ method, path }) => method !== 'POST' || !/sessions$|preferences|orders$/.test(path)), 'the provider hears nothing');
    const stranger = newcomer(site.stack);
    assert.equal((await stranger.get(payingPaths.choose)).location, `/login/?next=${payingPaths.choose}`);
  },
});
