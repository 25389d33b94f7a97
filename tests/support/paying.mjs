// Paying online, step by step, for the tests: one instance and its stand-in providers for a file, clients who owe, opening a
// checkout as the form does, waiting for what the ledger says. Every wait is bounded.
//
//   const site = usePaying({ settings, names: ['stripe'], prepare });   // stand-ins and instance of the file
//   const ana = await payer(site, { charges: ['350', '50.50'] });       // { visitor, id, email, charges: [ids], ... }
//   const { ref, url, payment } = await checkout(site, ana, site.stripe);
//   await site.stripe.pay(ref);
//   await becomes(site, payment, 'approved');
//   assert.deepEqual(await money(site, ana), { owed: '0.00', credit: '0.00', charges: ['paid', 'paid'] });
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Visitor } from './browser_client.mjs';
import { login, newcomer, until } from './flows.mjs';
import { startProviders } from './providers/index.mjs';
import { staff, staffPassword } from './staff.mjs';
import { Stack } from './stack.mjs';

export const payingPaths = {
  choose: '/clientes/portal/pagos/como-pagar/',
  pay: '/clientes/portal/pagos/pagar/',
  back: (name, reference) => `/clientes/portal/pagos/retorno/${name}/?reference=${reference}`,
  webhook: (name) => `/pagos/webhook/${name}/`,
  console: '/admin/pagos-en-linea/',
  attempt: (id) => `/admin/pagos-en-linea/${id}/`,
  links: '/admin/pagos-en-linea/enlaces/',
};

// The worker looks every second.
const quick = { PAYMENT_SWEEP_SECONDS: '1' };

// Stand-ins and an instance of ours before the tests of a file, with a member of staff; after them everything is stopped, and
// no secret may stand in a log.
// `prepare`: what happens to the stand-ins before their settings are read.
export function usePaying({ settings = {}, names, prepare = () => {} } = {}) {
  const site = {};
  before(async () => {
    site.providers = await startProviders(names);
    await prepare(site.providers);
    for (const provider of site.providers.all) site[provider.name] = provider;
    site.secrets = secretsOf(site.providers);
    site.stack = await Stack.start({ settings: { ...quick, ...site.providers.settings, ...settings } });
    site.providers.notifyAt(site.stack.url);
    site.staff = await staff(site.stack);
  });
  after(async () => {
    const told = site.stack ? await secretsInLogs(site).finally(() => site.stack.stop()) : [];
    await site.providers?.stop();
    assert.deepEqual(told, [], 'no key, token or signature stands in a log');
  });
  return site;
}

// The same test for each provider: one provider's tests one after another, the providers side by side.
export function matrix(title, site, cases, names = ['stripe', 'mercadopago', 'paypal']) {
  describe(title, { concurrency: names.length }, () => {
    for (const name of names) {
      describe(name, { concurrency: 1 }, () => {
        for (const [what, work] of Object.entries(cases)) test(what, () => work(site[name]));
      });
    }
  });
}

let payers = 0;

// A client with an account, logged in, who owes these amounts, the first due first.
export async function payer(site, { charges = ['350', '50.50'], currency = 'MXN', name, phone = null } = {}) {
  payers += 1;
  const who = `paga${payers}`;
  const email = `${who}@ejemplo.com`;
  const full = name ?? `Paga${payers} Apellido${payers}`;
  const [{ id }] = await site.stack.query(`WITH made AS (
      INSERT INTO account (username, email, password_hash) SELECT $1, $2, password_hash FROM account WHERE username = 'administrador'
      RETURNING id)
    INSERT INTO client (full_name, email, phone, account_id) SELECT $3, $2, $4, id FROM made RETURNING id`, [who, email, full, phone]);
  const ids = [];
  for (const [i, amount] of charges.entries()) ids.push(await owe(site, id, amount, { currency, concept: `Cargo ${i + 1}`, due: i - 3 }));
  const visitor = newcomer(site.stack);
  assert.equal((await login(visitor, who, staffPassword)).status, 303);
  return { visitor, id: Number(id), email, name: full, charges: ids };
}

export async function owe(site, client, amount, { currency = 'MXN', concept = 'Cargo', due = 0 } = {}) {
  const [row] = await site.stack.query(`INSERT INTO charge (client_id, concept, amount, currency, due_on)
    VALUES ($1, $2, $3, $4, current_date + $5::int) RETURNING id`, [client, concept, amount, currency, due]);
  return Number(row.id);
}

// What the form sends; the answer.
export async function pressPay(person, provider, { charges = person.charges, again = false, part } = {}) {
  const fields = new URLSearchParams({ provider: provider.name ?? provider });
  for (const id of charges) fields.append('charge', id);
  if (again) fields.set('otra_vez', '1');
  if (part !== undefined) fields.set('amount', part);
  person.token ??= Visitor.tokenOf(await person.visitor.get(payingPaths.choose));
  return person.visitor.post(payingPaths.pay, fields, { token: person.token });
}

// The way to the provider: { url, ref (the provider's), payment (ours), reference }.
export async function checkout(site, person, provider, options) {
  const answer = await pressPay(person, provider, options);
  assert.equal(answer.status, 303, answer.text);
  assert.ok(answer.location.startsWith(provider.url), answer.location);
  const [row] = await site.stack.query('SELECT id, reference, checkout_ref FROM payment_try WHERE checkout_url = $1', [answer.location]);
  return { url: answer.location, ref: row.checkout_ref, payment: Number(row.id), reference: row.reference };
}

export const comeBack = (person, provider, reference, more = '') => (person.visitor ?? person).get(payingPaths.back(provider.name, reference) + more);

export async function tryOf(site, payment) {
  return (await site.stack.query('SELECT * FROM payment_try WHERE id = $1', [payment]))[0];
}

export function becomes(site, payment, status, options) {
  return until(`payment ${payment} is ${status}`, async () => {
    const row = await tryOf(site, payment);
    return row.status === status ? row : null;
  }, options);
}

// Money that came: paid at the provider, collected, told, booked.
export async function paid(site, person, provider, options) {
  const open = await checkout(site, person, provider, options);
  await provider.pay(open.ref);
  await becomes(site, open.payment, 'approved');
  await provider.idle();
  return open;
}

// What a client owes and has, by the sums of the ledger; charge.status says the same or the test fails.
export async function money(site, person) {
  const rows = await site.stack.query(`SELECT charge.id, charge.status, sum(ledger_entry.amount) AS owed FROM charge
    JOIN ledger_entry ON charge_id = charge.id WHERE charge.client_id = $1 GROUP BY charge.id ORDER BY charge.id`, [person.id]);
  for (const { id, status, owed } of rows) assert.equal(status === 'pending', Number(owed) > 0, `charge ${id} is ${status} and ${owed} is owed`);
  const [sums] = await site.stack.query(`SELECT coalesce(sum(amount) FILTER (WHERE charge_id IS NOT NULL), 0)::numeric(14, 2)::text AS owed,
    coalesce(-sum(amount) FILTER (WHERE charge_id IS NULL), 0)::numeric(14, 2)::text AS credit FROM ledger_entry WHERE client_id = $1`, [person.id]);
  return { ...sums, charges: rows.map(({ status }) => status) };
}

export const moneyIs = (site, person, expected, options) => until(`money of ${person.name} is ${JSON.stringify(expected)}`, async () => {
  const now = await money(site, person);
  return Object.entries(expected).every(([name, value]) => JSON.stringify(now[name]) === JSON.stringify(value));
}, options).catch(async (error) => { throw new Error(`${error.message}, is ${JSON.stringify(await money(site, person))}`); });

// Everything of a client's money that may only grow by what really happened.
export async function traces(site, person) {
  const count = async (sql, values = [person.id]) => (await site.stack.query(`SELECT count(*)::int AS n FROM ${sql}`, values))[0].n;
  return {
    entries: await count("ledger_entry WHERE client_id = $1 AND kind <> 'charge'"),
    payments: await count("ledger_entry WHERE client_id = $1 AND kind = 'payment'"),
    receipts: await count('payment WHERE client_id = $1 AND receipt_number IS NOT NULL'),
    mails: await count("mail_outbox WHERE message = 'payment_received' AND recipient = $1", [person.email]),
  };
}

// Until no notification that came waits for the worker.
export const handled = (site) => until('every notification is handled', async () => {
  const [{ n }] = await site.stack.query('SELECT count(*)::int AS n FROM payment_event WHERE outcome IS NULL');
  return n === 0;
});

// A signed notification is answered with 2xx at once.
export function assertHeard(answers, most = Infinity) {
  assert.ok(answers.length > 0);
  for (const { status, body, ms } of answers) {
    assert.ok(status >= 200 && status < 300, `${status} ${body}`);
    assert.ok(ms < most, `answered after ${ms} ms`);
  }
}

function secretsOf({ all, settings }) {
  const isSecret = (name) => /SECRET|TOKEN|WEBHOOK_ID|CLIENT_ID/.test(name);
  return { names: all.map(({ name }) => name), texts: Object.entries(settings).filter(([name]) => isSecret(name)).map(([, value]) => value) };
}

// Keys, tokens that PayPal gave, and signatures that came, as they were; each line of a log that has one of them.
async function secretsInLogs({ stack, providers, secrets }) {
  const texts = new Set(secrets.texts);
  for (const provider of providers.all) {
    for (const { headers } of provider.requests) if (headers.authorization) texts.add(headers.authorization.split(' ')[1]);
    for (const notice of provider.notices.slice(0, 50)) {
      const headers = notice.headers();
      for (const name of ['stripe-signature', 'x-signature', 'paypal-transmission-sig']) if (headers[name]) texts.add(headers[name].split('v1=').at(-1).split(',')[0]);
    }
  }
  const folder = path.join(stack.data, 'log');
  const found = [];
  const names = await readdir(folder);
  assert.ok(names.length > 0 && texts.size > secrets.texts.length);
  for (const name of names) {
    const lines = (await readFile(path.join(folder, name), 'utf8')).split('\n');
    found.push(...lines.filter((line) => [...texts].some((text) => line.includes(text))));
  }
  return found;
}
