// What becomes of a code that is typed: each outcome is its own page, and only real tries count (SPEC.md, 2).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Visitor } from '../support/browser_client.mjs';
import {
  accountOf, ageCodes, archive, assertOurPage, assertPage, chooseAndProve, claimByForm, codeFor, heading, isInside,
  mailsTo, passMailGap, paths, said, search, sendCode, setPassword, startForm, useStack, waitingForCode, wrongCode,
} from '../support/flows.mjs';

const { stack, visitor } = useStack({ settings: { WORKERS: '4', HASH_SLOTS: '2', SITE_WRONG_CODES: '1000' } });

const waiting = (name, others = {}) => waitingForCode(stack(), { username: name, email: `${name}@ejemplo.com`, ...others });

async function tries(email) {
  const [row] = await stack().query(`SELECT coalesce(sum(tries), 0)::int AS tries FROM verification_code
    WHERE email = $1`, [email]);
  return row.tries;
}

async function resend(claim) {
  await passMailGap(stack(), claim.email);
  const answer = await claim.visitor.submit(paths.formResend, {}, { from: paths.formCode });
  assert.equal(answer.status, 303, answer.text);
  return { answer, code: await codeFor(stack(), claim.email) };
}

test('the right code sent twice at once makes one account', async () => {
  for (const name of ['dosveces-a', 'dosveces-b', 'dosveces-c']) {
    const { visitor: person, code, id, email } = await waiting(name);
    const token = Visitor.tokenOf(await person.get(paths.formCode));
    const answers = await Promise.all([1, 2].map(() => person.post(paths.formCode, { code }, { token })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 422]);
    assertPage(answers.find(({ status }) => status === 422), 422, 'verify_code/used');
    assert.ok(await isInside(person));
    assert.ok(await accountOf(stack(), id));
    const made = await stack().query('SELECT id FROM account WHERE email = $1', [email]);
    assert.equal(made.length, 1);
    const wrong = await stack().query("SELECT id FROM code_attempt WHERE mailbox = $1 AND outcome = 'wrong'", [email]);
    assert.equal(wrong.length, 0, 'pressing a button twice is no wrong try');
  }
});

test('each way a code can fail has its own page', async () => {
  const headings = new Map();
  const note = (outcome, page, text) => {
    assertPage(page, 422, `verify_code/${outcome === 'wrong' ? 'code' : outcome}`);
    if (text) assert.match(page.text, text);
    headings.set(outcome, heading(page));
  };

  const wrong = await waiting('equivocada');
  note('wrong', await sendCode(wrong.visitor, wrongCode(wrong.code)), said('code_wrong', { tries_left: 4 }));
  for (const left of [said('code_wrong', { tries_left: 3 }), said('code_wrong', { tries_left: 2 }), said('code_wrong_one')]) {
    assertOurPage(await sendCode(wrong.visitor, wrongCode(wrong.code)), 422, left);
  }
  note('exhausted', await sendCode(wrong.visitor, wrongCode(wrong.code)));
  assertPage(await sendCode(wrong.visitor, wrong.code), 422, 'verify_code/exhausted');
  const again = await resend(wrong);
  assert.equal((await sendCode(wrong.visitor, again.code)).status, 303, 'a new code goes on');

  const late = await waiting('tarde');
  await ageCodes(stack(), late.email, '15 minutes');
  note('expired', await sendCode(late.visitor, late.code));

  const replaced = await waiting('cambiada');
  const second = await resend(replaced);
  assertOurPage(await replaced.visitor.follow(second.answer), 200, said('notice_code_resent'));
  note('replaced', await sendCode(replaced.visitor, replaced.code));
  assert.equal(await tries(replaced.email), 0, 'a replaced code costs no try');
  assert.equal((await sendCode(replaced.visitor, second.code)).status, 303);

  const mine = await waiting('ajena');
  const stranger = visitor();
  note('foreign', await sendCode(stranger, mine.code));
  assert.equal((await sendCode(mine.visitor, mine.code)).status, 303);
  note('used', await sendCode(mine.visitor, mine.code));

  assert.equal(new Set(headings.values()).size, 6, JSON.stringify([...headings]));
  for (const page of headings.values()) assert.ok(page);
});

test('what is no code at all is a form error and costs no try; spaces and dashes are ignored', async () => {
  const { visitor: person, code, email } = await waiting('dedazo');
  for (const [typed, text] of [['', 'required'], [' - - ', 'required'], ['abcd', 'not_digits'], ['12a4', 'not_digits'],
    ['١٢٣٤', 'not_digits'], ['123', 'too_short'], ['12345', 'too_long'], ['123456789012', 'too_long']]) {
    const page = await sendCode(person, typed);
    assertOurPage(page, 422, said(`code_${text}`, { digits: 4 }));
    assert.match(page.body, /aria-invalid="true"/);
  }
  assert.equal(await tries(email), 0);
  const spaced = ` ${code.slice(0, 2)} - ${code.slice(2)} `;
  assert.equal((await sendCode(person, spaced)).status, 303);
});

test('a stranger who claims the same account and asks again and again leaves my code valid', async () => {
  const mine = await waiting('codiciada');
  const strangers = [visitor(), visitor()];
  for (const stranger of strangers) {
    await passMailGap(stack(), mine.email);
    await startForm(stranger, { username: 'codiciada', email: mine.email });
    const theirs = await codeFor(stack(), mine.email);
    await passMailGap(stack(), mine.email);
    await stranger.submit(paths.formResend, {}, { from: paths.formCode });
    for (let i = 1; i <= 2; i += 1) await sendCode(stranger, wrongCode(theirs, i));
  }
  const answer = await sendCode(mine.visitor, mine.code);
  assert.equal(answer.status, 303, answer.text);
  const theirs = await codeFor(stack(), mine.email);
  const late = await sendCode(strangers[1], theirs);
  assertOurPage(late, 422);
  const made = await stack().query('SELECT id FROM account WHERE email = $1', [mine.email]);
  assert.equal(made.length, 1, 'the account is one person\'s');
});

test('a code of one flow opens no other, and nothing follows without it', async () => {
  const id = await archive(stack(), { username: 'orden', email: 'orden@ejemplo.com' });
  const person = visitor();
  assert.equal((await person.get(paths.choosePassword(id))).status, 404, 'nobody searched');
  await search(person, 'orden@ejemplo.com');
  assertOurPage(await person.get(paths.choosePassword(id)), 422);
  await person.submit(paths.choose(id), {}, { from: paths.search });
  const code = await codeFor(stack(), 'orden@ejemplo.com');
  assertOurPage(await setPassword(person, id), 422);
  assertPage(await sendCode(person, code, paths.formCode), 422, 'verify_code/foreign');
  assertPage(await sendCode(person, code, paths.recoveryCode), 422, 'verify_code/foreign');
  assert.equal(await accountOf(stack(), id), undefined);
  assert.equal((await sendCode(person, code, paths.searchCode)).status, 303);
  await stack().query("UPDATE claim SET verified_at = verified_at - interval '16 minutes' WHERE email = 'orden@ejemplo.com'");
  assertPage(await setPassword(person, id), 422, 'claim/expired');
  assert.equal(await accountOf(stack(), id), undefined);
});

test('the last step pressed twice at once makes one account', async () => {
  const id = await archive(stack(), { username: 'apurada', email: 'apurada@ejemplo.com' });
  const person = visitor();
  await search(person, 'apurada@ejemplo.com');
  await chooseAndProve(stack(), person, id, 'apurada@ejemplo.com');
  const token = Visitor.tokenOf(await person.get(paths.choosePassword(id)));
  const fields = { password1: 'girasol lento 42', password2: 'girasol lento 42' };
  const answers = await Promise.all([1, 2, 3].map(() => person.post(paths.choosePassword(id), fields, { token })));
  assert.equal(answers.filter(({ location }) => location === paths.portal).length, 1, answers.map(heading).join());
  for (const { status, location } of answers) assert.ok(status === 422 || [paths.portal, paths.login].includes(location));
  const made = await stack().query("SELECT id FROM account WHERE email = 'apurada@ejemplo.com'");
  assert.equal(made.length, 1);
});

test('two people with a right code for the same archived account: the first one has it', async () => {
  const first = await waiting('disputada');
  await passMailGap(stack(), first.email);
  const second = { visitor: visitor() };
  await startForm(second.visitor, { username: 'disputada', email: first.email });
  second.code = await codeFor(stack(), first.email);
  const answers = await Promise.all([first, second].map(({ visitor: person, code }) => sendCode(person, code)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 422]);
  assert.match(answers.find(({ status }) => status === 422).text, said('already_claimed'));
  const made = await stack().query('SELECT id FROM account WHERE email = $1', [first.email]);
  assert.equal(made.length, 1);
});

test('codes have four digits and use the whole range', async () => {
  const codes = [];
  for (let i = 0; i < 12; i += 1) codes.push((await waiting(`muestra${i}`)).code);
  for (const code of codes) assert.match(code, /^\d{4}$/);
  assert.ok(new Set(codes).size >= 10, codes.join());
  const { account } = await claimByForm(stack(), { username: 'muestra-fin', email: 'muestra-fin@ejemplo.com' });
  assert.equal(account.username, 'muestra-fin');
  assert.equal((await mailsTo(stack(), 'muestra-fin@ejemplo.com')).length, 2);
});
