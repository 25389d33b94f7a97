// What the end-to-end tests look for in a page. What it says stands in templates/: tests name it, they don't repeat it.
//
//   assertPage(answer, 422, 'verify_code/expired');               the page of that template, by its heading
//   assertOurPage(answer, 422, said('code_wrong', { tries_left: 4 }));
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './stack.mjs';

export function heading(page) {
  return /<h1[^>]*>([\s\S]*?)<\/h1>/.exec(page.body)?.[1].trim();
}

export function assertOurPage(page, status, text) {
  assert.equal(page.status, status, `${heading(page) ?? page.body.slice(0, 200)}`);
  assert.match(page.body, /<html lang="es">/);
  assert.ok(heading(page), 'the page has a heading');
  if (text) assert.match(page.text, text);
}

const templates = path.join(root, 'templates');
const texts = new Map(readFileSync(path.join(templates, 'texts.txt'), 'utf8').split('\n')
  .filter((line) => line.includes(' = ') && !line.startsWith('#'))
  .map((line) => [line.slice(0, line.indexOf(' = ')), line.slice(line.indexOf(' = ') + 3).trim()]));

// A text of templates/texts.txt as a pattern; its {{variables}} are what `values` says, or anything.
export function said(key, values = {}) {
  assert.ok(texts.has(key), `templates/texts.txt has ${key}`);
  const escaped = texts.get(key).replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(escaped.replace(/\{\{(\w+)\}\}/g, (_, name) => values[name] ?? '.*?'));
}

// The heading of a page's template, such as verify_code/expired.
export function headingOf(template) {
  return heading({ body: readFileSync(path.join(templates, 'pages', `${template}.mustache`), 'utf8') });
}

export function assertPage(page, status, template) {
  assertOurPage(page, status);
  assert.equal(heading(page), headingOf(template));
}

// A page without what differs from one visit to the next.
export function comparable(page) {
  return page.body.replace(/name="csrf_token" value="[^"]*"/g, '').replace(/Folio: <span class="mark">\w+/g, '')
    .replace(/\d{1,2}:\d{2}/g, 'HH:MM');
}
