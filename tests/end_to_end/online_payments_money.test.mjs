// Money that does not fit, comes twice, goes back or comes late: what the ledger makes of it, with each provider. Balances are
// always the sums of the ledger (tests/support/paying.mjs looks at every charge).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { said, until } from '../support/flows.mjs';
import { assertHeard, becomes, checkout, handled, matrix, money, moneyIs, owe, paid, payer, payingPaths, traces, tryOf, usePaying } from '../support/paying.mjs';
import { press, staffPaths } from '../support/staff.mjs';

const site = usePaying();
const untouched = { entries: 0, payments: 0, receipts: 0, mails: 0 };
const nothingOwed = { owed: '0.00', credit: '0.00', charges: ['paid', 'paid'] };
const allOwed = { owed: '400.50', credit: '0.00', charges: ['pending', 'pending'] };
const cents = 100;

const quarantines = (reference, payment) => site.stack.query(`SELECT id, reason, amount, currency, payment_id, decided_at, decision, note
  FROM payment_quarantine WHERE reference = $1 OR payment_id = $2`, [reference, payment]);

// A payment of which the provider says something else than was asked: { ana, payment, row }.
async function misfit(provider, changes) {
  const ana = await payer(site);
  const open = await checkout(site, ana, provider);
  provider.tamper(open.ref, changes);
  await provider.pay(open.ref);
  const [row] = await until('it is put aside', async () => {
    const rows = await quarantines(changes.reference ?? open.reference, open.payment);
    return rows.length > 0 ? rows : null;
  });
  await provider.idle();
  return { ana, ...open, row };
}

const decide = (fields) => press(site.staff, payingPaths.console, payingPaths.console, fields);
const audited = async (action, client) => (await site.stack.query(
  'SELECT details FROM audit_log WHERE action = $1 AND subject = $2', [action, client ? `client:${client}` : ''])).map(({ details }) => details);

const reasons = { amount: { amount: 100 * cents }, currency: { currency: 'USD' }, reference: { reference: 'de-otra-tienda' }, account: { account: 'other' } };

matrix('money that does not fit', site, Object.fromEntries(Object.keys(reasons).map((reason) => [
  `because of another ${reason} is put aside, shown to staff and never applied`, async (provider) => {
    // PayPal shows an application nothing but its own account's orders.
    if (provider.name === 'paypal' && reason === 'account') return;
    const changes = reason === 'reference' ? { reference: `de-otra-tienda-${provider.name}` } : reasons[reason];
    const { ana, ref, payment, row } = await misfit(provider, changes);
    assert.equal(row.reason, reason);
    await handled(site);
    assert.deepEqual([await money(site, ana), await traces(site, ana)], [allOwed, untouched]);
    const page = await site.staff.get(payingPaths.console);
    assert.match(page.body, new RegExp(`id="q${row.id}"[\\s\\S]*?${said(`quarantine_${reason}`).source}`));
    await provider.stale(ref, 'pending');
    await handled(site);
    assert.equal((await quarantines(changes.reference ?? '', payment)).length, 1, 'once, however often it is told');
    if (provider.name !== 'mercadopago' || reason !== 'reference') assert.equal((await tryOf(site, payment)).status, 'quarantined');
  },
])));

matrix('staff decide about money that does not fit', site, {
  'and book it: as it came, with a receipt, audited; a refund of it goes back': async (provider) => {
    const { ana, ref, payment, row } = await misfit(provider, { amount: 100 * cents });
    for (const [fields, text] of [[{ nota: '' }, 'quarantine_note_required'], [{ nota: 'x'.repeat(501) }, 'text_too_long'],
      [{ cliente: '999999' }, 'quarantine_no_client'], [{ accion: 'bailar' }, 'quarantine_action_missing']]) {
      const answer = await decide({ accion: 'reservar', cuarentena: row.id, cliente: ana.id, nota: 'Llamó y lo explicó', ...fields });
      assert.equal(answer.status, 422);
      assert.match(answer.text, said(text));
    }
    assert.deepEqual(await traces(site, ana), untouched);
    const answers = await Promise.all([1, 2].map(() => decide({ accion: 'reservar', cuarentena: row.id, cliente: ana.id, nota: 'Llamó y lo explicó' })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 422], 'once, though pressed twice');
    const owed = { owed: '300.50', credit: '0.00', charges: ['pending', 'pending'] };
    assert.deepEqual(await money(site, ana), owed);
    assert.deepEqual(await traces(site, ana), { entries: 1, payments: 1, receipts: 1, mails: 1 });
    assert.equal((await tryOf(site, payment)).status, 'failed');
    const [details] = await audited('quarantine_booked', ana.id);
    assert.equal(details.note, 'Llamó y lo explicó');
    assertHeard(await provider.send(provider.notices.findLast(({ answers: got }) => got.length > 0), { copies: 3 }));
    await handled(site);
    assert.deepEqual(await money(site, ana), owed);
    await provider.refund(ref);
    await moneyIs(site, ana, allOwed);
  },

  'and dismiss it: nothing is booked, and what the provider tells later changes nothing': async (provider) => {
    const { ana, ref, payment, row } = await misfit(provider, { amount: 100 * cents });
    assert.equal((await decide({ accion: 'descartar', cuarentena: row.id, nota: 'Se devolvió' })).status, 303);
    await provider.refund(ref);
    await handled(site);
    assert.deepEqual([await money(site, ana), await traces(site, ana)], [allOwed, untouched]);
    assert.equal((await tryOf(site, payment)).status, 'failed');
    const rows = await quarantines('', payment);
    assert.deepEqual(rows.map(({ decision, note }) => [decision, note]), [['dismissed', 'Se devolvió']]);
    assert.ok((await audited('quarantine_dismissed', null)).some(({ note }) => note === 'Se devolvió'));
    const again = await paid(site, ana, provider);
    assert.equal((await tryOf(site, again.payment)).status, 'approved');
  },
});

// Told by copies that arrive together, it counts once.
async function told(provider, work) {
  provider.delivery = { mode: 'repeat', copies: 5, parallel: true };
  await work();
  provider.delivery = 'deliver';
}

matrix('money that goes back', site, {
  'in part reopens what is due last, the rest all of it, each once': async (provider) => {
    const ana = await payer(site);
    const { ref, payment } = await paid(site, ana, provider);
    await told(provider, () => provider.refund(ref, 100 * cents));
    await moneyIs(site, ana, { owed: '100.00', charges: ['pending', 'pending'] });
    await handled(site);
    assert.equal((await tryOf(site, payment)).status, 'approved');
    const shown = await site.staff.get(payingPaths.attempt(payment));
    assert.match(shown.text, /Devuelto \$100\.00/);
    await told(provider, () => provider.refund(ref));
    await moneyIs(site, ana, allOwed);
    await handled(site);
    assert.equal((await tryOf(site, payment)).status, 'refunded');
    assert.deepEqual(await money(site, ana), allOwed);
    const again = await paid(site, ana, provider);
    assert.notEqual(again.payment, payment);
    assert.deepEqual(await money(site, ana), nothingOwed);
  },

  'and comes back because the refund failed is applied again': async (provider) => {
    const ana = await payer(site);
    const { ref, payment } = await paid(site, ana, provider);
    await provider.refund(ref);
    await moneyIs(site, ana, allOwed);
    await told(provider, () => provider.failRefund(ref));
    await moneyIs(site, ana, nothingOwed);
    await handled(site);
    assert.equal((await tryOf(site, payment)).status, 'approved');
    assert.deepEqual(await money(site, ana), nothingOwed);
  },

  'by a dispute is owed again until it is won': async (provider) => {
    const ana = await payer(site);
    const { ref, payment } = await paid(site, ana, provider);
    await told(provider, () => provider.dispute(ref));
    await moneyIs(site, ana, allOwed);
    assert.match((await site.staff.get(payingPaths.attempt(payment))).text, /En disputa \$400\.50/);
    await told(provider, () => provider.closeDispute(ref, 'won'));
    await moneyIs(site, ana, nothingOwed);
    await handled(site);
    assert.deepEqual(await money(site, ana), nothingOwed);
    const kinds = await site.stack.query('SELECT kind, sum(amount) AS amount FROM ledger_entry WHERE payment_id = $1 GROUP BY kind ORDER BY kind', [payment]);
    assert.deepEqual(kinds, [{ kind: 'dispute', amount: '400.50' }, { kind: 'dispute_won', amount: '-400.50' }, { kind: 'payment', amount: '-400.50' }]);
    assert.ok((await audited('online_payment_disputed', ana.id)).length >= 2);
  },

  'by a dispute that is lost stays owed': async (provider) => {
    const ana = await payer(site);
    const { ref, payment } = await paid(site, ana, provider);
    await provider.dispute(ref);
    await moneyIs(site, ana, allOwed);
    await told(provider, () => provider.closeDispute(ref, 'lost'));
    await handled(site);
    assert.deepEqual(await money(site, ana), allOwed);
    assert.equal((await tryOf(site, payment)).status, 'refunded');
  },

  'though the notifications come last first, ends the same': async (provider) => {
    const ana = await payer(site);
    provider.delivery = 'reorder';
    const { ref, payment } = await checkout(site, ana, provider);
    await provider.pay(ref);
    if (provider.name === 'paypal') await becomes(site, payment, 'approved');
    await provider.refund(ref, 50 * cents);
    await provider.refund(ref, 50 * cents);
    assertHeard(await provider.release({ copies: 2, parallel: true }));
    provider.delivery = 'deliver';
    await moneyIs(site, ana, { owed: '100.00', credit: '0.00' });
    await handled(site);
    assert.deepEqual((await money(site, ana)).owed, '100.00');
  },
});

describe('money that goes back in a provider\'s own way', { concurrency: 3 }, () => {
  for (const name of ['stripe', 'paypal']) {
    test(`${name}: a dispute over a part holds that part, and lost it stays so beside a refund of the rest`, async () => {
      const ana = await payer(site);
      const { ref, payment } = await paid(site, ana, site[name]);
      await site[name].dispute(ref, 100 * cents);
      await moneyIs(site, ana, { owed: '100.00' });
      await site[name].closeDispute(ref, 'lost');
      await site[name].refund(ref, 300 * cents);
      await moneyIs(site, ana, { owed: '400.00' });
      await handled(site);
      assert.equal((await tryOf(site, payment)).status, 'approved', 'a part is still ours');
    });
  }

  test('mercadopago: a claim holds nothing until it is lost', async () => {
    const { mercadopago } = site;
    const ana = await payer(site);
    const { ref } = await paid(site, ana, mercadopago);
    await mercadopago.dispute(ref, undefined, { claim: true });
    await handled(site);
    assert.deepEqual(await money(site, ana), nothingOwed);
    await mercadopago.closeDispute(ref, 'lost');
    await moneyIs(site, ana, allOwed);
  });

  test('paypal: what PayPal itself takes back is owed again', async () => {
    const ana = await payer(site);
    const { ref } = await paid(site, ana, site.paypal);
    await site.paypal.reverse(ref);
    await moneyIs(site, ana, allOwed);
  });
});

describe('charges that are paid otherwise meanwhile', { concurrency: 3 }, () => {
  const isClosing = (path, method) => (method === 'POST' && path.endsWith('/expire')) || (method === 'PUT' && path.includes('/preferences/'));

  test('twice, in two tabs with two providers, become credit that staff see and the next charge uses', async () => {
    const { stripe, mercadopago } = site;
    const ana = await payer(site);
    stripe.fault = { status: 500, match: isClosing };  // it cannot be closed in time
    const first = await checkout(site, ana, stripe);
    const second = await checkout(site, ana, mercadopago);
    await Promise.all([stripe.pay(first.ref), mercadopago.pay(second.ref)]);
    await becomes(site, first.payment, 'approved');
    await becomes(site, second.payment, 'approved');
    stripe.fault = null;
    assert.deepEqual(await money(site, ana), { ...nothingOwed, credit: '400.50' });
    const page = await site.staff.get(staffPaths.client(ana.id).replace('change', 'pagos'));
    assert.match(page.text, /a favor \$400\.50/);
    await owe(site, ana.id, '400.50', { concept: 'El mes que sigue' });
    assert.deepEqual(await money(site, ana), { owed: '0.00', credit: '0.00', charges: ['paid', 'paid', 'paid'] });
  });

  test('twice in one checkout of Mercado Pago become credit, and a refund of one of them takes it back', async () => {
    const ana = await payer(site);
    const { ref } = await checkout(site, ana, site.mercadopago);
    await Promise.all([site.mercadopago.pay(ref), site.mercadopago.pay(ref)]);
    await moneyIs(site, ana, { ...nothingOwed, credit: '400.50' });
    await handled(site);
    assert.deepEqual(await traces(site, ana), { entries: 3, payments: 3, receipts: 2, mails: 2 });
    assert.equal((await audited('online_payment_repeated', ana.id)).length, 1);
    await owe(site, ana.id, '100', { concept: 'El mes que sigue' });
    assert.deepEqual(await money(site, ana), { owed: '0.00', credit: '300.50', charges: ['paid', 'paid', 'paid'] });
    await site.mercadopago.refund(ref);
    await moneyIs(site, ana, { owed: '100.00', credit: '0.00' });  // whichever of the two came first
  });

  test('in cash: the open checkout is closed at the provider, and PayPal is not collected', async () => {
    const pay = async (provider, amount) => {
      const person = await payer(site);
      const open = await checkout(site, person, provider);
      const booked = await site.stack.run('registrar-pago', '--cliente', String(person.id), '--monto', amount, '--medio', 'efectivo');
      assert.equal(booked.code, 0, booked.stderr);
      return { person, ...open };
    };
    for (const provider of [site.stripe, site.mercadopago]) {
      const { ref, person } = await pay(provider, '400.50');
      await until('it is closed', () => !provider.view(ref).isOpen);
      assert.deepEqual(await money(site, person), nothingOwed);
      const part = await pay(provider, '100');
      await until('it is closed, for it asks too much', () => !provider.view(part.ref).isOpen);
    }
    for (const amount of ['400.50', '100']) {
      const { ref, payment, person } = await pay(site.paypal, amount);
      await site.paypal.pay(ref);
      await becomes(site, payment, 'failed');
      assert.equal(site.paypal.order(ref).capture, null);
      assert.equal((await traces(site, person)).receipts, 1);
    }
  });
});
