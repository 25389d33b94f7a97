// The routes that the end-to-end tests send everything to, and what every answer carries (SPEC.md, routes; DESIGN.md, headers).
import assert from 'node:assert/strict';
import { goodPassword, paths } from './flows.mjs';

export const gets = [paths.login, '/clientes/portal/login/', paths.search, paths.form, paths.recovery, paths.searchCode, paths.formCode,
  paths.recoveryCode, paths.portal, paths.changePassword, paths.sessions, paths.admin];
export const posts = [paths.login, '/clientes/portal/login/', paths.logout, paths.search, paths.choose(1), paths.form, paths.choosePassword(1),
  paths.recovery, paths.recoveryPassword, paths.searchCode, paths.formCode, paths.recoveryCode, paths.searchResend, paths.formResend,
  paths.recoveryResend, paths.changePassword, paths.sessions];

export const fieldsOf = { username: 'u', password: 'p', next: '/', email: 'e@ejemplo.com', first_name: 'f', last_name: 'l', password1: goodPassword,
  password2: goodPassword, code: '1234', old_password: 'o', session: '1', all: '1', account: '1' };
export const formType = 'application/x-www-form-urlencoded';

// nginx's own answers carry the same headers as the handlers'.
export function assertGuarded(answer, what) {
  const { headers } = answer;
  assert.match(headers['content-security-policy'] ?? '', /default-src 'none'|default-src 'self'/, what);
  assert.match(headers['content-security-policy'], /frame-ancestors 'none'/, what);
  assert.doesNotMatch(headers['content-security-policy'], /unsafe-inline|unsafe-eval/, what);
  assert.equal(headers['x-content-type-options'], 'nosniff', what);
  assert.equal(headers['x-frame-options'], 'DENY', what);
  assert.equal(headers['referrer-policy'], 'same-origin', what);
  assert.equal(headers['x-powered-by'], undefined, what);
  assert.doesNotMatch(headers.server ?? '', /\d/, what);
}
