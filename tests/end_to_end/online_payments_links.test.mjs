// Paying a charge by link without login, cash vouchers, a part of what is owed, and what is offered at all: PayPal has no keys
// here.
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { Visitor } from '../support/browser_client.mjs';
import { assertPage, mailsTo, newcomer, said } from '../support/flows.mjs';
import {
  becomes, checkout, comeBack, handled, matrix, money, owe, paid, payer, payingPaths, pressPay, traces, tryOf, usePaying,
} from '../support/paying.mjs';
import { press, staff } from '../support/staff.mjs';
import { root, run } from '../support/stack.mjs';

const site = usePaying({ names: ['stripe', 'mercadopago'], settings: { PAYMENT_MINIMUM: '100' } });
const names = ['stripe', 'mercadopago'];
const nothingOwed = { owed: '0.00', credit: '0.00', charges: ['paid', 'paid'] };
const clean = (person) => ({ ...person, token: undefined });

const change = (fields, who = site.staff) => press(who, payingPaths.links, payingPaths.links, fields);
const pathOf = (url) => new URL(url).pathname;

// A link that staff make: { url, id }. Its token is a secret of the instance's logs, too.
async function link(charge, fields = {}) {
  const made = await change({ accion: 'crear', charge, canal: 'ver', ...fields });
  assert.equal(made.status, 303, made.text);
  const page = await site.staff.get(payingPaths.links);
  const id = /#e(\d+)$/.exec(made.location)[1];
  const item = page.body.slice(page.body.indexOf(`id="e${id}"`)).split('</li>')[0];
  const url = /<p class="result">([^<]+)</.exec(item)[1];
  site.secrets.texts.push(url.split('/').at(-2));
  return { url, id, item };
}

const pay = (visitor, url, provider, more = {}) => visitor.submit(pathOf(url), { provider: provider.name, ...more });

matrix('a link to pay', site, {
  'is opened and paid by anybody, and shows the first name and the amount alone': async (provider) => {
    const ana = await payer(site, { name: 'Anabel Quintanilla Robles', charges: ['350', '77.77'] });
    const { url } = await link(ana.charges[0]);
    const neighbour = newcomer(site.stack);
    const page = await neighbour.get(pathOf(url));
    assert.equal(page.status, 200);
    assert.match(page.text, /Anabel.*\$350\.00/);
    for (const text of ['Quintanilla', 'Robles', ana.email, 'Cargo 1', 'Cargo 2', '77.77']) assert.ok(!page.body.includes(text), text);
    assert.equal(page.headers['cache-control'], 'no-store');
    const answer = await pay(neighbour, url, provider, { charge: String(ana.charges[1]), amount: '100' });
    assert.equal(answer.status, 303, answer.text);
    assert.equal((await pay(neighbour, url, provider)).location, answer.location, 'pressed again, the same checkout');
    await provider.pay(answer.location);
    const [row] = await site.stack.query('SELECT id, reference FROM payment_try WHERE checkout_url = $1', [answer.location]);
    await becomes(site, row.id, 'approved');
    assert.deepEqual(await money(site, ana), { owed: '77.77', credit: '0.00', charges: ['paid', 'pending'] });
    const back = await comeBack(neighbour, provider, row.reference);
    assert.equal(back.status, 200);
    assert.match(back.text, /Recibimos tu pago \$350\.00/);
    for (const text of ['Anabel', ana.email, 'Ver el recibo', 'Cargo 1']) assert.ok(!back.body.includes(text), text);
    assert.match((await neighbour.get(pathOf(url))).text, /Ya está pagado/);
    const late = await neighbour.post(pathOf(url), { provider: provider.name }, { token: Visitor.tokenOf(page) });
    assert.equal(late.status, 422);
    assert.match(late.text, /Ya está pagado/);
    assert.equal((await mailsTo(site.stack, ana.email)).length, 1);
  },

  'goes by mail and by WhatsApp, and is on record': async (provider) => {
    const ana = await payer(site, { phone: '9931234567' });
    const { url, item } = await link(ana.charges[0], { canal: 'correo' });
    const [mail] = await mailsTo(site.stack, ana.email);
    assert.ok(mail.text.includes(url));
    assert.match(mail.text, /\$350\.00/);
    const [, whatsapp] = /href="(https:\/\/wa\.me\/[^"]+)"/.exec(item);
    assert.match(whatsapp, /^https:\/\/wa\.me\/52\d{10}\?text=/);
    assert.ok(decodeURIComponent(whatsapp.replaceAll('&#x2F;', '/')).includes(url));
    const rows = await site.stack.query("SELECT action, details FROM audit_log WHERE subject = $1 AND action LIKE 'payment_link%'", [`client:${ana.id}`]);
    assert.deepEqual(rows.map(({ action, details }) => [action, details.by_mail]), [['payment_link_made', true]]);
    const { ref } = await checkout(site, ana, provider, { charges: ana.charges.slice(1) });
    await provider.pay(ref);
  },

  'ends: in time, revoked, by a newer one, with the charge': async (provider) => {
    const ana = await payer(site);
    const visitor = newcomer(site.stack);
    const old = await link(ana.charges[0]);
    const page = await visitor.get(pathOf(old.url));
    const token = Visitor.tokenOf(page);
    const gone = async ({ url }, what) => {
      const asked = provider.requests.length;
      assertPage(await visitor.get(pathOf(url)), 410, 'payments/dead_link');
      assertPage(await visitor.post(pathOf(url), { provider: provider.name }, { token }), 410, 'payments/dead_link');
      assert.ok(provider.requests.slice(asked).every(({ body }) => !body.includes(ana.email)), what);
    };
    const newer = await link(ana.charges[0]);
    await gone(old, 'a newer one');
    assert.equal((await visitor.get(pathOf(newer.url))).status, 200);
    assert.equal((await change({ accion: 'revocar', enlace: newer.id })).status, 303);
    await gone(newer, 'revoked');
    assert.match((await change({ accion: 'revocar', enlace: newer.id })).text, said('link_gone'));
    const late = await link(ana.charges[0]);
    await site.stack.query("UPDATE payment_link SET expires_at = now() - interval '1 second' WHERE id = $1", [late.id]);
    await gone(late, 'too late');
    assert.equal((await visitor.get(pathOf(late.url).replace(/.{4}\/$/, 'AAAA/'))).status, 404);
    assert.equal((await visitor.get(`/pagos/enlace/${'A'.repeat(43)}/`)).status, 404);
    await paid(site, ana, provider);
    assert.match((await change({ accion: 'crear', charge: ana.charges[0], canal: 'ver' })).text, said('link_nothing_owed'));
  },
}, names);

test('links are made by those who operate, and seen by no others', async () => {
  const ana = await payer(site);
  const { url } = await link(ana.charges[0]);
  const reader = await staff(site.stack, 'consulta');
  const page = await reader.get(payingPaths.links);
  assert.equal(page.status, 200);
  assert.ok(!page.body.includes(url));
  assert.equal((await change({ accion: 'crear', charge: ana.charges[0], canal: 'ver' }, reader)).status, 403);
  assert.equal((await ana.visitor.get(payingPaths.links)).status, 403);
  assert.equal((await ana.visitor.get(payingPaths.console)).status, 403);
  for (const [fields, text] of [[{ accion: 'crear', charge: 999999 }, 'link_no_charge'], [{ accion: 'bailar' }, 'link_action_missing']]) {
    assert.match((await change(fields)).text, said(text));
  }
  const [{ id }] = await site.stack.query("INSERT INTO client (full_name) VALUES ('Sin Correo') RETURNING id");
  assert.match((await change({ accion: 'crear', charge: await owe(site, id, '10'), canal: 'correo' })).text, said('link_no_email'));
});

matrix('a cash voucher', site, {
  'is waited for, shown with amount and end, and not made twice without a warning': async (provider) => {
    const ana = await payer(site);
    const { ref, payment, reference } = await checkout(site, ana, provider);
    await provider.voucher(ref);
    await handled(site);
    const row = await tryOf(site, payment);
    assert.deepEqual([row.status, row.stage], ['pending', 'waiting']);
    for (const page of [await comeBack(ana, provider, reference), await ana.visitor.get(payingPaths.choose)]) {
      assert.match(page.text, /Esperamos tu pago en efectivo.*\$400\.50/);
      assert.match(page.text, /\d{1,2} \w{3} 20\d\d/, 'its end');
      assert.ok(page.body.includes('/comprobante/'), 'the voucher again');
    }
    for (const other of [provider, site[names.find((name) => name !== provider.name)]]) {
      const warned = await pressPay(clean(ana), other, { charges: ana.charges.slice(0, 1) });
      assert.equal(warned.status, 422);
      assert.match(warned.text, said('pay_on_its_way'));
      assert.match(warned.body, /name="otra_vez" value="1"/);
    }
    const { url } = await link(ana.charges[0]);
    assert.match((await pay(newcomer(site.stack), url, provider)).text, said('pay_on_its_way'), 'nor by link');
    assert.deepEqual(await traces(site, ana), { entries: 0, payments: 0, receipts: 0, mails: 0 });
    const second = await checkout(site, ana, provider, { again: true, charges: ana.charges.slice(0, 1) });
    await provider.pay(second.ref);
    await becomes(site, second.payment, 'approved');
    await provider.payVoucher(ref);
    await becomes(site, payment, 'approved');
    assert.deepEqual(await money(site, ana), { ...nothingOwed, credit: '350.00' });
  },

  'that nobody pays ends, and the charges can be paid': async (provider) => {
    const ana = await payer(site);
    const { ref, reference } = await checkout(site, ana, provider);
    await provider.voucher(ref);
    await handled(site);
    await provider.expire(ref);
    await handled(site);
    assert.doesNotMatch((await ana.visitor.get(payingPaths.choose)).text, /Esperamos tu pago/);
    assert.equal((await comeBack(ana, provider, reference)).status, 200);
    await paid(site, ana, provider);
    assert.deepEqual(await money(site, ana), nothingOwed);
  },

  'or a card that the provider has yet to decide about is not asked for again, and is told when it is decided': async (provider) => {
    const ana = await payer(site);
    const { ref, payment, reference } = await checkout(site, ana, provider);
    await provider.pay(ref, { method: 'slow' });
    await handled(site);
    assert.equal((await tryOf(site, payment)).stage, 'processing');
    assert.match((await comeBack(ana, provider, reference)).text, /Tu pago se está confirmando/);
    assert.match((await ana.visitor.get(payingPaths.choose)).text, /está confirmando un pago de/);
    assert.match((await pressPay(clean(ana), provider)).text, said('pay_on_its_way'));
    await provider.payVoucher(ref);
    await becomes(site, payment, 'approved');
    assert.deepEqual(await money(site, ana), nothingOwed);
  },
}, names);

matrix('a part of what is owed', site, {
  'is paid from the minimum on, and the rest stays owed': async (provider) => {
    const ana = await payer(site);
    for (const [part, text] of [['99.99', 'pay_part_too_small'], ['400.51', 'pay_part_too_large'], ['cien', 'amount_malformed'], ['-5', 'amount_malformed']]) {
      const answer = await pressPay(ana, provider, { part });
      assert.equal(answer.status, 422, part);
      assert.match(answer.text, said(text));
    }
    const { payment, ref } = await checkout(site, ana, provider, { part: '360.25' });
    await provider.pay(ref);
    await becomes(site, payment, 'approved');
    assert.deepEqual(await money(site, ana), { owed: '40.25', credit: '0.00', charges: ['paid', 'pending'] });
    assert.match((await ana.visitor.get(payingPaths.choose)).text, /\$40\.25 de \$50\.50/);
    assert.equal((await pressPay(ana, provider, { charges: ana.charges.slice(1), part: '40' })).status, 422, 'less than the minimum is paid whole');
    await paid(site, ana, provider, { charges: ana.charges.slice(1) });
  },
}, names);

describe('a provider without keys', () => {
  test('is not shown, cannot be chosen, and its webhook is not there', async () => {
    const ana = await payer(site);
    const page = await ana.visitor.get(payingPaths.choose);
    assert.deepEqual([...page.body.matchAll(/name="provider" value="(\w+)"/g)].map(([, name]) => name), names);
    assert.match((await pressPay(ana, 'paypal')).text, said('pay_cannot_take'));
    const stranger = newcomer(site.stack);
    for (const [name, status] of [['paypal', 404], ['stripe', 401], ['otro', 404]]) {
      const answer = await stranger.request('POST', payingPaths.webhook(name), { body: '{}', headers: { 'content-type': 'application/json' } });
      assert.equal(answer.status, status, name);
    }
    assert.ok(!(await site.staff.get(payingPaths.console)).text.includes('PayPal'));
  });

  const bin = path.join(process.env.VENTANILLA_BUILD_DIR ?? path.join(root, 'build/test'), 'bin');
  const live = { STRIPE_SECRET_KEY: 'sk_live_51NoSuchKey', MERCADOPAGO_ACCESS_TOKEN: 'APP_USR-1234567890123456-112117-0123456789abcdef0123456789abcdef-1' };
  for (const [program, key, base] of [['payments', 'STRIPE_SECRET_KEY', 'STRIPE_API_BASE'], ['worker', 'STRIPE_SECRET_KEY', 'STRIPE_API_BASE'],
    ['payments', 'MERCADOPAGO_ACCESS_TOKEN', 'MERCADOPAGO_API_BASE'], ['worker', 'MERCADOPAGO_ACCESS_TOKEN', 'MERCADOPAGO_API_BASE']]) {
    test(`or with a live one and another address: ${program} refuses to start because of ${base}`, async () => {
      const env = { ...site.stack.env, PATH: process.env.PATH, ...site.providers.settings };
      assert.equal((await run(path.join(bin, program), ['--check'], { env })).code, 0);
      const { code, stderr, stdout } = await run(path.join(bin, program), [], { env: { ...env, [key]: live[key] } });
      assert.equal(code, 102, stdout + stderr);
      assert.match(stderr, new RegExp(base));
      assert.ok(!(stdout + stderr).includes(live[key]));
    });
  }
});
