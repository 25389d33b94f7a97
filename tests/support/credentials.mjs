// Clients, their jobs and the passwords that jobs made, for the end-to-end tests.
//
//   await addClients(stack, 2000);
//   const job = await queueJob(stack, 'crear_usuario_portal', { sendsMail: true });
//   const made = await madePasswords(stack);        [{ client_id, username, hash, password }], opened as the program would
//   await wrongOnes(made)                           those that do not open their account
import { createDecipheriv, createHmac } from 'node:crypto';
import path from 'node:path';
import { run } from './stack.mjs';
import { until } from './flows.mjs';

export async function addClients(stack, count) {
  await stack.query(`INSERT INTO client (full_name, email, phone) SELECT 'Cliente ' || n,
    'cliente' || n || '@ejemplo.com', (9930000000 + n)::text FROM generate_series(1, $1::int) AS n`, [count]);
}

// A job for all clients, as staff confirm it. Its id.
export async function queueJob(stack, action, { sendsMail = false } = {}) {
  const [{ id }] = await stack.query('INSERT INTO bulk_job (action, created_at) VALUES ($1, now()) RETURNING id', [action]);
  await stack.query('INSERT INTO bulk_job_item (job_id, client_id) SELECT $1, id FROM client ORDER BY id', [id]);
  await stack.query("UPDATE bulk_job SET status = 'queued', sends_mail = $2 WHERE id = $1", [id, sendsMail]);
  return id;
}

export const jobIsDone = (stack, id, within) => until(`job ${id} is done`, async () => {
  const [job] = await stack.query('SELECT status FROM bulk_job WHERE id = $1', [id]);
  return job.status === 'done';
}, { within, every: 100 });

// AES-256-GCM: 12 bytes of nonce, the text, 16 bytes of tag; bound to job and client (common/core/sealing.cpp).
function opened(stack, { sealed, job_id, client_id }) {
  const key = createHmac('sha256', stack.env.SECRET_KEY).update('credentials').digest();
  const cipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
  cipher.setAAD(Buffer.from(`job ${job_id} client ${client_id}`));
  cipher.setAuthTag(sealed.subarray(-16));
  return cipher.update(sealed.subarray(12, -16), undefined, 'utf8') + cipher.final('utf8');
}

export async function madePasswords(stack) {
  const rows = await stack.query(`SELECT item.job_id, item.client_id, item.sealed, account.username, account.password_hash AS hash
    FROM bulk_job_item AS item JOIN account ON account.id = item.account_id WHERE sealed IS NOT NULL ORDER BY item.id`);
  return rows.map((row) => ({ ...row, password: opened(stack, row) }));
}

export async function wrongOnes(made) {
  const program = path.join(process.env.VENTANILLA_BUILD_DIR, 'bin/verify_passwords');
  const input = made.map(({ hash, password }) => `${hash}\t${password}\n`).join('');
  const checked = await run(program, [], { input, timeout: 600_000 });
  if (checked.code !== 0) throw new Error(checked.stderr);
  return checked.stdout.split('\n').filter(Boolean);
}

// The entries of a credenciales_clientes.txt.
export function fileEntries(text) {
  return [...text.matchAll(/\nCliente: (.*)\nEmail: (.*)\nTeléfono: (.*)\nUsername: (.*)\nContraseña: (.*)\n-{70}\n/g)]
    .map(([, name, email, phone, username, password]) => ({ name, email, phone, username, password }));
}
