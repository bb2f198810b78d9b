// The certified provider as the metropolitan library: accounts of its own, a real password form,
// PKCE required, rotating refresh tokens, every kind of sign-out. For tests, on loopback.
// usage: node certified.mjs '{"port": 0, "rp": "http://127.0.0.1:8000", ...}' ; prints {"issuer"}
import http from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const options = JSON.parse(process.argv[2]);
const { port, rp, secret, api } = options;
const issuer = `http://127.0.0.1:${port}`;
const people = {
  alice: { sub: 'cert-1', name: 'Alice Dubois', given_name: 'Alice', family_name: 'Dubois', library_card_number: '20590000012345' },
  chloe: { sub: 'cert-3', name: 'Chloé Sans-Carte', given_name: 'Chloé', family_name: 'Sans-Carte' },
};
const bySub = Object.fromEntries(Object.values(people).map((one) => [one.sub, one]));
const gone = new Set(); // accounts that were closed meanwhile
const key = (kid) => ({
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  kid, use: 'sig', alg: 'RS256',
});
const client = (client_id, extra = {}) => ({
  client_id, client_secret: secret,
  grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
  redirect_uris: [`${rp}/connexion/sso/retour`], post_logout_redirect_uris: [`${rp}/`],
  backchannel_logout_uri: `${rp}/connexion/sso/deconnexion`, backchannel_logout_session_required: true,
  ...extra,
});
const provider = new Provider(issuer, {
  clients: [
    client('navette'),
    client('reading-app', { redirect_uris: [`${rp}/elsewhere`], backchannel_logout_uri: undefined, backchannel_logout_session_required: undefined }),
  ],
  jwks: { keys: [key('k1')] },
  // the provider's own guard refuses loopback; this one plays in tests only
  fetch: (url, { dispatcher, ...rest }) => globalThis.fetch(url, rest),
  cookies: { keys: ['a-key-for-tests'] },
  pkce: { required: () => true },
  claims: { openid: ['sub'], profile: ['name', 'given_name', 'family_name'], library: ['library_card_number'] },
  conformIdTokenClaims: true, // claims are in userinfo only
  scopes: ['openid', 'offline_access', 'profile', 'library', 'navette.read', 'navette.holds'],
  features: {
    devInteractions: { enabled: false }, backchannelLogout: { enabled: true }, revocation: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (ctx, resource) => {
        if (resource === `${api}/opaque`) return { scope: 'navette.read', audience: api, accessTokenTTL: 600, accessTokenFormat: 'opaque' };
        if (resource !== api && resource !== `${api}/other`) throw new Error('unknown resource');
        return { scope: 'navette.read navette.holds', audience: resource, accessTokenTTL: 600, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } };
      },
      useGrantedResource: () => true,
    },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => { ctx.body = `<!doctype html>${form}<button form="op.logoutForm" name="logout" value="yes">Oui</button>`; },
    },
  },
  rotateRefreshToken: true,
  expiresWithSession: () => false,
  issueRefreshToken: async (ctx, c, code) => code.scopes.has('offline_access'),
  ttl: { AccessToken: 600, IdToken: 600, Session: 3600, Grant: 86400, RefreshToken: 86400, Interaction: 600 },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (ctx, id) => (bySub[id] && !gone.has(id) ? { accountId: id, claims: () => bySub[id] } : undefined),
});
const revoked = [];
provider.on('grant.revoked', (ctx, grantId) => revoked.push(grantId));
provider.on('refresh_token.destroyed', (token) => revoked.push(token.jti));

const body = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return new URLSearchParams(Buffer.concat(parts).toString());
};
const page = (response, text, status = 200) => {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' });
  response.end(`<!doctype html><meta charset=utf-8>${text}`);
};
const answer = provider.callback();

async function interact(request, response) {
  const { uid, prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  const finish = (result, merge) => provider.interactionFinished(request, response, result, { mergeWithLastSubmission: merge });
  if (prompt.name === 'login') {
    if (request.method === 'GET') return page(response, `<form method=post action="/interaction/${uid}"><label>Identifiant <input name=login></label><label>Mot de passe <input name=password type=password></label><button id=go>Se connecter</button></form>`);
    const form = await body(request);
    const person = people[form.get('login')];
    if (form.get('login') === 'cancel') return finish({ error: 'access_denied' }, false);
    if (!person || form.get('password') !== `${form.get('login')}-secret`) return page(response, '<p id=err>Non', 401);
    return finish({ login: { accountId: person.sub } }, false);
  }
  const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  const { missingOIDCScope, missingOIDCClaims, missingResourceScopes } = prompt.details;
  if (missingOIDCScope) grant.addOIDCScope(missingOIDCScope.join(' '));
  if (missingOIDCClaims) grant.addOIDCClaims(missingOIDCClaims);
  for (const [name, scopes] of Object.entries(missingResourceScopes ?? {})) grant.addResourceScope(name, scopes.join(' '));
  return finish({ consent: { grantId: await grant.save() } }, true);
}

const server = http.createServer(async (request, response) => {
  try {
    if (request.url.startsWith('/interaction/')) return await interact(request, response);
    if (request.url === '/test/revoked') return response.end(JSON.stringify(revoked));
    if (request.url.startsWith('/test/close/')) { gone.add(request.url.split('/').pop()); return response.end('{}'); }
    if (request.url === '/test/open') { gone.clear(); return response.end('{}'); }
    return answer(request, response);
  } catch (error) {
    return page(response, String(error), 500);
  }
});
server.listen(port, '127.0.0.1', () => console.log(JSON.stringify({ issuer })));
process.stdin.resume(); // ends with the tests that started it
process.stdin.on('end', () => process.exit(0));
