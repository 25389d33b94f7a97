// A real Chromium in front of a whole Ventanilla.
//
//   const site = await Site.open({ settings: { SEARCH_DISCLOSES: '0' } });   // stack, archive and one Chromium
//   const person = await site.person({ width: 360, javaScript: false });     // a browser of its own: cookies, window
//   await person.open('/login/');  await person.write('Contraseña', '...');  await person.press('Entrar');
//   const { username, email, password } = site.archived();                   // an archived account nobody used yet
//   const code = await site.code(email);                                     // from the newest mail to that address
//   await person.leave();      fails for whatever the browser complained about
//   await site.close();
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { Stack, testData } from './stack.mjs';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];

// Chromium always comes from 127.0.0.1: limits by network and by mailbox must not end a test that is about something else.
const patient = {
  NETWORK_CODE_REQUESTS: '1000', NETWORK_WRONG_CODES: '1000', SITE_WRONG_CODES: '1000', MAIL_DAY_NETWORK: '1000',
  MAIL_DAY_TOTAL: '1000', MAIL_GAP_SECONDS: '0', LOGIN_FAILURE_MS: '0',
};

const goneOn = 'net::ERR_ABORTED';  // the person was already leaving the page
const complaint = /^Failed to load resource: the server responded with a status of/;

async function csv(name) {
  const text = await readFile(path.join(testData, name), 'utf8');
  const [header, ...lines] = text.trimEnd().split(/\r?\n/);
  const cells = (line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)]
    .map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain);
  const names = cells(header);
  return lines.map((line) => Object.fromEntries(cells(line).map((value, i) => [names[i], value])));
}

// The text part of a mail of ours.
function mailText(raw) {
  const part = raw.split('Content-Type: text/plain')[1]?.split('\n--')[0] ?? '';
  const body = part.slice(part.search(/\r?\n\r?\n/)).replace(/=\r?\n/g, '');
  const bytes = body.replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

// One browser of its own (cookies, window), and a list of everything that went wrong in it.
export class Person {
  constructor(site, context, page) {
    Object.assign(this, { site, context, page, problems: [], document: null, failedPages: new Set() });
    page.on('pageerror', (error) => this.problems.push(`page error: ${error.message}`));
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText;
      if (reason !== goneOn) this.problems.push(`failed: ${request.url()} ${reason}`);
    });
    page.on('response', (response) => {
      if (response.request().isNavigationRequest()) {
        this.document = response;
        if (response.status() >= 400) this.failedPages.add(response.url());
      } else if (response.status() >= 400) {
        this.problems.push(`${response.status()} for ${response.url()}`);
      }
    });
    page.on('console', (message) => {
      const isPageStatus = complaint.test(message.text()) && this.failedPages.has(message.location().url);
      if (['error', 'warning'].includes(message.type()) && !isPageStatus) this.problems.push(`console: ${message.text()}`);
    });
  }

  open(route) { return this.page.goto(this.site.stack.url + route); }

  write(label, text) { return this.page.getByLabel(label, { exact: true }).fill(text); }

  // Presses a button or follows a link as a person sees it, and waits for the page it leads to.
  async press(name, { role = 'button', within = this.page } = {}) {
    const arrived = this.page.waitForNavigation({ waitUntil: 'load' });
    await within.getByRole(role, { name }).first().click();
    await arrived;
  }

  follow(name) { return this.press(name, { role: 'link' }); }

  async logIn(username, password) {
    await this.open('/login/');
    await this.write('Usuario o correo', username);
    await this.write('Contraseña', password);
    await this.press('Entrar');
  }

  async search(email) {
    await this.open('/datos-archivados/buscar-usuario/');
    await this.write('Correo electrónico', email);
    await this.press('Buscar mi cuenta');
  }

  async recover(email) {
    await this.open('/clientes/portal/recuperar/');
    await this.write('Correo electrónico', email);
    await this.press('Enviarme el código');
  }

  async enterCode(code) {
    await this.page.locator('#code').fill(code);
    await this.press('Continuar');
  }

  async choosePassword(password, button, repeated = password) {
    await this.page.locator('#password1').fill(password);
    await this.page.locator('#password2').fill(repeated);
    await this.press(button);
  }

  get status() { return this.document.status(); }
  get route() { return new URL(this.page.url()).pathname; }
  heading() { return this.page.locator('h1').innerText(); }
  notice() { return this.page.locator('[role=status]').innerText(); }
  text() { return this.page.locator('main').innerText(); }

  async isAt(route, heading) {
    assert.equal(this.route, route, await this.text());
    if (heading) assert.match(await this.heading(), heading);
  }

  async leave() {
    await this.context.close();
    assert.deepEqual(this.problems, []);
  }
}

export class Site {
  static async open({ settings = {} } = {}) {
    const site = new Site();
    site.stack = await Stack.start({ settings: { ...patient, ...settings } });
    try {
      const loaded = await site.stack.run('importar-archivo', '--tabla', 'usuarios_archivados', path.join(testData, 'usuarios_archivados.csv'));
      assert.ok([0, 3].includes(loaded.code), loaded.stderr);
      await site.#readAccounts();
      site.browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
    } catch (error) {
      await site.close();
      throw error;
    }
    return site;
  }

  async #readAccounts() {
    const archived = new Map((await csv('usuarios_archivados.csv')).map((row) => [row.id, row]));
    const known = (await csv('claves_conocidas.csv')).filter((row) => row.fuente === 'usuarios_archivados'
      && row.estado === 'activo' && row.contrasena !== '' && row.email !== '' && !row.email.startsWith('familia.'));
    this.unused = known.map((row) => ({
      id: row.id, username: row.username, email: row.email, password: row.contrasena,
      firstName: archived.get(row.id).first_name, lastName: archived.get(row.id).last_name,
    }));
  }

  archived() { return this.unused.shift(); }

  async person({ width = 1280, height = width < 600 ? 740 : 900, javaScript = true, colorScheme = 'light' } = {}) {
    const context = await this.browser.newContext({
      viewport: { width, height }, javaScriptEnabled: javaScript, colorScheme, locale: 'es-MX', reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(10_000);
    return new Person(this, context, await context.newPage());
  }

  async #mails(email) {
    const names = (await readdir(this.stack.env.MAIL_DIR)).filter((name) => name.endsWith('.eml')).sort();
    const mails = await Promise.all(names.map((name) => readFile(path.join(this.stack.env.MAIL_DIR, name), 'utf8')));
    return mails.filter((mail) => mail.toLowerCase().includes(`\nto: ${email.toLowerCase()}`));
  }

  // The code in the nth code mail to that address.
  async code(email, nth = 1) {
    for (let i = 0; i < 200; i += 1) {
      const codes = (await this.#mails(email)).map((mail) => /^\s*(\d{4,8})\s*$/m.exec(mailText(mail))?.[1]).filter(Boolean);
      if (codes.length >= nth) return codes[nth - 1];
      await pause(50);
    }
    throw new Error(`no code mail number ${nth} to ${email}`);
  }

  static wrong(code) { return code.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)); }

  async close() {
    await this.browser?.close();
    await this.stack.stop();
  }
}

// Saves the page as it looks, when SCREENSHOTS names a folder.
export async function photograph(page, name) {
  if (!process.env.SCREENSHOTS) return;
  await mkdir(process.env.SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: path.join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true });
}
