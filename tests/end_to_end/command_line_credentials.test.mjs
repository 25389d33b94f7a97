// ventanilla crear-usuarios and crear-usuario: the seed's transcripts, its file, and two at once or killed (SPEC.md, 3).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { addClients, fileEntries, jobIsDone, madePasswords, queueJob, wrongOnes } from '../support/credentials.mjs';
import { login, newcomer, until, useStack } from '../support/flows.mjs';
import { run } from '../support/stack.mjs';

const { stack } = useStack({ settings: { LOGIN_FAILURE_MS: '0' } });
const thick = '='.repeat(70);
const fileName = 'credenciales_clientes.txt';

let folder;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'ventanilla-cli-'));
  for (const table of ['bulk_job', 'mail_outbox', 'client', 'account']) await stack().query(`DELETE FROM ${table}`);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function addJuanAndMaria() {
  await stack().query(`INSERT INTO client (full_name, email, phone) VALUES ('Juan Pérez', 'juan@ejemplo.com', '9931234567'),
    ('María García', 'maria@ejemplo.com', '9937654321')`);
}

async function addPeople() {
  await addJuanAndMaria();
  await stack().query("INSERT INTO client (full_name) VALUES ('Sin Datos')");
}

const command = (...args) => {
  const options = typeof args.at(-1) === 'object' ? args.pop() : {};
  return stack().run('crear-usuarios', ...args, { cwd: folder, ...options });
};
const file = (name = fileName) => readFile(path.join(folder, name), 'utf8');
const idOf = async (name) => (await stack().query('SELECT id FROM client WHERE full_name = $1', [name]))[0].id;
const count = async (sql) => Number((await stack().query(`SELECT count(*) AS n FROM ${sql}`))[0].n);

async function checkWhole() {
  assert.equal(await count('client WHERE account_id IS NULL AND coalesce(email, phone) IS NOT NULL'), 0);
  assert.equal(await count('account WHERE NOT is_staff'), await count('client WHERE account_id IS NOT NULL'));
  assert.deepEqual(await wrongOnes(await madePasswords(stack())), []);
}

const transcript = (juan, maria) => `${thick}
🔐 CREACIÓN DE USUARIOS PARA PORTAL DE CLIENTES
${thick}

📊 Encontrados 2 cliente(s) sin usuario

¿Deseas crear usuarios para estos 2 cliente(s)? (s/n): 
Creando usuarios...
${'-'.repeat(70)}
✅ Juan Pérez
   Username: juan@ejemplo.com
   Contraseña: ${juan}

✅ María García
   Username: maria@ejemplo.com
   Contraseña: ${maria}

${thick}
📊 RESUMEN
${thick}
✅ Usuarios creados: 2
❌ Errores: 0

💾 Credenciales guardadas en: credenciales_clientes.txt
⚠️  IMPORTANTE: Envía estas credenciales a los clientes de forma segura.
`;

const wholeFile = (juan, maria) => `${thick}
CREDENCIALES DE ACCESO AL PORTAL
${thick}

Cliente: Juan Pérez
Email: juan@ejemplo.com
Teléfono: 9931234567
Username: juan@ejemplo.com
Contraseña: ${juan}
${'-'.repeat(70)}

Cliente: María García
Email: maria@ejemplo.com
Teléfono: 9937654321
Username: maria@ejemplo.com
Contraseña: ${maria}
${'-'.repeat(70)}
`;

test('the transcript and the file are the seed\'s, and the passwords log in', async () => {
  await addJuanAndMaria();
  const ran = await run('crear_usuarios_clientes', [], { env: stack().env, cwd: folder, input: 's\n' });
  assert.equal(ran.code, 0, ran.stderr);
  const [juan, maria] = fileEntries(await file()).map(({ password }) => password);
  assert.equal(ran.stdout, transcript(juan, maria));
  assert.equal(ran.stderr, '');
  assert.equal(await file(), wholeFile(juan, maria));
  assert.equal((await stat(path.join(folder, fileName))).mode & 0o777, 0o600);
  const answer = await login(newcomer(stack()), 'maria@ejemplo.com', maria);
  assert.equal(answer.status, 303, answer.text);
});

test('whoever does not say yes changes nothing', async () => {
  await addPeople();
  for (const input of ['n\n', '\n', '', 'quizás\n']) {
    const ran = await command({ input });
    assert.equal(ran.code, 1);
    assert.match(ran.stdout, /\(s\/n\): \nNo se creó ningún usuario\.\n$/);
  }
  assert.equal(await count('account'), 0);
  assert.equal(await count('bulk_job'), 0);
  assert.deepEqual(await readdir(folder), []);
});

test('a client without email and phone is an error, and the exit code says so', async () => {
  await addPeople();
  const ran = await command('--si', '--salida', 'mis claves.txt');
  assert.equal(ran.code, 3);
  assert.doesNotMatch(ran.stdout, /\(s\/n\)/);
  assert.match(ran.stdout, /❌ Sin Datos: no tiene correo ni teléfono\n/);
  assert.match(ran.stdout, /✅ Usuarios creados: 2\n❌ Errores: 1\n\n💾 Credenciales guardadas en: mis claves\.txt\n/);
  const again = await command('--si');
  assert.equal(again.code, 1);
  assert.match(again.stdout, /✅ Usuarios creados: 0\n❌ Errores: 1\n$/);
  assert.deepEqual(await readdir(folder), ['mis claves.txt']);
});

test('with nothing to do it says so', async () => {
  const ran = await command('--si');
  assert.equal(ran.code, 0);
  assert.match(ran.stdout, /📊 Encontrados 0 cliente\(s\) sin usuario\n\n✅ No hay nada que hacer/);
  assert.deepEqual(await readdir(folder), []);
});

test('a file that is there is moved aside, never written over', async () => {
  await addClients(stack(), 3);
  await writeFile(path.join(folder, fileName), 'el primero');
  assert.equal((await command('--si', '--limite', '1')).code, 0);
  const ran = await command('--si', '--limite', '1');
  assert.match(ran.stdout, /📁 El archivo anterior quedó en: credenciales_clientes\.txt\.2\n/);
  assert.equal(await file(`${fileName}.1`), 'el primero');
  assert.equal(fileEntries(await file(`${fileName}.2`)).length, 1);
  assert.equal(fileEntries(await file()).length, 1);
  assert.equal(await count('client WHERE account_id IS NULL'), 1);
});

test('a file that cannot be made stops it before anything is done', async () => {
  await addPeople();
  const ran = await command('--si', '--salida', 'no/existe.txt');
  assert.equal(ran.code, 111);
  assert.match(ran.stderr, /^ventanilla: no se pudo crear el archivo no\/existe\.txt: .+\n$/);
  assert.equal(await count('account'), 0);
});

test('two commands at once make no second user', { timeout: 120_000 }, async () => {
  await addClients(stack(), 60);
  const ran = await Promise.all([command('--si', '--salida', 'a.txt'), command('--si', '--salida', 'b.txt')]);
  assert.ok(ran.some(({ code }) => code === 0));
  for (const { code, stderr } of ran) if (code !== 0) assert.match(`${code} ${stderr}`, /^1 ventanilla: hay otra ejecución/);
  await checkWhole();
  const names = (await readdir(folder)).map((name) => file(name));
  assert.equal((await Promise.all(names)).flatMap(fileEntries).length, 60);
});

test('beside a job of the worker for the same clients nobody gets two users', { timeout: 120_000 }, async () => {
  await addClients(stack(), 80);
  const job = await queueJob(stack(), 'crear_usuario_portal');
  const ran = await command('--si');
  assert.ok([0, 1, 3].includes(ran.code), ran.stderr);
  await jobIsDone(stack(), job, 60_000);
  await checkWhole();
  assert.equal(await count('client WHERE account_id IS NOT NULL'), 80);
});

test('killed and started again it goes on, and no credentials are lost', { timeout: 180_000 }, async () => {
  await addClients(stack(), 150);
  const child = spawn('ventanilla', ['crear-usuarios', '--si'], { env: stack().env, cwd: folder, stdio: 'ignore' });
  const ended = new Promise((resolve) => { child.on('close', resolve); });
  await until('some users', async () => await count('account') > 0, { within: 60_000 });
  child.kill('SIGKILL');
  await ended;
  const before = await count('account');
  assert.ok(before < 150, `${before} were made`);
  const again = await command('--si');
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stdout, new RegExp(`📊 Encontrados ${150 - before} cliente`));
  assert.match(again.stdout, new RegExp(`🔁 De una ejecución interrumpida: ${before}\n`));
  const entries = fileEntries(await file());
  assert.equal(new Set(entries.map(({ username }) => username)).size, 150);
  await checkWhole();
  assert.equal(await count("bulk_job WHERE status <> 'done'"), 0);
  assert.equal((await command('--si')).code, 0);
});

test('one client gets a user by email, telephone or number, with a made or a given password', async () => {
  await addPeople();
  const one = (...args) => stack().run('crear-usuario', ...args);
  const given = await one('--email', 'JUAN@ejemplo.com', '--contrasena-stdin', { input: 'MiContraseña123\n' });
  assert.equal(given.code, 0, given.stderr);
  assert.equal(given.stdout, `✅ Usuario creado para: Juan Pérez\n   Username: juan@ejemplo.com\n   Contraseña: MiContraseña123\n`
    + `   URL de acceso: ${stack().env.BASE_URL}/clientes/portal/login/\n`);
  assert.equal((await login(newcomer(stack()), 'juan@ejemplo.com', 'MiContraseña123')).status, 303);
  const made = await one('--telefono', '+52 993 765-4321');
  assert.equal(made.code, 0, made.stderr);
  const password = /Contraseña: (\S{12})\n/.exec(made.stdout)[1];
  assert.equal((await login(newcomer(stack()), 'maria@ejemplo.com', password)).status, 303);
  const again = await one('--id', await idOf('Juan Pérez'));
  assert.equal(`${again.code} ${again.stderr}`, '1 ventanilla: Juan Pérez ya tiene un usuario\n');
  const without = await one('--id', await idOf('Sin Datos'));
  assert.equal(`${without.code} ${without.stderr}`, '1 ventanilla: Sin Datos no tiene correo ni teléfono\n');
});

test('nobody, several and a password that is too short are told apart', async () => {
  await addPeople();
  await stack().query("INSERT INTO client (full_name, email) VALUES ('Rosa', 'juan@ejemplo.com')");
  const one = (...args) => stack().run('crear-usuario', ...args);
  const nobody = await one('--email', 'nadie@ejemplo.com');
  assert.equal(`${nobody.code} ${nobody.stderr}`, '1 ventanilla: no hay ningún cliente con el correo «nadie@ejemplo.com»\n');
  const several = await one('--email', 'juan@ejemplo.com');
  assert.equal(several.code, 1);
  assert.match(several.stderr, /hay varios clientes .* elige uno con --id:\n {2}\d+ {2}Juan Pérez .*\n {2}\d+ {2}Rosa /);
  const short = await one('--id', await idOf('María García'), '--contrasena-stdin', { input: 'corta\n' });
  assert.equal(short.code, 1);
  assert.match(short.stderr, /al menos 8 caracteres/);
  assert.equal((await one()).code, 100);
  assert.equal((await one('--id', '1', '--email', 'juan@ejemplo.com')).code, 100);
  assert.equal((await one('--id', 'uno')).code, 100);
  assert.equal(await count('account'), 0);
});

test('the manuals name the options and the exit codes', async () => {
  const many = await stack().run('crear-usuarios', '--help');
  for (const word of ['--si', '--salida', '--limite', '  0 ', '  1 ', '  3 ', '100', '102', '111']) assert.ok(many.stdout.includes(word), word);
  const one = await stack().run('crear-usuario', '--help');
  for (const word of ['--email', '--telefono', '--id', '--contrasena-stdin']) assert.ok(one.stdout.includes(word), word);
});
