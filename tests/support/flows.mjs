// What people do with Ventanilla, step by step, for the end-to-end tests: claims by the three methods, their mails and
// codes, and archived accounts to claim. Every wait is bounded.
//
//   const { stack, visitor } = useStack({ settings });          // one instance for the file, newcomers from new networks
//   const id = await archive(stack(), { username, email });     // an archived_user; its dato_id
//   const { visitor, account } = await claimByForm(stack(), { username, email });
//   await codeFor(stack(), email);                              // the newest code that was mailed there
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Stack } from './stack.mjs';
import { Visitor } from './browser_client.mjs';
import { readMail } from './smtp_sink_mail.mjs';

export * from './pages.mjs';

export const paths = {
  login: '/login/',
  logout: '/logout/',
  portal: '/clientes/portal/',
  changePassword: '/clientes/portal/cambiar-contrasena/',
  sessions: '/clientes/portal/sesiones/',
  admin: '/admin/',
  search: '/datos-archivados/buscar-usuario/',
  searchCode: '/datos-archivados/verificar-codigo-reclamacion/',
  searchResend: '/datos-archivados/reenviar-codigo-reclamacion/',
  form: '/datos-archivados/reclamar-usuario/',
  formCode: '/datos-archivados/verificar-codigo-reclamacion-tradicional/',
  formResend: '/datos-archivados/reenviar-codigo-reclamacion-tradicional/',
  recovery: '/clientes/portal/recuperar/',
  recoveryCode: '/clientes/portal/recuperar/codigo/',
  recoveryResend: '/clientes/portal/recuperar/reenviar/',
  recoveryPassword: '/clientes/portal/recuperar/contrasena/',
  choose: (id) => `/datos-archivados/iniciar-reclamacion/${id}/`,
  choosePassword: (id) => `/datos-archivados/reclamar-usuario-dinamico/${id}/`,
};
export const goodPassword = 'girasol lento 42';

// A sanitizer's build is several times slower; what is bound to a time is multiplied by this.
export const slack = process.env.VENTANILLA_TEST_SLACK ? Number(process.env.VENTANILLA_TEST_SLACK) : 3;

// Limits count by /24 network; each newcomer comes from one of their own.
let networks = 0;
export function newAddress() {
  networks += 1;
  return `127.${10 + (networks >> 8)}.${networks & 255}.1`;
}

export function newcomer(stack, address = newAddress()) {
  return new Visitor(stack.url, { address });
}

// Starts one instance before the tests of a file and stops it after them, also when one failed.
export function useStack(options = {}) {
  let running;
  before(async () => { running = await Stack.start(options); });
  after(async () => { await running?.stop(); });
  return { stack: () => running, visitor: (address) => newcomer(running, address) };
}

// The first true value that `look` gives; throws when none came in time.
export async function until(what, look, { within = 15_000, every = 20 } = {}) {
  const deadline = Date.now() + within;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`not within ${within} ms: ${what}`);
    await new Promise((resolve) => { setTimeout(resolve, every); });
  }
}

// Works on all items, `howMany` at a time.
export async function inTurns(items, howMany, work) {
  const queue = [...items.entries()];
  const results = [];
  await Promise.all(Array.from({ length: howMany }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) results[next[0]] = await work(next[1], next[0]);
  }));
  return results;
}

// The old system's unsalted md5: verified at once, so that tests of other things don't wait for it.
export const oldHash = (password) => createHash('md5').update(password).digest('hex');

// `oldPassword`: of the old system; without it only a code brings the account back.
export async function archive(stack, { username, email, oldPassword, ...others } = {}) {
  const row = {
    legacy_id: `t-${randomUUID()}`, username, email, password_hash: oldPassword === undefined ? null : oldHash(oldPassword),
    first_name: 'María', last_name: 'López Ñúñez', is_active: true, ...others,
  };
  const names = Object.keys(row);
  const [{ id }] = await stack.query(`INSERT INTO archived_user (${names.join(', ')})
    VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')}) RETURNING id`, Object.values(row));
  return Number(id);
}

// --- mails (MAIL_BACKEND=file) ---

// The worker gives a file its name only when all of it is written.
async function readMailFile(stack, { id, message }) {
  const name = `${String(id).padStart(6, '0')}-${message}.eml`;
  const file = path.join(stack.env.MAIL_DIR, name);
  const bytes = await until(`mail ${name}`, () => readFile(file).catch(() => null), { within: 20_000 });
  return { ...readMail(bytes), raw: bytes.toString('latin1'), id: Number(id), message };
}

// All mails queued for an address so far, the oldest first; waits until the worker has written them.
export async function mailsTo(stack, recipient) {
  const rows = await stack.query(`SELECT id, message FROM mail_outbox WHERE lower(recipient) = lower($1)
    ORDER BY id`, [recipient]);
  return Promise.all(rows.map((row) => readMailFile(stack, row)));
}

export const mailFiles = async (stack) => (await readdir(stack.env.MAIL_DIR)).filter((name) => name.endsWith('.eml'));

export const codeIn = (mail) => /^(\d{4,8})$/m.exec(mail.text)?.[1];

export async function codeFor(stack, recipient) {
  const [row] = await stack.query(`SELECT id, message FROM mail_outbox
    WHERE lower(recipient) = lower($1) AND message LIKE '%code%' ORDER BY id DESC LIMIT 1`, [recipient]);
  assert.ok(row, `a code was mailed to ${recipient}`);
  return codeIn(await readMailFile(stack, row));
}

// Another code with as many digits, the `step`th after it.
export function wrongCode(code, step = 1) {
  return String((Number(code) + step) % 10 ** code.length).padStart(code.length, '0');
}

// --- time and limits, moved in the database ---

// All codes of an address were asked for so long ago ('61 seconds').
export async function ageCodes(stack, email, interval) {
  await stack.query(`UPDATE verification_code SET created_at = created_at - $2::interval,
    expires_at = expires_at - $2::interval WHERE lower(email) = lower($1)`, [email, interval]);
}

// The next code for an address may be asked for at once; codes that are out stay as they are.
export async function passMailGap(stack, email) {
  await stack.query(`UPDATE verification_code SET created_at = created_at - interval '61 seconds'
    WHERE lower(email) = lower($1)`, [email]);
}

export async function forgetGuesses(stack) {
  await stack.query('DELETE FROM code_attempt');
  await stack.query('DELETE FROM code_step_up');
}

// --- the steps of a claim ---

export const login = (visitor, username, password, fields = {}) =>
  visitor.submit(paths.login, { username, password, ...fields });

// Submits to a page that may show no form of its own now; then with the token of another page.
export async function submitAnyway(visitor, path, fields) {
  let page = await visitor.get(path);
  if (page.status !== 503 && !Visitor.tokenOf(page)) page = await visitor.get(paths.recovery);
  if (page.status === 503) return page;
  const token = Visitor.tokenOf(page);
  return visitor.post(path, fields, { token });
}

export const sendCode = (visitor, code, path = paths.formCode) => submitAnyway(visitor, path, { code });

export const formFields = ({ username, email, password = goodPassword, ...others }) => ({
  username, email, first_name: 'María', last_name: 'López Ñúñez', password1: password, password2: password, ...others,
});

// Method 3 up to the code page.
export async function startForm(visitor, who) {
  const answer = await visitor.submit(paths.form, formFields(who));
  assert.equal(answer.status, 303, answer.text);
  assert.equal(answer.location, paths.formCode);
}

// An archived account, and a visitor who waits for its code by method 3: { visitor, id, code }.
export async function waitingForCode(stack, { username, email, visitor = newcomer(stack), password, ...archived }) {
  const id = await archive(stack, { username, email, ...archived });
  await startForm(visitor, { username, email, password });
  return { visitor, id, email, code: await codeFor(stack, email) };
}

export async function claimByForm(stack, who) {
  const { visitor, id, code } = await waitingForCode(stack, who);
  const answer = await sendCode(visitor, code);
  assert.equal(answer.status, 303, answer.text);
  assert.equal(answer.location, paths.portal);
  return { visitor, id, answer, account: await accountOf(stack, id) };
}

// Method 2 up to the list: the dato_ids that it shows.
export async function search(visitor, email) {
  const answer = await visitor.submit(paths.search, { email });
  assert.equal(answer.status, 303, answer.text);
  const page = await visitor.follow(answer);
  const ids = [...page.body.matchAll(/iniciar-reclamacion\/(\d+)\//g)].map(([, id]) => Number(id));
  return { page, ids };
}

export async function chooseAndProve(stack, visitor, id, email) {
  const chosen = await visitor.submit(paths.choose(id), {}, { from: paths.search });
  assert.equal(chosen.status, 303, chosen.text);
  assert.equal(chosen.location, paths.searchCode);
  const proved = await sendCode(visitor, await codeFor(stack, email), paths.searchCode);
  assert.equal(proved.status, 303, proved.text);
  assert.equal(proved.location, paths.choosePassword(id));
}

export const setPassword = (visitor, id, password = goodPassword) =>
  submitAnyway(visitor, paths.choosePassword(id), { password1: password, password2: password });

export async function claimBySearch(stack, { email, id, visitor = newcomer(stack), password }) {
  await search(visitor, email);
  await chooseAndProve(stack, visitor, id, email);
  const answer = await setPassword(visitor, id, password);
  assert.equal(answer.status, 303, answer.text);
  assert.equal(answer.location, paths.portal);
  return { visitor, answer, account: await accountOf(stack, id) };
}

// The live account that an archived one of either table has become.
export async function accountOf(stack, datoId) {
  const [row] = await stack.query(`SELECT account.*, archived.claimed_at FROM archived_account AS archived
    JOIN account ON account.id = archived.claimed_account_id WHERE archived.id = $1`, [datoId]);
  return row;
}

export async function isInside(visitor) {
  const page = await visitor.get(paths.portal);
  return page.status === 200;
}

// A staff account made by the command line.
export async function createStaff(stack, username = 'jefa', password = 'ventanilla verde 7') {
  const made = await stack.run('crear-admin', '--usuario', username, '--email', `${username}@oficina.example`,
    '--contrasena-stdin', { input: `${password}\n` });
  assert.equal(made.code, 0, made.stderr);
  return { username, password };
}
