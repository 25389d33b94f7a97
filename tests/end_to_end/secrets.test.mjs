// After a run through everything, no code, password, token or cookie stands in a log or in the database (SPEC.md, 6).
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { run } from '../support/stack.mjs';
import { Visitor } from '../support/browser_client.mjs';
import {
  archive, claimBySearch, codeFor, createStaff, formFields, goodPassword, login, mailFiles, passMailGap, paths,
  sendCode, useStack, wrongCode,
} from '../support/flows.mjs';

// Eight digits are not found in a log by chance.
const { stack } = useStack({ settings: { CODE_LENGTH: '8', LOGIN_FAILURE_MS: '0' } });

const secrets = new Set();

// Notes every cookie that it is given and every token that it sees or sends.
class Watched extends Visitor {
  async request(method, target, options) {
    const answer = await super.request(method, target, options);
    for (const [name, value] of this.cookies) if (value && name !== 'notice') secrets.add(value);
    for (const [, token] of answer.body.matchAll(/name="csrf_token" value="([^"]+)"/g)) secrets.add(token);
    return answer;
  }
}

let networks = 0;
const watched = () => new Watched(stack().url, { address: `127.99.${networks += 1}.1` });

function secret(text) {
  secrets.add(text);
  return text;
}

// A secret as it is, and as it might have been written down.
const spellings = (text) => [text, encodeURIComponent(text), Buffer.from(text).toString('hex'), Buffer.from(text).toString('base64').replace(/=+$/, '')];

async function goThroughEverything() {
  const old = secret('mi clave de 2009 ñ');
  await archive(stack(), { username: 'secreta1', email: 'secreta1@ejemplo.com', oldPassword: old });
  const first = watched();
  await login(first, 'secreta1', secret('una equivocada 77'));
  await login(first, 'secreta1', old, { next: paths.sessions });
  await first.submit(paths.changePassword, { old_password: secret('otra equivocada 78'), password1: 'x', password2: secret('desigual 5678 yz') });
  const changed = secret('caracol sin prisa 8');
  await first.submit(paths.changePassword, { old_password: old, password1: changed, password2: changed });
  await first.submit(paths.logout, {}, { from: paths.portal });

  const id = await archive(stack(), { username: 'secreta2', email: 'secreta2@ejemplo.com' });
  await claimBySearch(stack(), { email: 'secreta2@ejemplo.com', id, visitor: watched(), password: secret('ventana de abril 31') });
  secret(await codeFor(stack(), 'secreta2@ejemplo.com'));

  await archive(stack(), { username: 'secreta3', email: 'secreta3@ejemplo.com' });
  const third = watched();
  await third.submit(paths.form, formFields({ username: 'secreta3', email: 'secreta3@ejemplo.com', password: secret(goodPassword) }));
  const replaced = secret(await codeFor(stack(), 'secreta3@ejemplo.com'));
  await sendCode(third, secret(wrongCode(replaced)));
  await passMailGap(stack(), 'secreta3@ejemplo.com');
  await third.submit(paths.formResend, {}, { from: paths.formCode });
  const code = secret(await codeFor(stack(), 'secreta3@ejemplo.com'));
  await sendCode(third, replaced);
  assert.equal((await sendCode(third, code)).status, 303);

  await passMailGap(stack(), 'secreta3@ejemplo.com');
  const fourth = watched();
  await fourth.submit(paths.recovery, { email: 'secreta3@ejemplo.com' });
  await sendCode(fourth, secret(await codeFor(stack(), 'secreta3@ejemplo.com')), paths.recoveryCode);
  const newest = secret('faro con niebla 64');
  await fourth.submit(paths.recoveryPassword, { password1: newest, password2: newest });
  await fourth.get(`${paths.portal}?csrf_token=${fourth.cookies.get('session')}`); // a form that was sent by GET

  const staff = await createStaff(stack(), 'jefa', secret('ventanilla verde 7'));
  await login(watched(), staff.username, staff.password);
  await mailFiles(stack());
}

test('no secret of a whole run stands in a log or a table', { timeout: 120_000 }, async () => {
  await goThroughEverything();
  assert.ok(secrets.size > 40, `${secrets.size} secrets`);
  secrets.add(stack().env.SECRET_KEY);

  const folder = path.join(stack().data, 'log');
  const logs = {};
  for (const name of await readdir(folder)) logs[name] = await readFile(path.join(folder, name), 'utf8');
  assert.match(Object.values(logs).join(''), /event=request .*route=\/login\//, 'there is a log');
  const dumped = await run('bash', ['-c', `PATH="$PATH:$(echo /usr/lib/postgresql/*/bin)"; pg_dump "$DATABASE_URL"`], { env: stack().env });
  assert.equal(dumped.code, 0, dumped.stderr);
  assert.match(dumped.stdout, /COPY public\.account/);

  const found = [];
  for (const text of secrets) {
    for (const spelling of spellings(text)) {
      for (const [name, content] of Object.entries({ ...logs, database: dumped.stdout })) {
        if (content.includes(spelling)) found.push(`${name}: ${text}`);
      }
    }
  }
  assert.deepEqual(found, []);
});

test('the mails that were sent keep no model, and finished claims no password', async () => {
  const waiting = await stack().query("SELECT id FROM mail_outbox WHERE status = 'sent' AND model IS NOT NULL");
  assert.deepEqual(waiting, []);
  const claims = await stack().query('SELECT id FROM claim WHERE finished_at IS NOT NULL AND password_hash IS NOT NULL');
  assert.deepEqual(claims, []);
});

test('what belongs to the instance is for its owner alone', async () => {
  for (const name of ['env', 'secrets', 'mail', 'log', 'run']) {
    const mode = (await run('stat', ['-c', '%a', path.join(stack().data, name)])).stdout.trim();
    assert.match(mode, /00$/, `${name}: ${mode}`);
  }
});
