// Handlers that leave memory when nobody needs them (IDLE_EXIT) and are woken by the next request (DESIGN.md).
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { Visitor } from '../support/browser_client.mjs';
import { parentOf, processes } from '../support/processes.mjs';
import { archive, assertPage, goodPassword, isInside, paths, until, useStack } from '../support/flows.mjs';

describe('handlers that nobody needs', () => {
  const { stack, visitor } = useStack({ settings: { IDLE_EXIT: '1', WORKERS: '2' } });
  const log = (name) => readFile(path.join(stack().data, 'log', name), 'utf8');
  const asleep = (name) => until(`${name} sleeps`, async () => (await processes(stack(), name)).length === 0);

  // Its number while it is awake: asks for a page until both are seen together.
  const awake = (name, page) => until(`${name} is awake`, async () => {
    assertPage(await visitor().get(page), 200, `${name}/${name}`);
    return parentOf(stack(), name);
  });

  test('one leaves by itself, and another one answers the next request', async () => {
    const first = await awake('login', paths.login);
    await asleep('login');
    assert.match(await log('login.log'), /event=idle_exit/);
    const second = await awake('login', paths.login);
    assert.notEqual(second, first);
    await asleep('login');
    const said = await log('ventanilla.log');
    assert.doesNotMatch(said, /^ventanilla-supervisor: login /m, 'to the supervisor it is no failure');
  });

  test('a request wakes its own handler and no other', async () => {
    await Promise.all(['login', 'portal'].map(asleep));
    await awake('login', paths.login);
    assert.deepEqual(await processes(stack(), 'portal'), []);
  });

  test('many requests at once are all answered by one that slept', async () => {
    await asleep('login');
    const answers = await Promise.all(Array.from({ length: 20 }, () => visitor().get(paths.login)));
    assert.deepEqual(answers.map(({ status }) => status), Array(20).fill(200));
  });

  test('a form that was open meanwhile is still good, and so is a session', async () => {
    await archive(stack(), { username: 'maria', email: 'maria@ejemplo.com', oldPassword: goodPassword });
    const person = visitor();
    const token = Visitor.tokenOf(await person.get(paths.login));
    await asleep('login');
    const entered = await person.post(paths.login, { username: 'maria', password: goodPassword }, { token });
    assert.equal(entered.location, paths.portal);
    await asleep('portal');
    assert.ok(await isInside(person));
  });
});
