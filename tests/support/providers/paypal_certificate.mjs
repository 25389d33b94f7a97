// Keys and certificates that the stand-in PayPal signs with, made by openssl in a folder that is gone afterwards.
import { execFile } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const patienceMs = 20_000;

// { certificate (PEM), key (private) } of a self-signed RSA certificate
export async function makeCertificate({ host = 'messageverificationcerts.paypal.com', days = 2 } = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ventanilla-certificate-'));
  try {
    const at = (name) => path.join(folder, name);
    await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-sha256', '-days', String(days),
      '-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`, '-keyout', at('key.pem'), '-out', at('certificate.pem')], { timeout: patienceMs });
    return { certificate: await readFile(at('certificate.pem'), 'utf8'), key: createPrivateKey(await readFile(at('key.pem'))) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
