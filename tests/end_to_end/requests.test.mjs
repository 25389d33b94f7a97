// Forms of other sites, methods, unknown routes, cookies, and the headers of every answer (SPEC.md, routes; DESIGN.md, headers).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Visitor } from '../support/browser_client.mjs';
import {
  archive, assertOurPage, assertPage, claimByForm, isInside, login, paths, useStack,
} from '../support/flows.mjs';
import { assertGuarded, fieldsOf, formType, gets, posts } from '../support/routes.mjs';

const { stack, visitor } = useStack({ settings: { LOGIN_FAILURE_MS: '0' } });

const member = async (username) => (await claimByForm(stack(), { username, email: `${username}@ejemplo.com` })).visitor;
const tokenFor = async (person) => Visitor.tokenOf(await person.get(paths.recovery));

// How many rows there are of everything that a request might change.
async function everything() {
  const names = ['account', 'session', 'claim', 'verification_code', 'code_attempt', 'mail_outbox', 'archive_search', 'login_failure', 'audit_log'];
  const [row] = await stack().query(`SELECT ${names.map((name) => `(SELECT count(*) FROM ${name}) AS ${name}`).join(', ')}`);
  return row;
}

describe('forms of others', () => {
  test('without our token, with a foreign or an old one, or from another origin: 403, and nothing changes', async () => {
    const person = visitor();
    await archive(stack(), { username: 'blanco', email: 'blanco@ejemplo.com', oldPassword: 'una vieja clave' });
    const before = await tokenFor(person);
    await login(person, 'blanco', 'una vieja clave');
    const mine = await tokenFor(person);
    const foreign = await tokenFor(visitor());
    const attempts = [
      [undefined, {}], ['', {}], ['x', {}], [mine.slice(0, -2), {}], [`${mine}A`, {}], [foreign, {}], [before, {}],
      [mine, { origin: 'https://malo.example' }], [mine, { origin: 'null' }], [mine, { origin: `${stack().url}.malo.example` }],
      [mine, { 'sec-fetch-site': 'cross-site' }],
    ];
    const rows = await everything();
    for (const path of posts) {
      for (const [token, headers] of attempts) {
        const answer = await person.post(path, { ...fieldsOf, ...(token === undefined ? {} : { csrf_token: token }) }, { headers });
        assertPage(answer, 403, 'errors/csrf');
        assertGuarded(answer, path);
      }
    }
    assert.deepEqual(await everything(), rows);
    assert.ok(await isInside(person));
    const fine = await person.post(paths.search, { email: 'x@ejemplo.com' }, { token: mine, headers: { origin: stack().url, 'sec-fetch-site': 'same-origin' } });
    assert.equal(fine.status, 303);
  });

  test('a visitor without cookies is told to load the page again', async () => {
    const person = visitor();
    const page = await person.get(paths.login);
    person.cookies.clear();
    assertPage(await person.post(paths.login, fieldsOf, { token: Visitor.tokenOf(page) }), 403, 'errors/csrf');
  });
});

describe('routes', () => {
  test('another method on a known route is 405 and says which ones there are', async () => {
    const person = await member('metodos');
    for (const path of new Set([...gets, ...posts])) {
      const allowed = [...(gets.includes(path) || path === paths.choosePassword(1) || path === paths.recoveryPassword ? ['GET', 'HEAD'] : []), ...(posts.includes(path) ? ['POST'] : [])];
      for (const method of ['PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND', ...(allowed.includes('GET') ? [] : ['GET']), ...(allowed.includes('POST') ? [] : ['POST'])]) {
        const answer = await person.request(method, path);
        assertPage(answer, 405, 'errors/method_not_allowed');
        assert.equal(answer.headers.allow, allowed.join(', '), `${method} ${path}`);
        assertGuarded(answer, path);
      }
    }
  });

  test('an unknown route is 404, whoever would have answered it', async () => {
    for (const path of ['/nada/', '/login/x/', '/login/index.php', '/LOGIN/', '/clientes/portal/nada/', '/clientes/portal/pagos/x', '/admin/nada/', '/datos-archivados/',
      '/datos-archivados/iniciar-reclamacion/abc/', '/datos-archivados/reclamar-usuario-dinamico/x/', '/activar/x/', '//login/', '/login//', '/-errores/404.html',
      '/estatico/nada.svg', '/estatico/../nginx.conf', '/.env', '/%00', '/login/%2e%2e/admin/', '/clientes/portal/%ff']) {
      const answer = await visitor().get(path);
      assertOurPage(answer, path === '/%00' ? answer.status : 404);
      assert.ok(answer.status === 404 || answer.status === 400, path);
      assertGuarded(answer, path);
    }
  });

  test('HEAD is GET without the body, and every page carries the security headers', async () => {
    const person = await member('cabeza');
    await person.get(paths.portal); // its notice is shown once
    for (const path of [...gets, '/nada/', '/estatico/icono.svg']) {
      const [get, head] = [await person.get(path), await person.request('HEAD', path)];
      assert.equal(head.status, get.status, path);
      assert.equal(head.body, '');
      assert.equal(head.headers['content-length'], get.headers['content-length'], path);
      assert.equal(head.headers['content-type'], get.headers['content-type']);
      assertGuarded(get, path);
      assertGuarded(head, path);
      if (!path.startsWith('/estatico')) assert.equal(get.headers['cache-control'], 'no-store', path);
    }
    assert.equal((await person.get('/')).location, paths.portal);
  });

  test('a static file is kept for a year under its version, for a day without one, and never when it is missing', async () => {
    const [, named] = (await visitor().get(paths.login)).body.match(/"(\/estatico\/icono\.svg\?v=[\w-]+)"/);
    const kept = await visitor().get(named);
    assert.equal(kept.status, 200);
    assert.equal(kept.headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.equal((await visitor().get('/estatico/icono.svg')).headers['cache-control'], 'public, max-age=86400');
    const missing = await visitor().get('/estatico/nada.svg?v=1');
    assert.equal(missing.status, 404);
    assert.doesNotMatch(missing.headers['cache-control'] ?? '', /max-age=[1-9]/);
  });

  test('a page\'s content security policy allows its own styles and no script', async () => {
    const page = await visitor().get(paths.login);
    assert.match(page.headers['content-security-policy'], /style-src '?sha256-|style-src [^;]*'sha256-/);
    assert.doesNotMatch(page.body, /<script(?![^>]+src=)/);
    assert.doesNotMatch(page.body, / style="| onclick=/);
  });
});

describe('cookies', () => {
  const attributes = (line) => line.split('; ').slice(1).sort();

  test('they are HttpOnly, SameSite=Lax and for the whole site', async () => {
    const person = visitor();
    await archive(stack(), { username: 'galleta', email: 'galleta@ejemplo.com', oldPassword: 'una vieja clave' });
    const first = await person.get(paths.login);
    assert.deepEqual(first.headers['set-cookie'].map(attributes), [['HttpOnly', 'Path=/', 'SameSite=Lax']]);
    const inside = await login(person, 'galleta', 'una vieja clave');
    assert.ok(inside.headers['set-cookie'].length >= 2);
    for (const line of inside.headers['set-cookie']) {
      for (const wanted of ['HttpOnly', 'Path=/', 'SameSite=Lax']) assert.ok(attributes(line).includes(wanted), line);
      assert.doesNotMatch(line, /Domain=/);
    }
  });

  test('two cookies of one name are no cookie', async () => {
    const person = await member('doble');
    const all = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const session = `session=${person.cookies.get('session')}`;
    const nobody = visitor();
    assert.equal((await nobody.request('GET', paths.portal, { headers: { cookie: all } })).status, 200);
    for (const cookie of [`${all}; ${session}`, `${session}; ${all}`, `${all}; session=${'A'.repeat(43)}`]) {
      assert.equal((await visitor().request('GET', paths.portal, { headers: { cookie } })).status, 303);
    }
    const page = await person.get(paths.recovery);
    const twice = await visitor().request('POST', paths.recovery, { body: new URLSearchParams({ csrf_token: Visitor.tokenOf(page), email: 'x@ejemplo.com' }).toString(),
      headers: { 'content-type': formType, cookie: `${all}; visitor=${'B'.repeat(43)}` } });
    assertPage(twice, 403, 'errors/csrf');
  });

  test('broken cookies open nothing and break nothing', async () => {
    for (const cookie of ['session=x', 'session=', '=', ';;;', `session=${'%'.repeat(43)}`, 'device=AAAA', 'notice=AAAA', `visitor=${'ñ'.repeat(20)}`.normalize(), 'a'.repeat(4000)]) {
      const answer = await visitor().request('GET', paths.portal, { headers: { cookie: Buffer.from(cookie).toString('latin1') } });
      assert.equal(answer.status, 303, cookie.slice(0, 30));
    }
  });
});

describe('on https', () => {
  const secure = useStack({ settings: { BASE_URL: 'https://portal.example.org' } });

  test('cookies are Secure and bound to the host by their name', async () => {
    const { headers } = await secure.visitor().get(paths.login);
    assert.match(headers['set-cookie'][0], /^__Host-visitor=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  });
});
