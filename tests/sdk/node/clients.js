// The Node clients of Alibaba Cloud KMS against one server: CREDENTIALS -> one JSON line per step, as the Python drivers.
'use strict';

const fs = require('fs');
const settings = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const http = new URL(settings.http).host;
const https = new URL(settings.https).host;
const who = { accessKeyId: settings.access_key_id, accessKeySecret: settings.access_key_secret };
const TEXT = Buffer.from('hello from Node').toString('base64');
const RAW = 'raw text, ключ & 钥匙 + *';
const NOBODY = '00000000-0000-0000-0000-000000000000';
const NO_KEY = 'Forbidden.KeyNotFound';

function expect(actual, expected, what) {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) {
    throw new Error(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
  }
}

async function refused(promise, codes) {
  try {
    await promise;
  } catch (error) {
    expect(codes.includes(error.code), true, `code ${error.code}: ${error.message}`);
    return error.code;
  }
  throw new Error('the call succeeded');
}

async function step(client, operation, action) {
  const line = { client, operation, ok: true, detail: '', error: '' };
  try {
    line.detail = String((await action()) || 'as promised');
  } catch (error) {
    line.ok = false;
    line.error = String(error.stack || error);
  }
  console.log(JSON.stringify(line));
}

// ask(operation, parameters) -> the answer as the wire has it
async function walk(client, ask, codes) {
  let key;
  let blob;
  await step(client, 'CreateKey', async () => {
    key = (await ask('CreateKey', { Description: 'from Node' })).KeyMetadata.KeyId;
    return key;
  });
  await step(client, 'DescribeKey', async () => {
    expect((await ask('DescribeKey', { KeyId: key })).KeyMetadata.Description, 'from Node', 'Description');
  });
  await step(client, 'TagResource', async () => {
    await ask('TagResource', { KeyId: key, Tags: '[{"TagKey":"a","TagValue":"b"}]' });
  });
  await step(client, 'ListResourceTags', async () => {
    const { Tags } = await ask('ListResourceTags', { KeyId: key });
    expect(Tags.Tag, [{ KeyId: key, TagKey: 'a', TagValue: 'b' }], 'tags');
  });
  await step(client, 'Encrypt', async () => {
    const given = { KeyId: key, Plaintext: RAW, EncryptionContext: '{"a":"1"}' };
    blob = (await ask('Encrypt', given)).CiphertextBlob;
  });
  await step(client, 'Decrypt', async () => {
    const found = await ask('Decrypt', { CiphertextBlob: blob, EncryptionContext: '{"a":"1"}' });
    expect(found.Plaintext, RAW, 'Plaintext');
  });
  await step(client, 'GenerateDataKey', async () => {
    const made = await ask('GenerateDataKey', { KeyId: key, NumberOfBytes: 16 });
    const found = await ask('Decrypt', { CiphertextBlob: made.CiphertextBlob });
    expect(found.Plaintext, made.Plaintext, 'data key');
  });
  await step(client, 'AsymmetricSign and AsymmetricVerify', async () => {
    const made = (await ask('CreateKey', { KeySpec: 'EC_P256' })).KeyMetadata;
    const named = { KeyId: made.KeyId, KeyVersionId: made.PrimaryKeyVersion, Algorithm: 'ECDSA_SHA_256' };
    const Digest = require('crypto').createHash('sha256').update('x').digest('base64');
    const { Value } = await ask('AsymmetricSign', { ...named, Digest });
    expect((await ask('AsymmetricVerify', { ...named, Digest, Value })).Value, true, 'Value');
  });
  await step(client, `404 ${NO_KEY}`, () => refused(ask('DescribeKey', { KeyId: NOBODY }), codes));
}

function popCore(method) {
  const Core = require('@alicloud/pop-core');
  const client = new Core({ ...who, endpoint: settings.http, apiVersion: '2016-01-20' });
  return (operation, given) => client.request(operation, { RegionId: settings.region, ...given }, { method });
}

function openApi() {
  const OpenApi = require('@alicloud/openapi-client');
  const Client = OpenApi.default;
  const { RuntimeOptions } = require('@alicloud/tea-util');
  const client = new Client(new OpenApi.Config({ ...who, endpoint: http, protocol: 'http' }));
  const common = { version: '2016-01-20', protocol: 'HTTP', method: 'POST', authType: 'AK', style: 'RPC' };
  return async (operation, given) => {
    const shape = { pathname: '/', reqBodyType: 'formData', bodyType: 'json' };
    const params = new OpenApi.Params({ action: operation, ...common, ...shape });
    // The body is sent in chunks, without a length.
    const request = new OpenApi.OpenApiRequest({ body: given });
    return (await client.callApi(params, request, new RuntimeOptions({}))).body;
  };
}

function kms20160120() {
  const Kms = require('@alicloud/kms20160120');
  const client = new Kms.default({ ...who, endpoint: http, protocol: 'http', type: 'access_key' });
  const lower = (name) => name[0].toLowerCase() + name.slice(1);
  return async (operation, given) => {
    const Request = Kms[`${operation}Request`];
    const named = Object.fromEntries(Object.entries(given).map(([name, value]) => [lower(name), value]));
    const { RuntimeOptions } = require('@alicloud/tea-util');
    const answer = await client[lower(operation)](new Request(named), new RuntimeOptions({}));
    return answer.toMap();
  };
}

async function kmsSdk() {
  const client = 'kms-sdk';
  const { KmsClient } = require('@alicloud/kms-sdk');
  const Sdk = KmsClient || require('@alicloud/kms-sdk');
  const kms = new Sdk({ endpoint: https, accessKeyId: who.accessKeyId, accessKeySecret: who.accessKeySecret });
  let key;
  await step(client, 'CreateKey', async () => {
    key = (await kms.createKey(undefined, 'from Node')).KeyMetadata.KeyId;
    return key;
  });
  await step(client, 'DescribeKey', async () => {
    expect((await kms.describeKey(key)).KeyMetadata.KeyState, 'Enabled', 'KeyState');
  });
  await step(client, 'Encrypt and Decrypt', async () => {
    const { CiphertextBlob } = await kms.encrypt(key, TEXT);
    expect((await kms.decrypt(CiphertextBlob)).Plaintext, TEXT, 'Plaintext');
  });
  await step(client, 'ListKeys', async () => {
    expect((await kms.listKeys()).TotalCount > 0, true, 'TotalCount');
  });
  // This SDK hands error bodies over like any other answer.
  await step(client, `404 ${NO_KEY}`, async () => {
    const told = await kms.describeKey(NOBODY);
    expect([told.HttpStatus, told.Code], [404, NO_KEY], 'status and code');
  });
}

async function main() {
  await walk('pop-core GET', popCore('GET'), [NO_KEY]);
  await walk('pop-core POST', popCore('POST'), [NO_KEY]);
  await walk('openapi-client', openApi(), [NO_KEY]);
  await walk('kms20160120', kms20160120(), [NO_KEY, `${NO_KEY}Error`]);
  await kmsSdk();
}

main();
