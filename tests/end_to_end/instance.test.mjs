// tools/start and tools/stop: what they promise to somebody who runs them by hand (SPEC.md, 6 and 7).
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { freePort, root, run, Stack } from '../support/stack.mjs';
import { parentOf, processes, signal } from '../support/processes.mjs';
import {
  archive, assertOurPage, claimByForm, createStaff, heading, login, mailFiles, newcomer, paths, search, slack, until,
  useStack,
} from '../support/flows.mjs';

const tool = (name, args, settings = {}) => run(path.join(root, 'tools', name), args, { env: { ...process.env, MAIL_BACKEND: 'file', ...settings } });
const handlers = ['login', 'account_search', 'claim', 'verify_code', 'resend_code', 'portal', 'admin_clients'];
const folders = [];

async function newFolder(name = 'ventanilla-') {
  const folder = await mkdtemp(path.join(os.tmpdir(), name));
  folders.push(folder);
  return folder;
}

after(async () => {
  for (const folder of folders) {
    await tool('stop', ['--data', folder]);
    await rm(folder, { recursive: true, force: true });
  }
});

// What pgrep says about a folder, without this test itself.
async function mentions(folder) {
  const found = await run('pgrep', ['-af', folder]);
  return found.stdout.split('\n').filter((line) => line && !line.includes('pgrep') && !line.includes('node '));
}

describe('one instance', () => {
  const { stack, visitor } = useStack();

  test('every handler and the worker are back within two seconds of kill -9', async () => {
    for (const name of [...handlers, 'worker']) {
      const before = await processes(stack(), name);
      assert.ok(before.length >= 1, name);
      const pid = await parentOf(stack(), name);
      signal([{ pid }], 'SIGKILL');
      await until(`${name} is back`, async () => {
        const now = await parentOf(stack(), name);
        return now !== undefined && !before.some((old) => old.pid === now);
      }, { within: 2_000 });
    }
    for (const route of [paths.login, paths.search, paths.form, paths.formCode]) assertOurPage(await visitor().get(route), 200);
    const { account } = await claimByForm(stack(), { username: 'despues', email: 'despues@ejemplo.com' });
    assert.equal(account.username, 'despues');
  });

  test('kill -9 of one child is made good by its parent, and nobody notices', async () => {
    const parent = await parentOf(stack(), 'login');
    const children = (await processes(stack(), 'login')).filter(({ pid }) => pid !== parent);
    signal(children, 'SIGKILL');
    await until('new children', async () => (await processes(stack(), 'login')).length > children.length);
    assertOurPage(await visitor().get(paths.login), 200);
    assert.equal(await parentOf(stack(), 'login'), parent);
  });

  test('DIR/env gives a shell everything that the command line needs', async () => {
    const shell = (script) => run('bash', ['-c', script], { env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' }, cwd: '/' });
    const state = await shell(`. '${stack().data}/env'; ventanilla estado`);
    assert.ok([0, 1, 2, 3].includes(state.code), `${state.code} ${state.stderr}`);
    assert.match(state.stdout, /Esquema: al día/);
    const shown = await shell(`. '${stack().data}/env'; echo "$BASE_URL|$MAIL_DIR|$DATABASE_URL"`);
    assert.equal(shown.stdout.trim(), `${stack().url}|${stack().env.MAIL_DIR}|${stack().env.DATABASE_URL}`);
  });

  test('--check of every program says 0, and 102 with the name of a setting that is wrong', async () => {
    for (const name of [...handlers, 'worker']) {
      const fine = await run(name, ['--check'], { env: stack().env });
      assert.equal(fine.code, 0, `${name}: ${fine.stderr}`);
      for (const [setting, value] of [['CODE_LENGTH', '9'], ['CODE_LENGTH', 'cuatro'], ['SEARCH_DISCLOSES', '2'], ['SECRET_KEY', 'corta'], ['MAIL_BACKEND', 'paloma'],
        ['TEMPLATES_DIR', '/nonexistent'], ['BASE_URL', 'portal.example.org'], ['TIME_ZONE', 'Marte/Base'], ['DATABASE_URL', 'postgresql:///nada?host=/nonexistent']]) {
        const broken = await run(name, ['--check'], { env: { ...stack().env, [setting]: value } });
        assert.equal(broken.code, 102, `${name} ${setting}: ${broken.stderr}`);
        assert.equal(broken.stderr.trim().split('\n').length, 1, 'one clear line');
        if (!['TEMPLATES_DIR', 'DATABASE_URL'].includes(setting)) assert.ok(broken.stderr.includes(setting), broken.stderr);
        if (setting === 'SECRET_KEY') assert.ok(!broken.stderr.includes('corta'));
      }
      if (name === 'portal') {
        const broken = await run(name, ['--check'], { env: { ...stack().env, PDF_FONT_DIR: '/nonexistent' } });
        assert.equal(broken.code, 102, broken.stderr);
        assert.match(broken.stderr, /^[^\n]*PDF_FONT_DIR[^\n]*\n$/);
      }
      const help = await run(name, ['--help'], { env: { PATH: stack().env.PATH } });
      assert.equal(help.code, 0);
      assert.match(help.stdout, /\S/);
    }
  });

  test('a second tools/start on the same folder or port says so and changes nothing', async () => {
    const again = await tool('start', ['--port', String(await freePort()), '--data', stack().data, '--empty', '--detach']);
    assert.notEqual(again.code, 0);
    assert.match(again.stderr, /ya hay una instancia en marcha/);
    const other = await newFolder();
    const taken = await tool('start', ['--port', String(stack().port), '--data', other, '--empty', '--detach']);
    assert.notEqual(taken.code, 0);
    assert.match(taken.stderr, new RegExp(`${stack().port}.*en uso`));
    assert.deepEqual(await mentions(other), []);
    assertOurPage(await visitor().get(paths.login), 200);
  });
});

describe('starting and stopping', () => {
  test('a wrong setting ends the start with its name, and nothing stays behind', async () => {
    const folder = await newFolder();
    for (const args of [['--detach'], []]) {
      for (const [setting, value] of [['CODE_LENGTH', '9'], ['MAIL_BACKEND', 'paloma']]) {
        const failed = await tool('start', ['--port', String(await freePort()), '--data', folder, '--empty', ...args], { [setting]: value });
        assert.equal(failed.code, args.length ? failed.code || 0 : 102, failed.stderr);
        assert.notEqual(failed.code, 0);
        const log = await run('cat', [path.join(folder, 'log/ventanilla.log')]);
        assert.match(failed.stderr + failed.stdout + log.stdout, new RegExp(setting));
        assert.deepEqual(await mentions(folder), []);
      }
    }
    const fine = await tool('start', ['--port', String(await freePort()), '--data', folder, '--empty', '--detach']);
    assert.equal(fine.code, 0, 'with the setting put right it starts');
  });

  test('it stops completely, starts again in seconds with everything still there, and says when nothing runs', { timeout: 120_000 }, async () => {
    const folder = await newFolder('ventanilla con espacio ');
    const first = await Stack.start({ data: folder });
    const staff = await createStaff(first);
    const { account } = await claimByForm(first, { username: 'duradera', email: 'duradera@ejemplo.com' });
    await first.stop({ keep: true });
    assert.deepEqual(await mentions(folder), []);
    assert.deepEqual(await processes({ data: folder }), []);
    const nothing = await tool('stop', ['--data', folder]);
    assert.equal(nothing.code, 0);
    assert.match(nothing.stderr + nothing.stdout, /No había nada en marcha/);

    const begin = Date.now();
    const second = await Stack.start({ data: folder });
    assert.ok(Date.now() - begin < 5_000 * slack, `${Date.now() - begin} ms`);
    try {
      assert.notEqual(second.port, first.port);
      assert.equal((await login(newcomer(second), staff.username, staff.password)).location, paths.admin);
      const rows = await second.query('SELECT id FROM account WHERE username = $1', ['duradera']);
      assert.equal(rows[0].id, account.id);
      assert.ok((await mailFiles(second)).length >= 2);
      signal(await processes(second, 'ventanilla-supervisor'), 'SIGKILL');
      await until('all of it goes with the supervisor', async () => (await processes(second)).length === 0, { within: 20_000 });
    } finally {
      await second.stop({ keep: true });
    }
    const third = await Stack.start({ data: folder });
    await third.stop({ keep: true });
  });

  test('settings of the environment reach every program, and two instances side by side know nothing of each other', async () => {
    const [one, two] = await Promise.all([
      Stack.start({ settings: { SEARCH_DISCLOSES: '0', CODE_LENGTH: '6', PORTAL_NAME: 'Uno' } }),
      Stack.start({ settings: { PORTAL_NAME: 'Dos' } }),
    ]);
    try {
      for (const stack of [one, two]) await archive(stack, { username: 'gemela', email: 'gemela@ejemplo.com' });
      const searched = await newcomer(one).submit(paths.search, { email: 'gemela@ejemplo.com' });
      assert.equal(searched.location, paths.searchCode);
      assert.equal((await search(newcomer(two), 'gemela@ejemplo.com')).ids.length, 1);
      const person = newcomer(one);
      await person.submit(paths.form, { username: 'x', email: 'x@ejemplo.com', first_name: 'X', last_name: 'X', password1: 'girasol lento 42', password2: 'girasol lento 42' });
      assert.match((await person.get(paths.formCode)).text, /6 dígitos/);
      await claimByForm(two, { username: 'gemela2', email: 'gemela2@ejemplo.com' });
      assert.equal((await one.query('SELECT count(*)::int AS n FROM account'))[0].n, 0);
      for (const [stack, name] of [[one, 'Uno'], [two, 'Dos']]) {
        const page = await newcomer(stack).get(paths.login);
        assert.match(page.body, new RegExp(`<title>[^<]*${name}</title>`), heading(page));
      }
      assert.notEqual(one.env.SECRET_KEY, two.env.SECRET_KEY);
    } finally {
      await Promise.all([one.stop(), two.stop()]);
    }
    assert.deepEqual([...await processes(one), ...await processes(two)], []);
  });
});
