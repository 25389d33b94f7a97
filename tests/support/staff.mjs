// What staff do, step by step: accounts of each role, clients, and the forms of their pages.
import assert from 'node:assert/strict';
import { login, newcomer } from './flows.mjs';
import { Visitor } from './browser_client.mjs';

export const staffPaths = {
  overview: '/admin/',
  clients: '/admin/clientes/cliente/',
  addClient: '/admin/clientes/cliente/add/',
  client: (id) => `/admin/clientes/cliente/${id}/change/`,
  access: (id) => `/admin/clientes/cliente/${id}/acceso/`,
  importing: '/admin/clientes/importar/',
  jobs: '/admin/acciones/',
  job: (id) => `/admin/acciones/${id}/`,
  audit: '/admin/auditoria/',
};
export const staffPassword = 'ventanilla verde 7';

// A member of staff with this role, logged in.
export async function staff(stack, rol = 'administrador', usuario = rol) {
  const made = await stack.run('crear-admin', '--usuario', usuario, '--email', `${usuario}@ejemplo.com`, '--rol', rol,
    '--contrasena-stdin', { input: `${staffPassword}\n` });
  assert.equal(made.code, 0, made.stderr);
  const person = newcomer(stack);
  const answer = await login(person, usuario, staffPassword);
  assert.equal(answer.location, '/admin/', answer.text);
  return person;
}

// A client as a row; its id.
export async function addClient(stack, { name = 'Juan Pérez', email = null, phone = null } = {}) {
  const [row] = await stack.query('INSERT INTO client (full_name, email, phone) VALUES ($1, $2, $3) RETURNING id', [name, email, phone]);
  return Number(row.id);
}

// POSTs a form of the page `from`, with that page's token.
export async function press(person, from, path, fields = {}) {
  const page = await person.get(from);
  assert.equal(page.status, 200, page.text);
  return person.post(path, fields, { token: Visitor.tokenOf(page) });
}

// The text behind a term of a page's list of facts.
export const fact = (page, term) => new RegExp(`<dt>${term}</dt>\\s*<dd>(?:<code>)?([^<]*)`).exec(page.body)?.[1].trim();

// Uploads a file as a browser does.
export async function upload(person, text, { name = 'clientes.csv', codificacion = 'utf-8' } = {}) {
  const token = Visitor.tokenOf(await person.get(staffPaths.importing));
  const boundary = '----WebKitFormBoundaryVentanilla';
  const part = (head, value) => Buffer.concat([Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`), Buffer.from(value), Buffer.from('\r\n')]);
  const body = Buffer.concat([
    part('name="csrf_token"', token),
    part('name="codificacion"', codificacion),
    part(`name="archivo"; filename="${name}"\r\nContent-Type: text/csv`, text),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
  return person.request('POST', staffPaths.importing, { body, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } });
}
