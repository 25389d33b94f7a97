// Bodies and queries that no honest browser sends: refused at once, in a page of ours (DESIGN.md, cgicc).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../support/stack.mjs';
import { Visitor } from '../support/browser_client.mjs';
import { askHandler } from '../support/fastcgi_client.mjs';
import { assertOurPage, assertPage, claimByForm, paths, slack, useStack } from '../support/flows.mjs';
import { assertGuarded, fieldsOf, formType, posts } from '../support/routes.mjs';

const { stack, visitor } = useStack({ settings: { LOGIN_FAILURE_MS: '0' } });

const tokenFor = async (person) => Visitor.tokenOf(await person.get(paths.recovery));

// One visitor who is logged in, for all tests here.
let inside;
async function somebodyInside() {
  inside ??= claimByForm(stack(), { username: 'dentro', email: 'dentro@ejemplo.com' });
  return (await inside).visitor;
}

const long = 'x'.repeat(10_000);
const bodies = {
  '64 KiB of &': '&'.repeat(65_536),
  '60 KiB of & and =': '&='.repeat(30_000),
  '300 fields': Array.from({ length: 300 }, (_, i) => `a${i}=1`).join('&'),
  'a bad percent escape': 'username=%zz&code=%4',
  'a lone percent': 'username=%',
  'a NUL': 'username=a%00b&email=a%00b&code=12%0034&password=%00&csrf_token=%00',
  'a NUL in a name': 'user%00name=1',
  'a raw NUL': 'username=a\0b',
  'invalid UTF-8': 'username=%ff%fe&email=%c3%28',
  'a surrogate half': 'username=%ed%a0%80',
  'an overlong slash': 'username=%c0%af',
  'a raw control character': 'username=a\x01b',
};

for (const [name, body] of Object.entries(bodies)) {
  test(`${name}: every form answers 400 in no time`, async () => {
    const person = await somebodyInside();
    for (const path of posts) {
      const times = [];
      for (let i = 0; i < 2; i += 1) {
        const begin = performance.now();
        const answer = await person.request('POST', path, { body, headers: { 'content-type': formType } });
        times.push(performance.now() - begin);
        assertPage(answer, 400, 'errors/bad_request');
        assertGuarded(answer, path);
      }
      assert.ok(Math.min(...times) < 200 * slack, `${path}: ${times} ms`);
    }
  });
}

test('values of 10,000 characters, and every field twice: refused in the page\'s own words', async () => {
  const person = visitor();
  const token = await tokenFor(person);
  for (const path of posts) {
    for (const [name] of Object.entries(fieldsOf)) {
      const begin = performance.now();
      const answer = await person.post(path, { ...fieldsOf, [name]: long }, { token });
      assert.ok(answer.status === 303 || (answer.status >= 400 && answer.status < 500), `${path} ${name}: ${answer.status}`);
      assert.ok(performance.now() - begin < 400 * slack, `${path} ${name} took too long`);
      if (answer.status !== 303) assertOurPage(answer, answer.status);
      assert.ok(answer.body.length < 60_000, 'and the long value does not come back over and over');
      await stack().query('DELETE FROM verification_code; DELETE FROM login_failure');
    }
    const twice = [...Object.entries(fieldsOf), ...Object.entries(fieldsOf)];
    const answer = await person.post(path, twice, { token });
    assert.ok(answer.status < 500, `${path}: ${answer.status}`);
    await stack().query('DELETE FROM verification_code; DELETE FROM login_failure');
  }
});

test('other content types, or none, are refused', async () => {
  const person = visitor();
  const token = await tokenFor(person);
  const multipart = `--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n${token}\r\n--x--\r\n`;
  for (const [type, body] of [['multipart/form-data; boundary=x', multipart], ['multipart/form-data', '--\r\n'], ['application/json', '{"username":"u"}'],
    ['text/plain', `csrf_token=${token}`], [undefined, `csrf_token=${token}`], ['', 'a=1'], ['\u00ff', 'a=1'], [`${formType}x`, 'a=1']]) {
    for (const path of posts) {
      const answer = await person.request('POST', path, { body, headers: type === undefined ? {} : { 'content-type': type } });
      assertPage(answer, 400, 'errors/bad_request');
    }
  }
  const answer = await person.post(paths.search, { email: 'x@ejemplo.com', csrf_token: token }, { headers: { 'content-type': 'Application/X-WWW-Form-Urlencoded; charset=UTF-8' } });
  assert.equal(answer.status, 303, 'parameters of the type and capitals are fine');
});

test('a body over 64 KiB is a page of ours with 413, one over 1 MiB is nginx\'s', async () => {
  for (const [size, targets] of [[70 * 1024, posts], [900 * 1024, [paths.login]], [1536 * 1024, [paths.login, paths.sessions]]]) {
    for (const path of targets) {
      const answer = await visitor().request('POST', path, { body: `a=${'x'.repeat(size)}`, headers: { 'content-type': formType } });
      assertPage(answer, 413, 'errors/too_large');
      assertGuarded(answer, path);
    }
  }
});

test('a body that is shorter than it says is refused, and the process goes on', async () => {
  const socket = `${stack().data}/run/login.sock`;
  const values = { REQUEST_METHOD: 'POST', REQUEST_URI: '/login/', CONTENT_TYPE: formType, REMOTE_ADDR: '127.0.0.1' };
  for (const [length, body, options] of [['100', 'username=u', {}], ['100', 'username=u', { end: false }], ['100', '', {}], ['1000', 'x'.repeat(999), {}]]) {
    const answer = await askHandler(socket, { ...values, CONTENT_LENGTH: length }, body, options);
    assert.equal(answer.status, 400, `${length} ${body.length}`);
  }
  for (const length of ['70000', '4294967296', '2147483648']) {
    assert.equal((await askHandler(socket, { ...values, CONTENT_LENGTH: length }, 'a=1')).status, 413, length);
  }
  for (const length of ['-1', '99999999999999999999', 'abc', '', '0x10', '1e3', ' 3']) {
    const { status } = await askHandler(socket, { ...values, CONTENT_LENGTH: length }, 'a=1');
    assert.ok([400, 403].includes(status), `${JSON.stringify(length)}: ${status}`);
  }
  assert.equal((await askHandler(socket, { REQUEST_METHOD: 'GET', REQUEST_URI: '/login/' })).status, 200);
  assert.ok((await askHandler(socket, {})).status >= 400);
});

test('a body without a length (chunked) is read like any other', async () => {
  const person = visitor();
  const token = await tokenFor(person);
  const body = new URLSearchParams({ csrf_token: token, email: 'trozos@ejemplo.com' }).toString();
  const headers = { cookie: `visitor=${person.cookies.get('visitor')}`, 'content-type': formType };
  const answer = await fetch(new URL(paths.search, stack().url), { method: 'POST', headers, body: new Blob([body]).stream(), duplex: 'half', redirect: 'manual' });
  assert.equal(answer.status, 303);
});

test('queries are held to the same rules', async () => {
  for (const query of ['%zz', 'a=%00', 'next=%ff', '&'.repeat(4000), Array.from({ length: 300 }, (_, i) => `a${i}`).join('&')]) {
    assertPage(await visitor().get(`${paths.login}?${query}`), 400, 'errors/bad_request');
  }
  const person = visitor();
  const token = await tokenFor(person);
  const sneaky = await person.post(`${paths.search}?csrf_token=${token}&email=x@ejemplo.com`, {});
  assertPage(sneaky, 403, 'errors/csrf');
});

test('none of it killed a process', async () => {
  const log = await run('bash', ['-c', `cat ${stack().data}/log/*.log`]);
  assert.doesNotMatch(log.stdout, /child_died|event=request_failed/);
});
