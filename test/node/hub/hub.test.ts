import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findArchitecture } from '../../../src/config.ts';
import { catalogue, findPublished, openaiSpelling } from '../../../src/node/hub/catalogue.ts';
import { digestOfEtag } from '../../../src/node/hub/digest.ts';
import { checkAddress, hubCache, openHub } from '../../../src/node/hub/hub.ts';
import { checkFileName } from '../../../src/node/hub/names.ts';

describe('the environment of huggingface_hub', () => {
  const home = join(homedir(), '.cache', 'huggingface', 'hub');
  const caches: [environment: NodeJS.ProcessEnv, cache: string][] = [
    [{}, home],
    [{ HF_HUB_CACHE: '' }, home],
    [{ XDG_CACHE_HOME: '/x' }, '/x/huggingface/hub'],
    [{ XDG_CACHE_HOME: '/x', HF_HOME: '/h' }, '/h/hub'],
    [{ HF_HOME: '~/models' }, join(homedir(), 'models', 'hub')],
    [{ HF_HOME: '/h', HUGGINGFACE_HUB_CACHE: '/old' }, '/old'],
    [{ HF_HOME: '/h', HUGGINGFACE_HUB_CACHE: '/old', HF_HUB_CACHE: '/new' }, '/new'],
    [{ HF_HUB_CACHE: ['$BASE/a/$', '{NAME}b/$NONE'].join(''), BASE: '/base', NAME: 'name' }, '/base/a/nameb/$NONE'],
  ];
  for (const [environment, cache] of caches)
    it(`finds the cache by ${JSON.stringify(environment)}`, () => assert.equal(hubCache(environment), cache));

  it('says where the hub is and whether to ask it', async () => {
    const { endpoint, isOffline } = await openHub({ HF_HOME: '/nowhere' });
    assert.deepEqual([endpoint.href, isOffline], ['https://huggingface.co/', false]);
    const other = await openHub({
      HF_ENDPOINT: 'https://mirror.example/hf/',
      HF_HUB_OFFLINE: 'yes',
      HF_HOME: '/nowhere',
    });
    assert.deepEqual([other.endpoint.href, other.isOffline], ['https://mirror.example/hf/', true]);
    assert.equal((await openHub({ TRANSFORMERS_OFFLINE: '1', HF_HOME: '/nowhere' })).isOffline, true);
    assert.equal((await openHub({ HF_HUB_OFFLINE: '0', HF_HOME: '/nowhere' })).isOffline, false);
    await assert.rejects(openHub({ HF_ENDPOINT: 'http://mirror.example' }), /expected https/);
  });

  it('finds the token: in a variable, then in a file, unless it is not to be sent', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    try {
      const token = async (environment: NodeJS.ProcessEnv) =>
        (await openHub({ HF_HOME: directory, ...environment })).token;
      assert.equal(await token({}), undefined);
      await writeFile(join(directory, 'token'), ' of the file\n');
      await writeFile(join(directory, 'other'), 'of the other\n');
      assert.equal(await token({}), 'of the file');
      assert.equal(await token({ HF_TOKEN_PATH: join(directory, 'other') }), 'of the other');
      assert.equal(await token({ HUGGING_FACE_HUB_TOKEN: 'old' }), 'old');
      assert.equal(await token({ HUGGING_FACE_HUB_TOKEN: 'old', HF_TOKEN: ' new\r\n' }), 'new');
      assert.equal(await token({ HF_TOKEN: 'new', HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' }), undefined);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('asks without encryption on this machine only', () => {
    for (const good of [
      'https://a.b/c',
      'http://localhost:8080',
      'http://127.0.0.1',
      'http://127.3.2.1:1/x',
      'http://[::1]:80',
    ])
      checkAddress(new URL(good));
    for (const bad of [
      'http://a.b',
      'http://127.0.0.1.a.b',
      'http://localhost.a.b',
      'ftp://localhost',
      'file:///x',
      'data:,x',
    ])
      assert.throws(() => checkAddress(new URL(bad)), /expected https/, bad);
  });

  it('reads hashes from ETags', () => {
    const [sha256, sha1] = ['ab'.repeat(32), 'cd'.repeat(20)];
    assert.deepEqual(digestOfEtag(`"${sha256}"`), { algorithm: 'sha256', hex: sha256 });
    assert.deepEqual(digestOfEtag(`W/"${sha1}"`), { algorithm: 'git-sha1', hex: sha1 });
    for (const none of [null, '', '"abc"', `"${sha256}-2"`, `"${sha256.toUpperCase()}"`])
      assert.equal(digestOfEtag(none), undefined);
  });
});

describe('the catalogue', () => {
  it("has OpenAI's nine models first, in OpenAI's spelling", () => {
    const nine = [
      'RN50',
      'RN101',
      'RN50x4',
      'RN50x16',
      'RN50x64',
      'ViT-B/32',
      'ViT-B/16',
      'ViT-L/14',
      'ViT-L/14@336px',
    ];
    assert.deepEqual(catalogue.slice(0, 9).map(openaiSpelling), nine);
    assert.ok(catalogue.slice(9).every((entry) => openaiSpelling(entry) === undefined));
    for (const name of nine) {
      const published = findPublished(name);
      assert.match(published?.repository ?? '', /^timm\/.*_clip.*\.openai$/);
      assert.deepEqual([published?.activation, published?.architecture], ['quick_gelu', name]);
    }
  });

  it('names architectures that there are, and no name twice', () => {
    for (const { architecture } of catalogue) if (architecture !== undefined) findArchitecture(architecture);
    assert.equal(new Set(catalogue.map(({ name }) => name)).size, catalogue.length);
    assert.equal(new Set(catalogue.map(({ repository }) => repository)).size, catalogue.length);
  });

  it("finds open_clip's spelling and its -quickgelu twins", () => {
    for (const entry of catalogue) assert.equal(findPublished(entry.name), entry);
    assert.equal(findPublished('ViT-B-32/laion2b-s34b-b79k')?.repository, 'laion/CLIP-ViT-B-32-laion2B-s34B-b79K');
    assert.equal(findPublished('ViT-B-32-quickgelu/openai'), findPublished('ViT-B/32'));
    assert.equal(findPublished('ViT-B-32-quickgelu/laion2b_s34b_b79k'), undefined);
    for (const none of ['', '/', 'ViT-B-32', 'ViT-B-32/', '/openai', 'ViT-B-32/none', 'clip', 'vit-b/32/openai/x'])
      assert.equal(findPublished(none), undefined, none);
  });

  it('takes any repository of the hub, and knows those that it has', () => {
    assert.deepEqual(findPublished('hf-hub:some-org/some.clip'), {
      ...{ name: 'hf-hub:some-org/some.clip', repository: 'some-org/some.clip', revision: 'main' },
    });
    const known = findPublished('hf-hub:timm/vit_base_patch32_clip_224.openai@refs/pr/1');
    assert.deepEqual([known?.activation, known?.revision], ['quick_gelu', 'refs/pr/1']);
  });

  it('lets no file name of a repository lead out of it', () => {
    for (const good of ['a', 'a.b', 'sub/dir/model-00001-of-00002.safetensors', '.gitattributes', 'ä/ß', '..a', 'a b'])
      checkFileName(good);
    for (const bad of [
      '',
      '.',
      '..',
      'a/..',
      '../a',
      '/a',
      'a/',
      'a//b',
      'a\\b',
      'c:',
      'c:a',
      'a\n',
      'a:b',
      'nul.',
      'a ',
      'x'.repeat(600),
    ])
      assert.throws(() => checkFileName(bad), /not a plain relative path/, JSON.stringify(bad));
  });
});
