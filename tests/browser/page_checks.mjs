// What holds for every page in every state: reference/ux.md, R01 to R23. axe is blind to sideways scroll, field
// borders, small targets and hidden focus (section 4 there), so those are looked at here.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { photograph } from '../support/browser.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const paintRules = ['color-contrast', 'link-in-text-block', 'target-size', 'scrollable-region-focusable'];
const pageBudget = 14 * 1024;
const phone = 360;

// type, autocomplete and inputmode of each field by its name (R21, R22, R23, R27).
const fieldTable = {
  username: ['text', 'username', null],
  'username@/login/': ['text', 'username', 'email'],
  'username@/clientes/portal/login/': ['text', 'username', 'email'],
  email: ['email', 'email', 'email'],
  first_name: ['text', 'given-name', null],
  last_name: ['text', 'family-name', null],
  password: ['password', 'current-password', null],
  old_password: ['password', 'current-password', null],
  password1: ['password', 'new-password', null],
  password2: ['password', 'new-password', null],
  code: ['text', 'one-time-code', 'numeric'],
  known_username: ['text', 'username', null],
  full_name: ['text', 'name', null],
  phone: ['tel', 'tel', 'tel'],
  desde: ['date', 'off', null],
  hasta: ['date', 'off', null],
  name: ['text', 'off', null],
  monthly_amount: ['text', 'off', 'decimal'],
  new_amount: ['text', 'off', 'decimal'],
  started_on: ['date', 'off', null],
  concept: ['text', 'off', null],
  amount: ['text', 'off', 'decimal'],
  due_on: ['date', 'off', null],
  until: ['date', 'off', null],
  note: ['text', 'off', null],
  reason: ['text', 'off', null],
  reference: ['text', 'off', null],
  counted: ['text', 'off', 'decimal'],
  cliente: ['text', 'off', 'numeric'],
  nota: ['text', 'off', null],
  charge: ['checkbox', null, null],
  wish: ['checkbox', null, null],
  con_diferencia: ['checkbox', null, null],
};

// Runs in the page: the colours that somebody sees, and how far apart they are.
const colourHelpers = () => {
  const parse = (text) => {
    const numbers = text.match(/[\d.]+/g).map(Number);
    return { rgb: numbers.slice(0, 3), alpha: numbers[3] ?? 1 };
  };
  const over = (front, back) => front.rgb.map((value, i) => value * front.alpha + back[i] * (1 - front.alpha));
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.unshift(parse(getComputedStyle(at).backgroundColor));
    return layers.reduce((back, layer) => over(layer, back), [255, 255, 255]);
  };
  const light = (rgb) => rgb.map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (a, b) => {
    const [more, less] = [light(a), light(b)].sort((x, y) => y - x);
    return (more + 0.05) / (less + 0.05);
  };
  const isShown = (element) => element.type !== 'hidden' && !element.closest('.vh') && !element.matches('.skip:not(:focus)')
    && element.getClientRects().length > 0;
  const name = (element) => `${element.localName}${element.id ? `#${element.id}` : ''} "${(element.innerText ?? '').trim().slice(0, 40)}"`;
  window.eyes = { parse, over, behind, contrast, isShown, name };
};

async function structure(person, { status, isFormError = false, isStatic = false }) {
  const { page } = person;
  assert.equal(person.status, status);
  const found = await page.evaluate(() => ({
    lang: document.documentElement.lang,
    title: document.title,
    headings: document.querySelectorAll('h1').length,
    firstLink: document.querySelector('a')?.getAttribute('href'),
    target: document.querySelector('main')?.id,
    mains: [...document.querySelectorAll('main .main')].length,
    summaryFirst: document.querySelector('main')?.firstElementChild?.className,
    focused: document.activeElement?.className,
    doubled: document.documentElement.outerHTML.match(/&amp;(amp|lt|gt|quot|#\d+|#x\w+);|\{\{|\}\}|\[\[|\]\]/g),
    banned: [...document.querySelectorAll('[placeholder],[maxlength],[disabled],[style],script:not([src^="/estatico/"]),main form:not([novalidate]) input:not([type=hidden])')].map((e) => e.outerHTML),
    ids: [...document.querySelectorAll('[id]')].map((element) => element.id),
    references: [...document.querySelectorAll('[for],[aria-describedby],[aria-labelledby],a[href^="#"]')].flatMap((element) =>
      ['for', 'aria-describedby', 'aria-labelledby', 'href'].flatMap((key) => element.getAttribute(key)?.replace(/^#/, '').split(' ') ?? []).filter((id) => !id.startsWith('/'))),
    fields: [...document.querySelectorAll('input:not([type=hidden]):not([type=radio]):not([type=checkbox])')].map((element) =>
      [element.name || element.id, element.type, element.getAttribute('autocomplete'), element.getAttribute('inputmode')]),
    passwords: [...document.querySelectorAll('input[type=password]')].map((element) => element.getAttribute('value') ?? element.value),
    invalid: [...document.querySelectorAll('[aria-invalid]')].map((element) => document.getElementById(element.getAttribute('aria-describedby').split(' ').pop())?.textContent),
    summary: [...document.querySelectorAll('.summary li')].map((element) => element.innerText),
    help: document.querySelector('body > :last-child')?.localName,
  }));
  assert.equal(found.lang, 'es');
  assert.equal(found.headings, 1, 'one h1');
  assert.deepEqual([found.firstLink, found.target], ['#contenido', 'contenido'], 'the skip link leads to main');
  assert.equal(found.help, 'footer', 'help stands last on every page');
  assert.ok(found.mains <= 1, 'at most one main button');
  assert.match(found.title, isFormError ? /^Error: \S.* - AdminiRed$/ : /^(?!Error: )\S.* - AdminiRed$/);
  assert.equal(found.doubled, null, 'nothing is escaped twice or left unfilled');
  assert.deepEqual(found.banned, [], 'placeholder, maxlength, disabled, style, script, or a form without novalidate');
  assert.equal(new Set(found.ids).size, found.ids.length, `ids stand once: ${found.ids}`);
  for (const id of found.references) assert.ok(found.ids.includes(id), `#${id} exists`);
  for (const [name, ...rest] of found.fields) {
    assert.deepEqual(rest, fieldTable[`${name}@${person.route}`] ?? fieldTable[name], `type, autocomplete, inputmode of ${name}`);
  }
  assert.ok(found.passwords.every((value) => value === ''), 'passwords are never sent back');
  if (isFormError) {
    assert.equal(found.summaryFirst, 'summary', 'the error summary stands first in main');
    assert.equal(found.focused, 'summary', 'and has the focus');
    assert.ok(found.summary.length > 0);
    for (const text of found.invalid) assert.ok(found.summary.includes(text.replace(/^Error: /, '')), `the summary says: ${text}`);
  }
  if (!isStatic) assert.equal(await page.locator('footer strong').count(), 1);
}

async function transferSize(person) {
  const headers = await person.document.allHeaders();
  const sizes = await person.document.request().sizes();
  assert.equal(headers['content-encoding'], 'gzip');
  const total = sizes.responseBodySize + sizes.responseHeadersSize;
  assert.ok(total <= pageBudget, `${total} bytes on the wire`);
}

// The page is the same in the dark and at middle width, so only what is painted is looked at again there.
async function axe(page, isRepeat, where) {
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axeSource);
  const runOnly = isRepeat ? { type: 'rule', values: paintRules } : { type: 'tag', values: axeTags };
  const violations = await page.evaluate(async (chosen) => {
    const result = await window.axe.run(document, { runOnly: chosen, resultTypes: ['violations'] });
    return result.violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => `${node.html} ${node.any[0]?.message ?? ''}`).join(' | ')}`);
  }, runOnly);
  assert.deepEqual(violations, [], where);
}

async function edges(page, where) {
  const pale = await page.evaluate(() => {
    const { parse, over, behind, contrast, isShown, name } = window.eyes;
    return [...document.querySelectorAll('input, button, .button, .choice, .steps li')].filter(isShown).filter((e) => !['radio', 'checkbox'].includes(e.type)).flatMap((element) => {
      const outside = behind(element.parentElement);
      const pseudo = element.matches('.steps li') ? '::before' : null;
      const style = getComputedStyle(element, pseudo);
      const ratio = Math.max(contrast(over(parse(style.borderTopColor), outside), outside), contrast(over(parse(style.backgroundColor), outside), outside));
      return parseFloat(style.borderTopWidth) > 0 && ratio >= 3 ? [] : [`${name(element)} ${ratio.toFixed(2)}`];
    });
  });
  assert.deepEqual(pale, [], `${where}: borders with less than 3:1`);
}

async function targets(page, least, where) {
  const small = await page.evaluate((pixels) => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter(window.eyes.isShown).filter((element) => getComputedStyle(element).display !== 'inline').flatMap((element) => {
      const { width, height } = (['radio', 'checkbox'].includes(element.type) ? element.closest('label') ?? element : element).getBoundingClientRect();
      return Math.min(width, height) >= pixels - 0.5 ? [] : [`${window.eyes.name(element)} ${width}x${height}`];
    }), least);
  assert.deepEqual(small, [], `${where}: targets under ${least} px`);
  const cut = await page.evaluate(() => [...document.querySelectorAll('button, .button, .links a, .mark')].filter(window.eyes.isShown)
    .filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0).map(window.eyes.name));
  assert.deepEqual(cut, [], `${where}: text wider than its box`);
}

// Tab through the whole page: every control is reached in reading order, its focus is seen and nothing lies on it.
async function focusWalk(page, where) {
  const expected = await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
    window.scrollTo(0, 0);
    const radios = new Set();
    return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')].filter((element) => {
      if (element.tabIndex < 0 || element.getClientRects().length === 0) return false;
      if (element.localName !== 'summary' && element.closest('details:not([open])')) return false;
      if (element.type !== 'radio') return true;
      const isFirst = !radios.has(element.name);
      radios.add(element.name);
      return document.querySelector(`[name="${element.name}"]:checked`) ? element.checked : isFirst;
    }).map(window.eyes.name);
  });
  // A date has a stop for its day, month, year and calendar.
  const focusedDate = () => page.evaluate(() => (document.activeElement.type === 'date' ? document.activeElement.id : null));
  for (const name of expected) {
    const date = await focusedDate();
    await page.keyboard.press('Tab');
    while (date !== null && await focusedDate() === date) await page.keyboard.press('Tab');
    const seen = await page.evaluate(() => {
      const { parse, behind, contrast, name: nameOf } = window.eyes;
      const element = document.activeElement;
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 20));
      return {
        name: nameOf(element),
        isOutlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        ratio: contrast(parse(style.outlineColor).rgb, behind(element.parentElement)),
        isOnTop: top !== null && (element.contains(top) || top.contains(element)),
        // Of a text area the browser shows where one types, not always its last line.
        isInView: box.top >= -1 && (element.localName === 'textarea' ? box.top + 20 : box.bottom) <= innerHeight + 1,
      };
    });
    assert.equal(seen.name, name, `${where}: tab order is reading order`);
    assert.ok(seen.isOutlined && seen.ratio >= 3, `${where}: focus is seen on ${name} (${seen.ratio.toFixed(2)})`);
    assert.ok(seen.isOnTop && seen.isInView, `${where}: nothing hides ${name}`);
  }
  await page.evaluate(() => document.activeElement.blur());
}

async function noSidewaysScroll(page, where) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${where}: sideways scroll of ${overflow} px`);
}

async function narrowest(page, name) {
  await page.setViewportSize({ width: 320, height: 640 });
  await noSidewaysScroll(page, `${name}, 320 px`);
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }');
    document.adoptedStyleSheets = [sheet];
  });
  await noSidewaysScroll(page, `${name}, 320 px with text spacing`);
  await targets(page, 24, `${name}, 320 px with text spacing`);
  await page.evaluate(() => { document.adoptedStyleSheets = []; });
}

// Everything about the page that `person` has open.
export async function inspect(person, name, { status = 200, isFormError = false, kept = {}, dark = false } = {}) {
  const { page } = person;
  await page.waitForLoadState('load');
  await page.evaluate(colourHelpers);
  await structure(person, { status, isFormError });
  for (const [id, value] of Object.entries(kept)) assert.equal(await page.locator(`#${id}`).inputValue(), value, `${id} is kept`);
  await transferSize(person);
  await page.mouse.move(0, 0);
  for (const width of [1280, 768, phone]) {
    await page.setViewportSize({ width, height: width === phone ? 640 : 800 });
    for (const colorScheme of ['dark', 'light']) {
      const where = `${name}, ${width} px, ${colorScheme}`;
      await page.emulateMedia({ colorScheme });
      await axe(page, colorScheme === 'dark' || width === 768, where);
      await edges(page, where);
      if (colorScheme === 'dark' && dark && width !== 768) await photograph(page, `${name}-${width}-dark`);
    }
    await noSidewaysScroll(page, `${name}, ${width} px`);
    await targets(page, width === phone ? 44 : 24, `${name}, ${width} px`);
    if (width !== 768) {
      await photograph(page, `${name}-${width}`);
      await focusWalk(page, `${name}, ${width} px`);
    }
  }
  await narrowest(page, name);
  assert.deepEqual(person.problems, []);
}
