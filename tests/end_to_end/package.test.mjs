// The Debian package and systemd's units (README.md, "Installing on a server"). systemd does not run here: units are read by
// systemd's own tools, and the package lives its life in a copy of this machine (support/package_life.sh).
//
// The package takes minutes to build: LONG=1 builds it, VENTANILLA_PACKAGE=FILE.deb takes one that is there.
import assert from 'node:assert/strict';
import { chmod, copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root, run } from '../support/stack.mjs';
import { useStack } from '../support/flows.mjs';

const isLong = process.env.LONG === '1' || Boolean(process.env.VENTANILLA_PACKAGE);
const notLong = isLong ? false : 'LONG=1 or VENTANILLA_PACKAGE=FILE.deb';
const isRoot = process.getuid() === 0;
const programs = path.join(process.env.VENTANILLA_BUILD_DIR ?? path.join(root, 'build/test'), 'bin');
const handlers = (await readdir(path.join(root, 'handlers'), { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name);
const analyzer = await run('systemd-analyze', ['--version']).then(({ code }) => code === 0, () => false);
const noAnalyzer = analyzer ? false : 'systemd-analyze is not installed';

let folder;
before(async () => { folder = await mkdtemp(path.join(os.tmpdir(), 'ventanilla-package-')); });
after(() => rm(folder, { recursive: true, force: true }));

const dropIns = (await readFile(path.join(root, 'tools/packaging/package.cmake'), 'utf8'))
  .matchAll(/link\(\\\$\{texts\}\/(\S+)\s+\$\{units\}\/(\S+)\)/g);

// The units as the package installs them, with the programs of this build.
async function stageUnits(target) {
  await mkdir(target);
  for (const name of await readdir(path.join(root, 'systemd'))) {
    if (!name.startsWith('ventanilla')) continue;
    const text = await readFile(path.join(root, 'systemd', name), 'utf8');
    await writeFile(path.join(target, name), text.replaceAll('/usr/lib/ventanilla/', `${programs}/`));
  }
  let count = 0;
  for (const [, text, place] of dropIns) {
    await cp(path.join(root, 'systemd', text), path.join(target, place), { recursive: true });
    count += 1;
  }
  assert.ok(count >= 5, `${count} drop-ins`);
}

describe('units', { skip: noAnalyzer }, () => {
  let units;
  before(async () => { units = path.join(folder, 'units'); await stageUnits(units); });
  const analyze = (...args) => run('systemd-analyze', args, { env: { ...process.env, SYSTEMD_UNIT_PATH: `${units}:` } });
  const services = () => [...handlers.map((name) => `ventanilla@${name}.service`), 'ventanilla-worker.service', 'ventanilla-setup.service', 'ventanilla-reconcile.service'];
  const verify = (...names) => analyze('verify', '--recursive-errors=no', '--man=no', ...names);
  const exposure = async (unit) => {
    const said = await analyze('security', '--offline=yes', '--no-pager', unit);
    return Number(said.stdout.match(/exposure level for \S+: ([\d.]+)/)?.[1]);
  };

  test('systemd finds nothing wrong with them', async () => {
    const found = await verify(...services(), ...handlers.map((name) => `ventanilla@${name}.socket`), 'ventanilla.target', 'ventanilla-reconcile.timer');
    assert.equal(found.stderr + found.stdout, '');
    assert.equal(found.code, 0);
  });

  test('and would find something', async () => {
    const broken = path.join(units, 'ventanilla-broken.service');
    await writeFile(broken, '[Service]\nExecStart=/bin/true\nPrivateTmp=maybe\n');
    const found = await verify('ventanilla-broken.service');
    await rm(broken);
    assert.notEqual(found.code, 0);
    assert.match(found.stderr, /ventanilla-broken.service:3: /);
  });

  test('who stays inside is exposed by 0.5 at most, and who calls out by 1.5', async () => {
    const outside = ['ventanilla@payments.service', 'ventanilla-worker.service', 'ventanilla-reconcile.service'];
    for (const unit of services()) {
      const level = await exposure(unit);
      assert.ok(level <= (outside.includes(unit) ? 1.5 : 0.5), `${unit}: ${level}`);
    }
  });
});

describe('the command line of the package', () => {
  test('reads /etc/ventanilla/env as systemd does, runs nothing in it, and gives way to the environment', async () => {
    const shell = await readFile(path.join(root, 'tools/packaging/ventanilla.sh'), 'utf8');
    const settings = path.join(folder, 'settings');
    await mkdir(path.join(folder, 'bin'));
    const wrapper = path.join(folder, 'bin/ventanilla');
    const changed = shell.replace(/^settings=.*$/m, `settings=${settings}`).replace(/^programs=.*$/m, `programs=${folder}/real`).replace(/^user=.*$/m, 'user=nobody');
    await mkdir(path.join(folder, 'real'));
    await writeFile(wrapper, changed);
    await copyFile('/usr/bin/env', path.join(folder, 'real/ventanilla'));
    await chmod(wrapper, 0o755);
    // What systemd makes of these lines was seen with EnvironmentFile= in systemd 252.
    await writeFile(settings, [
      '# comment', '; comment', 'PLAIN=plain  ', 'TWO="two words"', "SINGLE='single $x \"y\"'", 'DOUBLE="in \\"it\\" \\$x \\\\ \\n `touch /nonexistent/x`"',
      'ESCAPED=un\\ esc\\\\aped', 'EMPTY=', 'EQUALS=x=y=z $HOME', '  INDENTED=yes', 'GIVEN=by the file', 'lower=no',
    ].join('\n'));
    await chmod(folder, 0o755);
    const said = await run(wrapper, ['-0'], { env: { PATH: process.env.PATH, GIVEN: 'by the caller' } });
    assert.equal(said.code, 0, said.stderr);
    const environment = Object.fromEntries(said.stdout.split('\0').filter(Boolean).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
    const { PATH, PWD, ...rest } = environment;
    assert.deepEqual(rest, {
      PLAIN: 'plain', TWO: 'two words', SINGLE: 'single $x "y"', DOUBLE: 'in "it" $x \\ \\n `touch /nonexistent/x`', ESCAPED: 'un esc\\aped', EMPTY: '',
      EQUALS: 'x=y=z $HOME', INDENTED: 'yes', GIVEN: 'by the caller',
    });
    assert.ok(PATH && PWD);
  });
});

describe('the package', { skip: notLong }, () => {
  const { stack } = useStack();
  const unpacked = () => path.join(folder, 'unpacked');
  let file = process.env.VENTANILLA_PACKAGE;

  before(async () => {
    if (!file) {
      const build = path.join(root, 'build/package');
      const prepared = await run('cmake', ['-S', root, '-B', build, '-G', 'Ninja', '-DVENTANILLA_TESTS=OFF']);
      assert.equal(prepared.code, 0, prepared.stderr);
      const built = await run('ninja', ['-C', build, 'package'], { timeout: 3_600_000 });
      assert.equal(built.code, 0, built.stdout + built.stderr);
      file = built.stdout.match(/package: (\S+\.deb) generated/)[1];
    }
    const opened = await run('dpkg-deb', ['-x', file, unpacked()]);
    assert.equal(opened.code, 0, opened.stderr);
  });

  const hasLintian = run('lintian', ['--version']).then(({ code }) => code === 0, () => false);
  test('lintian finds no error and gives no warning', async (t) => {
    if (!await hasLintian) return t.skip('lintian is not installed');
    const said = await run('lintian', ['--fail-on', 'error,warning', file]);
    assert.equal(said.code, 0, said.stdout);
  });

  test('its programs run from where they were unpacked', async () => {
    const share = path.join(unpacked(), 'usr/share/ventanilla');
    const env = { ...stack().env, TEMPLATES_DIR: path.join(share, 'templates'), SQL_DIR: path.join(share, 'sql') };
    for (const name of [...handlers, 'worker']) {
      const checked = await run(path.join(unpacked(), 'usr/lib/ventanilla', name), ['--check'], { env });
      assert.equal(checked.code, 0, `${name}: ${checked.stderr}`);
    }
    const migrated = await run(path.join(unpacked(), 'usr/lib/ventanilla/ventanilla'), ['migrar'], { env });
    assert.equal(migrated.code, 0, migrated.stderr);
    assert.match(migrated.stdout, /al día/);
  });

  test('every manual is readable, and the one of the settings has them all', async () => {
    const man = path.join(unpacked(), 'usr/share/man');
    const pages = (await run('find', [man, '-name', '*.gz'])).stdout.trim().split('\n');
    assert.equal(pages.length, handlers.length + 6);
    for (const page of pages) {
      const shown = await run('bash', ['-c', 'zcat "$1" | groff -man -Tutf8 -Kutf8 -ww -z', 'bash', page]);
      assert.equal(shown.stderr, '', page);
    }
    const names = (await stack().run('ajustes', '--nombres')).stdout.trim().split('\n');
    const settings = (await run('zcat', [path.join(man, 'man5/ventanilla-env.5.gz')])).stdout;
    const told = [...settings.matchAll(/^\.BR ([A-Z0-9_]+) /gm)].map(([, name]) => name);
    assert.deepEqual(told.sort(), names.sort());
  });

  test('completion knows the commands and their options', async () => {
    const completion = path.join(unpacked(), 'usr/share/bash-completion/completions/ventanilla');
    const complete = async (...words) => {
      const script = '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ventanilla; printf "%s\\n" "${COMPREPLY[@]}"';
      const said = await run('bash', ['-c', script, 'bash', completion, ...words]);
      assert.equal(said.stderr, '');
      return said.stdout.trim().split('\n');
    };
    assert.deepEqual(await complete('ventanilla', 'importar-'), ['importar-archivo', 'importar-clientes']);
    assert.deepEqual(await complete('ventanilla', 'importar-archivo', '--ta'), ['--tabla']);
    assert.deepEqual(await complete('crear_usuarios_clientes', '--sa'), ['--salida']);
  });

  test('it is installed, upgraded, removed and purged as Debian does', { skip: isRoot ? false : 'needs root' }, async (t) => {
    const newer = path.join(folder, 'newer.deb');
    const made = await run('bash', ['-c', `set -e; dpkg-deb -R "$1" "$2/newer"; sed -i 's/^Version: .*/&+1/' "$2/newer/DEBIAN/control"; dpkg-deb --root-owner-group -b "$2/newer" "$3"`,
      'bash', file, folder, newer]);
    assert.equal(made.code, 0, made.stderr);
    const life = await run('unshare', ['--mount', path.join(root, 'tests/support/package_life.sh'), file, newer], { timeout: 300_000 });
    if (life.code === 77) return t.skip('no copy of this machine can be made here');
    assert.equal(life.code, 0, life.stdout + life.stderr);
  });
});
