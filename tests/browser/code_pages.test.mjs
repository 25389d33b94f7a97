// The page for the code and all that can go wrong with one. Rows are shifted in the database to get there.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { Site } from '../support/browser.mjs';
import { inspect } from './page_checks.mjs';

const codePage = '/datos-archivados/verificar-codigo-reclamacion/';
let site;
let person;
let email;
before(async () => { site = await Site.open(); });
after(() => site?.close());
beforeEach(async () => { person = await site.person(); });
afterEach(() => person.leave());

const shiftCode = (change) => site.stack.query(`UPDATE verification_code SET ${change} WHERE email = $1`, [email]);

// Up to the code page by the search.
async function askForCode() {
  email = site.archived().email;
  await person.search(email);
  await person.press('Recuperar esta cuenta');
  await person.isAt(codePage, /Escribe el código/);
  return site.code(email);
}

describe('the page for the code', () => {
  test('says where the code went and until when it is valid', async () => {
    await askForCode();
    await inspect(person, 'code', { dark: true });
    const text = await person.text();
    assert.ok(text.includes(email));
    assert.match(text, /Vale hasta las \d\d:\d\d/);
  });

  test('tells that a new code is on its way and the earlier one is worthless', async () => {
    await askForCode();
    await person.press('Enviar un código nuevo');
    assert.match(await person.notice(), /código nuevo/);
    await inspect(person, 'code-resent');
  });

  test('keeps a wrong code and says how many tries are left', async () => {
    const wrong = Site.wrong(await askForCode());
    await person.enterCode(wrong);
    await inspect(person, 'code-wrong', { status: 422, isFormError: true, kept: { code: wrong } });
    assert.match(await person.text(), /te quedan 4 intentos/);
  });

  test('says what is missing from a code that is too short, which costs no try', async () => {
    await askForCode();
    await person.enterCode('02 7');
    await inspect(person, 'code-short', { status: 422, isFormError: true, kept: { code: '02 7' } });
    assert.deepEqual(await site.stack.query('SELECT tries FROM verification_code WHERE email = $1', [email]), [{ tries: 0 }]);
  });

  test('tells somebody without a claim to begin anew', async () => {
    await person.open(codePage);
    await inspect(person, 'code-foreign');
  });

  test('looks the same for a forgotten password', async () => {
    await person.recover('nadie@ejemplo.com');
    await person.isAt('/clientes/portal/recuperar/codigo/');
    await inspect(person, 'code-recovery');
  });
});

describe('a code that opens nothing any more', () => {
  test('is called expired', async () => {
    const code = await askForCode();
    await shiftCode("expires_at = now() - interval '1 minute'");
    await person.enterCode(code);
    await inspect(person, 'code-expired', { status: 422, dark: true });
    await person.press('Enviar un código nuevo');
    await person.isAt(codePage, /Escribe el código/);
  });

  test('is called replaced when a newer one went out', async () => {
    const first = await askForCode();
    await person.press('Enviar un código nuevo');
    await person.enterCode(first);
    await inspect(person, 'code-replaced', { status: 422 });
    await person.enterCode(await site.code(email, 2));
    assert.match(person.route, /reclamar-usuario-dinamico/);
  });

  test('is called exhausted after five wrong tries', async () => {
    const code = await askForCode();
    for (let left = 4; left > 0; left -= 1) {
      await person.enterCode(Site.wrong(code));
      assert.match(await person.text(), left === 1 ? /te queda 1 intento/ : new RegExp(`te quedan ${left} intentos`));
    }
    await person.enterCode(Site.wrong(code));
    await inspect(person, 'code-exhausted', { status: 422 });
  });

  test('is called used when it was', async () => {
    const code = await askForCode();
    await shiftCode('used_at = now()');
    await person.enterCode(code);
    await inspect(person, 'code-used', { status: 422 });
  });

  test('is called used with another way out for a forgotten password', async () => {
    email = 'nadie.usado@ejemplo.com';
    await person.recover(email);
    await shiftCode('used_at = now()');
    await person.enterCode('1234');
    await inspect(person, 'code-used-recovery', { status: 422 });
  });

  test('has to be longer when the mailbox is being guessed at', async () => {
    const code = await askForCode();
    await site.stack.query('INSERT INTO code_step_up (mailbox, since) VALUES (lower($1), now())', [email]);
    await person.enterCode(code);
    await inspect(person, 'code-longer', { status: 422 });
    await person.press('Enviar un código nuevo');
    await inspect(person, 'code-longer-sent');
    const longer = await site.code(email, 2);
    assert.ok(longer.length > code.length);
    await person.enterCode(longer);
    assert.match(person.route, /reclamar-usuario-dinamico/);
  });

  test('cannot bring back an account that came back meanwhile', async () => {
    const account = site.archived();
    email = account.email;
    await person.open('/datos-archivados/reclamar-usuario/');
    await person.write('Usuario anterior', account.username);
    await person.write('Correo electrónico', email);
    await person.write('Nombre', account.firstName);
    await person.write('Apellidos', account.lastName);
    await person.choosePassword('girasol lento 42', 'Enviarme el código');
    await site.stack.query('UPDATE archived_user SET claimed_at = now() WHERE legacy_id = $1', [account.id]);
    await person.enterCode(await site.code(email));
    await inspect(person, 'code-claimed', { status: 422, isFormError: true });
    assert.match(await person.text(), /ya se recuperó/);
  });

  test('leads nowhere when the password was not chosen in time', async () => {
    await person.enterCode(await askForCode());
    await site.stack.query("UPDATE claim SET verified_at = now() - interval '16 minutes' WHERE email = $1", [email]);
    await person.choosePassword('girasol lento 42', 'Crear mi cuenta');
    await inspect(person, 'claim-expired', { status: 422 });
  });
});
