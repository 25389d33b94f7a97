// Staff and the money of their clients over HTTP (SPEC.md 4, 7): services, charges, payments, the day's closing, changes of
// profiles that wait, and the first page's numbers.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Visitor } from '../support/browser_client.mjs';
import { assertPage, goodPassword, login, mailsTo, said, until, useStack } from '../support/flows.mjs';
import { addClient, fact, press, staff, staffPaths } from '../support/staff.mjs';

const { stack, visitor } = useStack({ settings: { LOGIN_FAILURE_MS: '0', PROFILE_APPROVAL: '1', CURRENCY: 'MXN', PROMISE_MAX_DAYS: '15' } });

const of = (id, page) => `/admin/clientes/cliente/${id}/${page}/`;
const cash = '/admin/caja/';
const profiles = '/admin/perfiles/';

const people = {};
async function as(rol, usuario = rol) {
  people[usuario] ??= await staff(stack(), rol, usuario);
  return people[usuario];
}

// Days from today where the server is, as a date field sends them.
async function day(from) {
  const [row] = await stack().query("SELECT to_char((now() AT TIME ZONE $2)::date + $1::int, 'YYYY-MM-DD') AS day", [from, stack().env.TIME_ZONE ?? 'America/Mexico_City']);
  return row.day;
}

const owed = async (id) => (await stack().query('SELECT coalesce(sum(amount), 0)::text AS owed FROM ledger_entry WHERE client_id = $1', [id]))[0].owed;
const credit = async (id) => (await stack().query('SELECT coalesce(-sum(amount), 0)::text AS credit FROM ledger_entry WHERE client_id = $1 AND charge_id IS NULL', [id]))[0].credit;
const charges = (id) => stack().query('SELECT id, concept, amount, status, due_on::text AS due_on, cancel_reason, service_id FROM charge WHERE client_id = $1 ORDER BY id', [id]);
const payments = (id) => stack().query('SELECT id, provider, provider_ref, amount, receipt_number, reversed_at FROM payment WHERE client_id = $1 ORDER BY id', [id]);
const keyOf = (page) => /name="clave" value="([^"]+)"/.exec(page.body)?.[1];

// Fills a form of the page that it posts to, one-time key included.
async function fill(person, path, fields) {
  const page = await person.get(path);
  assert.equal(page.status, 200, page.text);
  const clave = keyOf(page);
  return person.post(path, { ...(clave ? { clave } : {}), ...fields }, { token: Visitor.tokenOf(page) });
}

async function charge(person, id, amount, { concept = 'Reparación', due = 5, ...more } = {}) {
  const answer = await fill(person, of(id, 'cargos'), { accion: 'agregar', concept, amount, due_on: await day(due), ...more });
  assert.equal(answer.status, 303, answer.text);
  return Number((await charges(id)).at(-1).id);
}

async function pay(person, id, amount, fields = {}) {
  const answer = await fill(person, of(id, 'pagos'), { amount, medio: 'efectivo', ...fields });
  assert.equal(answer.status, 303, answer.text);
  return answer;
}

const assertRefused = (answer, keys, kept = []) => {
  assert.equal(answer.status, 422, answer.text);
  for (const key of [keys].flat()) assert.match(answer.text, said(key));
  for (const value of kept) assert.ok(answer.body.includes(`value="${value}"`), `${value} is kept`);
};

describe('who may', () => {
  test('readers see every page, nobody else comes in, and no form of a reader changes anything', async () => {
    const operator = await as('operador');
    const id = await addClient(stack(), { name: 'Para Mirar', email: 'mirar@ejemplo.com' });
    const due = await charge(operator, id, '100');
    const paid = /pago=(\d+)/.exec((await pay(operator, id, '40')).location)[1];
    const pages = [of(id, 'servicios'), of(id, 'cargos'), of(id, 'pagos'), `${of(id, 'recibo')}?pago=${paid}`, cash, profiles, '/admin/cobranza/', '/admin/correos/'];
    const reader = await as('consulta');
    for (const page of pages) {
      const seen = await reader.get(page);
      assert.equal(seen.status, 200, page);
      assert.doesNotMatch(/<main[\s\S]*<\/main>/.exec(seen.body)[0], /method="post"/, `${page} shows a reader no form`);
      assert.match((await visitor().get(page)).location, /^\/login\/\?next=/);
    }
    const state = () => stack().query(`SELECT (SELECT count(*) FROM service) AS services, (SELECT count(*) FROM charge) AS charges, (SELECT count(*) FROM payment) AS payments,
      (SELECT count(*) FROM ledger_entry) AS entries, (SELECT count(*) FROM payment_promise) AS promises, (SELECT count(*) FROM cash_closing) AS closings, (SELECT count(*) FROM audit_log) AS events`);
    const before = await state();
    const token = Visitor.tokenOf(await reader.get('/clientes/portal/cambiar-contrasena/'));
    const forms = [[of(id, 'servicios'), { name: 'Luz', monthly_amount: '10' }], [of(id, 'cargos'), { concept: 'x', amount: '10', due_on: '2026-12-01' }],
      [of(id, 'cargos'), { accion: 'cancelar', charge: due, reason: 'x' }], [of(id, 'cargos'), { accion: 'promesa', until: await day(3) }],
      [of(id, 'pagos'), { amount: '10', medio: 'efectivo' }], [of(id, 'recibo'), { pago: paid, reason: 'x' }], [cash, { counted: '40' }],
      [profiles, { wish: '1', accion: 'aprobar' }]];
    for (const [path, fields] of forms) assertPage(await reader.post(path, fields, { token }), 403, 'errors/forbidden');
    assert.deepEqual(await state(), before);
  });

  test('a client that nobody has, and the payment of another client, are 404', async () => {
    const person = await as('operador');
    const [one, two] = [await addClient(stack(), { name: 'Uno' }), await addClient(stack(), { name: 'Dos' })];
    const theirs = /pago=(\d+)/.exec((await pay(person, one, '10')).location)[1];
    const chargeOfOne = await charge(person, one, '30');
    const token = Visitor.tokenOf(await person.get(staffPaths.addClient));
    for (const page of ['servicios', 'cargos', 'pagos', 'recibo']) {
      assertPage(await person.get(of(999999, page)), 404, 'errors/not_found');
      assertPage(await person.post(of(999999, page), { amount: '1', medio: 'efectivo' }, { token }), 404, 'errors/not_found');
    }
    assertPage(await person.get(`${of(two, 'recibo')}?pago=${theirs}`), 404, 'errors/not_found');
    assertPage(await person.post(of(two, 'recibo'), { pago: theirs, reason: 'x' }, { token }), 404, 'errors/not_found');
    assertPage(await person.post(of(two, 'cargos'), { accion: 'cancelar', charge: chargeOfOne, reason: 'x' }, { token }), 404, 'errors/not_found');
    assertRefused(await fill(person, of(two, 'pagos'), { amount: '10', medio: 'efectivo', charge: chargeOfOne }), 'charge_not_payable');
    assert.equal((await charges(one)).at(-1).status, 'pending');
  });
});

describe('services', () => {
  test('are added, change their price, stop, go on, and end', async () => {
    const person = await as('operador');
    const id = await addClient(stack(), { name: 'Con Servicio' });
    assertRefused(await fill(person, of(id, 'servicios'), { accion: 'agregar', name: '', monthly_amount: '350,00' }), ['service_name_required', 'amount_malformed'], ['350,00']);
    for (const amount of ['0', '-5', 'mucho', '', '1.234']) {
      assert.equal((await fill(person, of(id, 'servicios'), { accion: 'agregar', name: 'Agua', monthly_amount: amount })).status, 422, amount);
    }
    assertRefused(await fill(person, of(id, 'servicios'), { accion: 'agregar', name: 'Agua', monthly_amount: '5', started_on: '2026-02-30' }), 'day_malformed', ['Agua', '2026-02-30']);
    const added = await fill(person, of(id, 'servicios'), { name: ' Internet 50 MB ', monthly_amount: '$1,350.50' });
    assert.equal(added.location, of(id, 'servicios'));
    const row = async () => (await stack().query('SELECT id, name, monthly_amount, currency, status FROM service WHERE client_id = $1', [id]))[0];
    const { id: service, ...stored } = await row();
    assert.deepEqual(stored, { name: 'Internet 50 MB', monthly_amount: '1350.50', currency: 'MXN', status: 'active' });
    assert.match((await person.follow(added)).text, /Internet 50 MB.*\$1,350\.50.*Activo/);
    const change = (fields) => fill(person, of(id, 'servicios'), { service, ...fields });
    assertRefused(await change({ accion: 'monto', new_amount: '0' }), 'amount_not_positive', ['0']);
    await change({ accion: 'monto', new_amount: '400' });
    assert.equal((await row()).monthly_amount, '400.00');
    for (const [accion, status] of [['suspender', 'suspended'], ['suspender', 'suspended'], ['reactivar', 'active'], ['cancelar', 'cancelled'], ['reactivar', 'cancelled']]) {
      assert.equal((await change({ accion })).status, 303);
      assert.equal((await row()).status, status, accion);
    }
    assert.match((await person.get(of(id, 'servicios'))).text, /Cancelado/);
    assertRefused(await change({ accion: 'bailar' }), 'action_required');
    assertPage(await change({ accion: 'suspender', service: 999999 }), 404, 'errors/not_found');
  });
});

describe('charges by hand', () => {
  test('keep what was typed when something is wrong, and are made once however often the button is pressed', async () => {
    const person = await as('operador');
    const id = await addClient(stack(), { name: 'Con Cargo' });
    assertRefused(await fill(person, of(id, 'cargos'), { accion: 'agregar', concept: '', amount: '-3', due_on: '31/12/2026' }), ['concept_required', 'amount_malformed', 'day_malformed'], ['-3', '31/12/2026']);
    assertRefused(await fill(person, of(id, 'cargos'), { accion: 'agregar', concept: 'Visita', amount: '0.00', due_on: '' }), ['amount_not_positive', 'day_required'], ['Visita']);
    assertRefused(await fill(person, of(id, 'cargos'), { accion: 'agregar', concept: 'x'.repeat(201), amount: '1', due_on: '0026-01-01' }), ['text_too_long', 'day_malformed']);
    assertRefused(await fill(person, of(id, 'cargos'), { accion: 'agregar', concept: 'x', amount: '1', due_on: await day(1), service: '999999' }), 'charge_service_unknown');
    assert.equal((await charges(id)).length, 0);
    const page = await person.get(of(id, 'cargos'));
    const fields = { accion: 'agregar', concept: 'Visita técnica', amount: '250', due_on: await day(-3), clave: keyOf(page) };
    const answers = await Promise.all([1, 2].map(() => person.post(of(id, 'cargos'), fields, { token: Visitor.tokenOf(page) })));
    assert.deepEqual(answers.map((answer) => answer.status), [303, 303]);
    assert.equal((await charges(id)).length, 1);
    assert.match((await person.get(of(id, 'cargos'))).text, /debe \$250\.00 de eso, vencido \$250\.00[\s\S]*Visita técnica[\s\S]*Vencido/);
  });

  test('cancelled with a reason: what was paid of it becomes credit that the next charge uses', async () => {
    const person = await as('operador');
    const id = await addClient(stack(), { name: 'Pagó Algo' });
    const first = await charge(person, id, '300');
    await pay(person, id, '120');
    assert.match((await person.get(of(id, 'cargos'))).text, /\$300\.00 \$180\.00.*pagado en parte/);
    const asked = await person.get(`${of(id, 'cargos')}?cargo=${first}`);
    assert.match(asked.text, /Los \$120\.00 que ya pagó/);
    assertRefused(await fill(person, of(id, 'cargos'), { accion: 'cancelar', charge: first, reason: ' ' }), 'reason_missing');
    const cancelled = await fill(person, of(id, 'cargos'), { accion: 'cancelar', charge: first, reason: 'Se cobró de más' });
    assert.match((await person.follow(cancelled)).text, /debe Nada a favor \$120\.00[\s\S]*Cancelado Se cobró de más/);
    assert.equal(await credit(id), '120.00');
    assert.match((await person.follow(await fill(person, of(id, 'cargos'), { accion: 'cancelar', charge: first, reason: 'otra vez' }))).text, said('notice_charge_was_cancelled'));
    await charge(person, id, '200', { concept: 'Siguiente' });
    assert.deepEqual([await credit(id), await owed(id)], ['0.00', '80.00']);
  });

  test('a promise of payment is noted until a day that is near enough', async () => {
    const person = await as('operador');
    const id = await addClient(stack(), { name: 'Promete' });
    const promise = (until, note = 'Cobra el viernes') => fill(person, of(id, 'cargos'), { accion: 'promesa', until, note });
    assertRefused(await promise(await day(-1)), 'promise_past', ['Cobra el viernes']);
    assertRefused(await promise(await day(16)), 'promise_too_far');
    assertRefused(await promise('mañana'), 'day_malformed');
    const granted = await promise(await day(15));
    assert.equal(granted.status, 303, granted.text);
    assert.match((await person.follow(granted)).text, /no se le suspende hasta el[\s\S]*Cobra el viernes[\s\S]*Anotado por operador/);
  });
});

describe('payments', () => {
  test('typed wrong are refused with everything kept and nothing booked', async () => {
    const person = await as('operador');
    const id = await addClient(stack(), { name: 'Mal Escrito' });
    const due = await charge(person, id, '500');
    for (const amount of ['', '0', '0.00', '-10', '10,50', 'diez', '1.005', '999999999999999']) {
      const answer = await fill(person, of(id, 'pagos'), { amount, medio: 'transferencia', reference: 'REF 77', note: 'de su hermana', charge: due });
      assertRefused(answer, [], ['REF 77', 'de su hermana', ...(amount ? [amount] : [])]);
      assert.match(answer.body, new RegExp(`value="${due}" checked`), 'the charge stays ticked');
      assert.match(answer.body, /value="transferencia" checked/);
    }
    assertRefused(await fill(person, of(id, 'pagos'), { amount: '10' }), 'means_required', ['10']);
    assertRefused(await fill(person, of(id, 'pagos'), { amount: '10', medio: 'efectivo', charge: '999999' }), 'charge_not_payable');
    assert.equal((await payments(id)).length, 0);
    assert.equal(await owed(id), '500.00');
  });

  test('pressed twice, one after the other or at once, are one payment with one receipt', async () => {
    const person = await as('operador');
    const id = await addClient(stack(), { name: 'Dos Clics', email: 'dosclics@ejemplo.com' });
    await charge(person, id, '500');
    const page = await person.get(of(id, 'pagos'));
    const send = () => person.post(of(id, 'pagos'), { amount: '200', medio: 'efectivo', clave: keyOf(page) }, { token: Visitor.tokenOf(page) });
    const answers = [...await Promise.all([send(), send(), send()]), await send()];
    assert.deepEqual(new Set(answers.map((answer) => `${answer.status} ${answer.location}`)).size, 1, 'all lead to the same receipt');
    assert.equal((await payments(id)).length, 1);
    assert.equal(await owed(id), '300.00');
    assert.equal((await mailsTo(stack(), 'dosclics@ejemplo.com')).length, 1);
    await pay(person, id, '200');
    assert.equal((await payments(id)).length, 2, 'a form of its own is a payment of its own');
  });

  test('in part go to what is due first, or to what was ticked; a receipt says so', async () => {
    const person = await as('operador');
    const id = await addClient(stack(), { name: 'Por Partes' });
    const late = await charge(person, id, '100', { concept: 'Atrasado', due: -10 });
    const soon = await charge(person, id, '80', { concept: 'Próximo', due: 10 });
    const receipt = await person.follow(await pay(person, id, '150', { note: 'billete grande' }));
    assert.match(receipt.text, /Atrasado.*\$100\.00.*Próximo.*\$50\.00.*\$30\.00/);
    assert.equal(fact(receipt, 'Nota'), 'billete grande');
    assert.equal(fact(receipt, 'Recibió'), 'operador');
    const [booked] = await payments(id);
    assert.match(receipt.body, new RegExp(`<h1>Recibo ${booked.receipt_number}</h1>`));
    assert.deepEqual((await charges(id)).map((row) => row.status), ['paid', 'pending']);
    const more = await charge(person, id, '60', { concept: 'Elegido', due: 20 });
    await pay(person, id, '60', { charge: more });
    assert.deepEqual(Object.fromEntries((await charges(id)).map((row) => [row.id, row.status])), { [late]: 'paid', [soon]: 'pending', [more]: 'paid' });
    assert.equal(await owed(id), '30.00');
  });

  test('of more than is owed leave credit, and the next charge takes it', async () => {
    const person = await as('operador');
    const id = await addClient(stack(), { name: 'De Más' });
    await charge(person, id, '100');
    const receipt = await person.follow(await pay(person, id, '130.25'));
    assert.match(receipt.text, said('notice_payment_with_credit', { number: '\\d+', applied: '\\$100\\.00', credit: '\\$30\\.25' }));
    assert.equal(fact(receipt, 'Queda a favor'), '$30.25');
    assert.match((await person.get(of(id, 'pagos'))).text, /debe Nada a favor \$30\.25/);
    await charge(person, id, '50', { concept: 'Después' });
    assert.deepEqual([await owed(id), await credit(id)], ['19.75', '0.00']);
    assert.match((await person.get(of(id, 'cargos'))).text, /\$19\.75/);
  });

  test('a transfer with a reference is booked once, and told apart from another amount', async () => {
    const person = await as('operador');
    const id = await addClient(stack(), { name: 'Transfiere' });
    const first = await pay(person, id, '90', { medio: 'transferencia', reference: 'SPEI-1' });
    const again = await pay(person, id, '90', { medio: 'transferencia', reference: 'SPEI-1' });
    assert.equal(again.location, first.location);
    assert.match((await person.follow(again)).text, said('notice_payment_was_there'));
    assertRefused(await fill(person, of(id, 'pagos'), { amount: '95', medio: 'transferencia', reference: 'SPEI-1' }), 'reference_taken', ['SPEI-1']);
    assert.deepEqual((await payments(id)).map((row) => [row.provider, row.provider_ref, row.amount]), [['transfer', 'SPEI-1', '90.00']]);
  });

  test('booked by mistake are taken back with a reason, once', async () => {
    const person = await as('operador');
    const id = await addClient(stack(), { name: 'Por Error' });
    await charge(person, id, '70');
    const { location } = await pay(person, id, '70');
    const pago = /pago=(\d+)/.exec(location)[1];
    const back = async (reason) => person.post(of(id, 'recibo'), { pago, reason }, { token: Visitor.tokenOf(await person.get(location)) });
    assertRefused(await back(''), 'reason_missing');
    const done = await back('Era de otra persona');
    assert.match((await person.follow(done)).text, /Este pago se anuló[\s\S]*Era de otra persona/);
    assert.equal(await owed(id), '70.00');
    assert.match((await person.get(of(id, 'pagos'))).text, /Anulado/);
    const token = Visitor.tokenOf(await person.get(of(id, 'pagos')));
    const again = await person.post(of(id, 'recibo'), { pago, reason: 'x' }, { token });
    assert.match((await person.follow(again)).text, said('notice_payment_not_reversible'));
  });

  test('are still taken from a deleted client who owes, but nothing new is charged', async () => {
    const person = await as('operador');
    const id = await addClient(stack(), { name: 'Eliminado' });
    await charge(person, id, '100');
    await press(person, staffPaths.client(id), `/admin/clientes/cliente/${id}/delete/`);
    const token = Visitor.tokenOf(await person.get(staffPaths.addClient));
    assertRefused(await person.post(of(id, 'cargos'), { concept: 'x', amount: '10', due_on: await day(1) }, { token }), 'client_is_deleted');
    assertRefused(await person.post(of(id, 'cargos'), { accion: 'promesa', until: await day(1) }, { token }), 'client_is_deleted');
    assertRefused(await person.post(of(id, 'servicios'), { name: 'x', monthly_amount: '10' }, { token }), 'client_is_deleted');
    await pay(person, id, '100');
    assert.equal(await owed(id), '0.00');
  });
});

describe('the day\'s closing', () => {
  test('counts what this person took since the last one, asks about a difference, and closes once', async () => {
    const [person, other] = [await as('operador', 'cajera'), await as('operador', 'cajero')];
    const id = await addClient(stack(), { name: 'De Caja' });
    assert.match((await person.get(cash)).text, /No hay nada que cerrar/);
    await pay(person, id, '100');
    await pay(person, id, '50.50');
    await pay(person, id, '900', { medio: 'transferencia', reference: 'T-1' });
    await pay(other, id, '7');
    assert.match((await person.get(cash)).text, /\$150\.50[\s\S]*\$900\.00[\s\S]* 3 /);
    for (const counted of ['', '-1', 'poco']) assert.equal((await fill(person, cash, { counted, note: 'al final' })).status, 422);
    const short = await fill(person, cash, { counted: '140.50', note: 'faltó cambio' });
    assertRefused(short, [], ['140.50', 'faltó cambio']);
    assert.match(short.text, said('closing_short', { difference: '\\$10\\.00', expected: '\\$150\\.50' }));
    assert.equal((await stack().query('SELECT count(*) FROM cash_closing'))[0].count, '0');
    const page = await person.get(cash);
    const send = () => person.post(cash, { counted: '140.50', note: 'faltó cambio', con_diferencia: '1' }, { token: Visitor.tokenOf(page) });
    assert.deepEqual((await Promise.all([send(), send()])).map((answer) => `${answer.status} ${answer.location}`), [`303 ${cash}`, `303 ${cash}`]);
    const closings = await stack().query('SELECT expected, counted, note, username FROM cash_closing JOIN account ON account.id = account_id');
    assert.deepEqual(closings, [{ expected: '150.50', counted: '140.50', note: 'faltó cambio', username: 'cajera' }]);
    await pay(person, id, '20');
    const after = await person.get(cash);
    assert.match(after.text, /\$20\.00[\s\S]*\$150\.50 \$140\.50 Faltó -\$10\.00/);
    assert.equal((await fill(person, cash, { counted: '20' })).status, 303);
    assert.doesNotMatch((await other.get(cash)).text, /cajera/, 'operators see their own closings');
    assert.match((await (await as('administrador')).get(cash)).text, /cajera/);
  });
});

describe('changes of profiles', () => {
  async function wish(name, changed) {
    const id = await addClient(stack(), { name, email: `${name.toLowerCase()}@ejemplo.com`, phone: '9931112233' });
    const [account] = await stack().query("INSERT INTO account (username, email, password_hash) VALUES ($1, $2, '!') RETURNING id", [`perfil.${name}`, `${name.toLowerCase()}@ejemplo.com`]);
    await stack().query('UPDATE client SET account_id = $1 WHERE id = $2', [account.id, id]);
    const [row] = await stack().query('INSERT INTO profile_change (client_id, account_id, full_name, address, asked_at) VALUES ($1, $2, $3, $4, now()) RETURNING id', [id, account.id, changed, 'Calle Nueva 5']);
    return { id, wish: row.id };
  }
  const client = async (id) => (await stack().query('SELECT full_name, address FROM client WHERE id = $1', [id]))[0];

  test('show old and new side by side, and are approved or refused, one or many', async () => {
    const person = await as('operador');
    const [one, two, three] = [await wish('Alfa', 'Alfa Nueva'), await wish('Beta', 'Beta Nueva'), await wish('Gama', 'Gama Nueva')];
    const page = await person.get(profiles);
    assert.match(page.text, /Alfa[\s\S]*Nombre Alfa Alfa Nueva[\s\S]*Dirección nada Calle Nueva 5/);
    assert.match((await person.get('/admin/')).text, said('profiles_waiting', { count: '3' }));
    const decide = async (wishes, fields) => {
      const form = new URLSearchParams([...wishes.map((id) => ['wish', id]), ...Object.entries(fields)]);
      return person.post(profiles, form, { token: Visitor.tokenOf(await person.get(profiles)) });
    };
    assertRefused(await decide([], { accion: 'aprobar' }), 'wish_required');
    assertRefused(await decide([one.wish], { accion: 'rechazar', reason: '' }), 'refusal_reason_required');
    assertRefused(await decide([one.wish], {}), 'action_required');
    assert.deepEqual(await client(one.id), { full_name: 'Alfa', address: null });
    const refused = await decide([one.wish], { accion: 'rechazar', reason: 'Falta identificación' });
    assert.match((await person.follow(refused)).text, said('notice_profiles_refused', { count: '1' }));
    assert.deepEqual(await client(one.id), { full_name: 'Alfa', address: null });
    assert.equal((await stack().query('SELECT reason FROM profile_change WHERE id = $1', [one.wish]))[0].reason, 'Falta identificación');
    const approved = await decide([one.wish, two.wish, three.wish], { accion: 'aprobar' });
    assert.match((await person.follow(approved)).text, said('notice_profiles_partly', { count: '2', gone: '1' }));
    assert.deepEqual([await client(two.id), await client(three.id)], [{ full_name: 'Beta Nueva', address: 'Calle Nueva 5' }, { full_name: 'Gama Nueva', address: 'Calle Nueva 5' }]);
    assert.match((await person.get(profiles)).text, /Nadie espera respuesta/);
  });
});

describe('the first page', () => {
  const number = (page, term) => new RegExp(`<dt>${term}</dt><dd><a href="([^"]+)">([^<]+)</a>`).exec(page.body)?.slice(1);
  const cents = (text) => Math.round(Number(text.replace(/[$,]/g, '')) * 100);

  test('adds up to the ledger, and each number leads to what explains it', async () => {
    const person = await as('operador');
    const id = await addClient(stack(), { name: 'Explicada' });
    await charge(person, id, '333.33', { due: -20 });
    await pay(person, id, '100');
    await stack().query("INSERT INTO mail_outbox (message, recipient, status, created_at, next_attempt_at, last_error) VALUES ('payment_received', 'nadie@no.example', 'failed', now(), now(), '550 no such user')");
    const page = await person.get('/admin/');
    const [sums] = await stack().query(`SELECT (SELECT sum(amount) FROM ledger_entry WHERE charge_id IS NOT NULL)::text AS owed,
      (SELECT -sum(amount) FROM ledger_entry WHERE kind IN ('payment', 'correction'))::text AS paid`);
    const [owedPath, owedText] = number(page, 'por cobrar');
    const [, overdueText] = number(page, 'de eso, vencido');
    const [paidPath, paidText] = number(page, 'pagado este mes');
    assert.deepEqual([cents(owedText), cents(paidText)], [cents(sums.owed), cents(sums.paid)]);
    assert.ok(cents(overdueText) > 0 && cents(overdueText) <= cents(owedText));
    assert.match((await person.get(owedPath)).text, /Explicada[\s\S]*\$233\.33/);
    assert.match((await person.get('/admin/cobranza/?ver=vencidos')).text, /Explicada/);
    assert.match((await person.get(paidPath.replace('&amp;', '&'))).text, /Explicada[\s\S]*\$100\.00[\s\S]*Efectivo[\s\S]*Recibo \d+/);
    const [mailsPath, mails] = number(page, 'correos que no se pudieron enviar');
    assert.equal(mails, '1');
    assert.match((await person.get(mailsPath)).text, /nadie@no\.example Pago recibido[\s\S]*550 no such user/);
    for (const term of ['clientes con acceso al portal', 'clientes sin acceso', 'cuentas recuperadas en los últimos 7 días']) {
      assert.equal((await person.get(number(page, term)[0].replace('&amp;', '&'))).status, 200, term);
    }
    assert.equal(page.body.match(/<rect class="paid"[^>]*height="[\d.]+"\/>/g).length >= 12, true, 'twelve months are drawn');
    assert.doesNotMatch(page.body, /NaN|height="-/);
  });

  test('lists many debtors in pages, who owes for the longest time first', async () => {
    const person = await as('consulta');
    await stack().query(`WITH added AS (INSERT INTO client (full_name) SELECT 'Deudor ' || n FROM generate_series(1, 60) AS n RETURNING id, full_name)
      INSERT INTO charge (client_id, concept, amount, due_on) SELECT id, 'Viejo', 10, date '2001-01-01' + substr(full_name, 8)::int FROM added`);
    const names = async (page) => [...(await person.get(`/admin/cobranza/?ver=vencidos&page=${page}`)).body.matchAll(/>(Deudor \d+)</g)].map(([, name]) => name);
    const [first, second] = [await names(1), await names(2)];
    assert.deepEqual(first, Array.from({ length: 50 }, (_, i) => `Deudor ${i + 1}`));
    assert.deepEqual(second, Array.from({ length: 10 }, (_, i) => `Deudor ${i + 51}`));
    assert.match((await person.get('/admin/cobranza/?ver=vencidos')).body, /rel="next" href="\?ver=vencidos&amp;page=2"/);
  });
});

test('a month run by the command line is seen on the pages, and a cash payment at once in the portal', async () => {
  const person = await as('operador');
  const id = await addClient(stack(), { name: 'Cliente Del Mes', email: 'delmes@ejemplo.com' });
  await fill(person, of(id, 'servicios'), { name: 'Internet hogar', monthly_amount: '420', started_on: '2026-01-01' });
  const [{ month }] = await stack().query("SELECT to_char(now(), 'YYYY-MM') AS month");
  for (const run of [1, 2]) {
    const made = await stack().run('generar-cargos', '--mes', month);
    assert.equal(made.code, 0, `run ${run}: ${made.stderr}`);
  }
  assert.match((await person.get(of(id, 'cargos'))).text, /Internet hogar[\s\S]*\$420\.00/);
  assert.equal((await charges(id)).length, 1);

  await press(person, staffPaths.client(id), staffPaths.access(id), { accion: 'crear' });
  const made = fact(await person.get(staffPaths.client(id)), 'Contraseña');
  const client = visitor();
  await login(client, 'delmes@ejemplo.com', made);
  await client.submit('/clientes/portal/cambiar-contrasena/?primera=1', { old_password: made, password1: goodPassword, password2: goodPassword });
  const portal = () => client.get('/clientes/portal/');
  assert.match((await portal()).text, /\$420\.00/);
  await pay(person, id, '420');
  const after = await until('the portal shows the payment', async () => {
    const page = await portal();
    return page.status === 200 && page;
  });
  assert.match(after.text, /Pagado|al día/i);
  assert.doesNotMatch(after.text, /Debes \$420\.00/);
});
