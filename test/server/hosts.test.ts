import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { isLoopback, isOwnHost, reachedAs } from '../../src/server/hosts.ts';
import { checkBind } from '../../src/server/start-server.ts';
import { makeTokenCheck } from '../../src/server/token.ts';

describe('addresses', () => {
  it('of this machine alone are known', () => {
    for (const host of ['localhost', '127.0.0.1', '127.8.0.1', '::1']) assert.ok(isLoopback(host), host);
    for (const host of ['0.0.0.0', '::', '192.168.0.1', '127.evil.example', 'localhost.evil.example', ''])
      assert.ok(!isLoopback(host), host);
  });

  const loopback = { host: '127.0.0.1', port: 8080 };
  const open = { host: '0.0.0.0', port: 8080 };

  it('on loopback are named by three names with the port, and by nothing else', () => {
    for (const header of ['localhost:8080', '127.0.0.1:8080', '[::1]:8080', 'LOCALHOST:8080'])
      assert.ok(isOwnHost(header, loopback), header);
    for (const header of [
      undefined,
      '',
      'localhost',
      'localhost:8081',
      'evil.example:8080',
      'localhost.evil.example:8080',
      '127.0.0.1.evil.example:8080',
      '192.168.0.1:8080',
      'localhost:8080@evil.example',
      'evil.example/localhost:8080',
      'localhost:8080,evil.example:8080',
      '[::1:8080',
      '::1:8080',
      'localhost:',
    ])
      assert.ok(!isOwnHost(header, loopback), header);
    assert.ok(isOwnHost('localhost', { host: '127.0.0.1', port: 80 }));
  });

  it('elsewhere are named by any address or the own name, for DNS has no part in those', () => {
    for (const header of [
      '192.168.0.1:8080',
      '[fe80::1]:8080',
      `${hostname()}:8080`,
      `${hostname()}.local:8080`,
      'localhost:8080',
    ])
      assert.ok(isOwnHost(header, open), header);
    for (const header of ['evil.example:8080', '192.168.0.1:80', '1.2.3:8080', 'evil.local:8080'])
      assert.ok(!isOwnHost(header, open), header);
    assert.ok(isOwnHost('photos.lan:8080', { host: 'photos.lan', port: 8080 }));
  });

  it('are told as people can open them', () => {
    for (const host of ['127.0.0.1', '192.168.0.1', 'photos.lan', '::1']) assert.equal(reachedAs(host), host);
    for (const host of ['0.0.0.0', '::']) {
      const reached = reachedAs(host);
      assert.equal(isIP(reached), 4);
      assert.notEqual(reached, '0.0.0.0');
    }
  });

  it('that others reach need a token, a long one', () => {
    checkBind('127.0.0.1', undefined);
    checkBind('0.0.0.0', 'x'.repeat(16));
    assert.throws(() => checkBind('0.0.0.0', undefined), /Cannot serve at 0\.0\.0\.0: .* needs a token of 16/);
    assert.throws(() => checkBind('::', undefined), /needs a token/);
    assert.throws(() => checkBind('127.0.0.1', 'short'), /16 characters or more but got 5/);
    assert.throws(() => checkBind('127.0.0.1', 'a b'.repeat(8)), /letters, digits/);
  });
});

describe('the token', () => {
  const token = 'correct-horse-battery';
  const check = makeTokenCheck(token, 8080);
  const cookie = check.cookie.split(';')[0] as string;

  it('is taken as Bearer or as the cookie that was given for it', () => {
    assert.ok(check.isToken(token));
    assert.ok(check.isKnown(`Bearer ${token}`, undefined));
    assert.ok(check.isKnown(undefined, cookie));
    assert.ok(check.isKnown(undefined, `a=b; ${cookie}; c=d`));
  });

  it('is not taken in another form, of another token or port', () => {
    for (const header of ['', 'Bearer', `Bearer ${token}x`, `Basic ${token}`, `Bearer ${token} x`, token])
      assert.ok(!check.isKnown(header, undefined), header);
    const other = makeTokenCheck(`${token}2`, 8080).cookie.split(';')[0] as string;
    for (const given of [undefined, '', 'a=b', `x${cookie}`, `${cookie}0`, other, `clip-tfjs-8080=${token}`])
      assert.ok(!check.isKnown(undefined, given), given);
    assert.ok(!makeTokenCheck(token, 8081).isKnown(undefined, cookie));
    assert.ok(!check.isKnown('Bearer wrong', cookie), 'a wrong Bearer goes before the cookie');
  });

  it('is not in the cookie, which no script reads and no other site sends', () => {
    assert.ok(!check.cookie.includes(token));
    assert.match(check.cookie, /; HttpOnly; SameSite=Strict; Path=\/;/);
  });
});
