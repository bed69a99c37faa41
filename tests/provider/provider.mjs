// Real OpenID providers for the tests: npm's oidc-provider on the loopback, one for each test.
//
// POST / makes one and answers its port; POST /{port} sets its switches; DELETE /{port} stops it.
// The packages lie where PARVIS_TEST_OIDC says. The process ends with whoever holds its input.
//
// Switches: account (sub, email, email_verified, siret, roles, and the acr it proves), `codeLife` in
// seconds, `deny`, and `tamper`: claims put into the ID token, which is then signed anew with the
// provider's own key, or with a stranger's (`foreignKey`), or with the client's secret (`hmac`);
// `userinfo`: claims put into that answer, `unsign`: JSON where a signature is due.

import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

// Whoever started this reads one line and no more.
for (const level of ['log', 'info', 'warn']) console[level] = () => {};

const load = (path) => import(pathToFileURL(join(process.env.PARVIS_TEST_OIDC, path)));
const { default: Provider, interactionPolicy } = await load('oidc-provider/lib/index.js');
const jose = await load('jose/dist/webapi/index.js');

const SECRET = 'un-secret-partage-invente-pour-les-essais-0123456789';
const REDIRECT = 'http://localhost:8080/connexion/sso';

async function key(alg) {
  const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true });
  const jwk = await jose.exportJWK(privateKey);
  return { alg, privateKey, publicKey, jwk: { ...jwk, alg, use: 'sig', kid: `${alg}-${Math.random()}` } };
}

const keys = { RS256: await key('RS256'), ES256: await key('ES256') };
const strangers = { RS256: await key('RS256'), ES256: await key('ES256') };
const instances = new Map();

// The provider says which acr it has proved and does not insist: that is the client's affair.
function policy() {
  const prompts = interactionPolicy.base();
  const login = prompts.get('login');
  for (const name of ['essential_acrs', 'essential_acr']) login.checks.remove(name);
  return prompts;
}

function client(id, signed) {
  const redirects = ['proconnect', 'mairie', 'annuaire'].map((name) => `${REDIRECT}/${name}/retour`);
  return {
    client_id: id,
    client_secret: SECRET,
    token_endpoint_auth_method: 'client_secret_post',
    redirect_uris: redirects,
    post_logout_redirect_uris: ['http://localhost:8080/deconnexion'],
    id_token_signed_response_alg: signed,
    ...(id === 'signed' ? { userinfo_signed_response_alg: signed } : {}),
  };
}

async function make() {
  const switches = { account: { sub: 'personne' }, codeLife: 60 };
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [client('json', 'RS256'), client('signed', 'ES256'), client('json-es', 'ES256')],
    jwks: { keys: [keys.RS256.jwk, keys.ES256.jwk] },
    cookies: { keys: ['essai'] },
    scopes: ['openid', 'email', 'profile', 'siret', 'roles'],
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name'],
      siret: ['siret'],
      roles: ['roles'],
      acr: null,
      auth_time: null,
      amr: null,
    },
    acrValues: ['eidas1', 'eidas1-mfa', 'eidas2', 'eidas3', 'or', 'argent'],
    features: {
      claimsParameter: { enabled: true },
      jwtUserinfo: { enabled: true },
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: true },
    },
    ttl: { AuthorizationCode: () => switches.codeLife },
    interactions: { policy: policy(), url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ ...switches.account, sub }) }),
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope('openid email profile siret roles');
      await grant.save();
      return grant;
    },
    renderError(ctx, out) {
      ctx.type = 'json';
      ctx.body = out;
    },
  });
  provider.use(async (ctx, next) => {
    if (ctx.path.startsWith('/interaction/')) {
      const result = switches.deny
        ? { error: 'access_denied' }
        : { login: { accountId: switches.account.sub, acr: switches.account.acr, ts: switches.loginAt } };
      ctx.respond = false;
      await provider.interactionFinished(ctx.req, ctx.res, result);
      return;
    }
    if (switches.noSession && ctx.path === '/auth') ctx.req.headers.cookie = '';
    await next();
    if (ctx.path === '/.well-known/openid-configuration' && switches.announce) {
      ctx.body = { ...ctx.body, ...switches.announce };
    }
    if (ctx.path === '/token' && ctx.body?.id_token && switches.tamper) {
      ctx.body.id_token = await tampered(ctx.body.id_token, switches);
    }
    if (ctx.path === '/me' && ctx.status === 200) await answerOtherwise(ctx, switches);
  });
  server.on('request', provider.callback());
  instances.set(port, { server, switches });
  return { port };
}

async function tampered(token, { tamper, foreignKey, hmac }) {
  const { alg, kid } = jose.decodeProtectedHeader(token);
  const claims = { ...jose.decodeJwt(token), ...tamper };
  for (const name of Object.keys(claims)) if (claims[name] === null) delete claims[name];
  if (hmac) {
    return new jose.SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(SECRET));
  }
  const { privateKey } = foreignKey ? strangers[alg] : keys[alg];
  return new jose.SignJWT(claims).setProtectedHeader({ alg, kid }).sign(privateKey);
}

async function answerOtherwise(ctx, { userinfo, unsign, foreignUserinfo }) {
  if (!userinfo && !unsign && !foreignUserinfo) return;
  const signed = typeof ctx.body === 'string';
  const told = { ...(signed ? jose.decodeJwt(ctx.body) : ctx.body), ...userinfo };
  if (!signed || unsign) {
    ctx.type = 'json';
    ctx.body = told;
    return;
  }
  const { alg, kid } = jose.decodeProtectedHeader(ctx.body);
  const { privateKey } = foreignUserinfo ? strangers[alg] : keys[alg];
  ctx.type = 'application/jwt';
  ctx.body = await new jose.SignJWT(told).setProtectedHeader({ alg, kid }).sign(privateKey);
}

const control = createServer(async (req, res) => {
  const answer = (status, body) => {
    res.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    res.end(JSON.stringify(body));
  };
  let text = '';
  for await (const chunk of req) text += chunk;
  const instance = instances.get(Number(req.url.slice(1)));
  if (req.method === 'POST' && req.url === '/') return answer(200, await make());
  if (!instance) return answer(404, {});
  if (req.method === 'DELETE') {
    instance.server.close();
    instance.server.closeAllConnections();
    return answer(200, {});
  }
  Object.assign(instance.switches, JSON.parse(text));
  return answer(200, {});
});

control.listen(0, '127.0.0.1', () => process.stdout.write(`listening ${control.address().port}\n`));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
