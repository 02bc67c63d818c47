// What oauth4webapi does with us: discovery, every grant, revocation, introspection, at+jwt, DPoP with nonces.
//
// Usage: node with-oauth4webapi.mjs ISSUER CLIENT_ID CLIENT_SECRET. Prints one JSON object of what it saw.
//
// `allowInsecureRequests` switches one check off: that addresses are https, which on loopback they are not.

import * as oauth from 'oauth4webapi'

const [issuer, clientId, clientSecret] = process.argv.slice(2)
const insecure = { [oauth.allowInsecureRequests]: true }
const VIDEOS = new URL(`${issuer}/v1/videos`)
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const TESTER_KEY = 'urn:leaklab:params:oauth:token-type:tester-key'
const seen = {}

const as = await oauth.processDiscoveryResponse(
  new URL(issuer),
  await oauth.discoveryRequest(new URL(issuer), { algorithm: 'oauth2', ...insecure }),
)
seen.discovered = as.issuer === issuer
const audience = as.protected_resources[0]
const client = { client_id: clientId }
const basic = oauth.ClientSecretBasic(clientSecret)
const post = oauth.ClientSecretPost(clientSecret)

// The error with which `promise` is refused.
async function refused(promise) {
  try {
    await promise
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError) return error.error
    if (error instanceof oauth.WWWAuthenticateChallengeError) {
      return error.cause.map((each) => `${each.scheme} ${each.parameters.error ?? '-'}`)
    }
    throw error
  }
  throw new Error('a refusal was expected')
}

async function ask(token, options = {}) {
  const response = await oauth.protectedResourceRequest(
    token.access_token, 'GET', VIDEOS, undefined, undefined, { ...insecure, ...options },
  )
  await response.body?.cancel()
  return response.status
}

async function buy(auth, scope, options = {}) {
  const parameters = scope === undefined ? {} : { scope }
  const response = await oauth.clientCredentialsGrantRequest(as, client, auth, parameters, { ...insecure, ...options })
  return oauth.processClientCredentialsResponse(as, client, response)
}

async function exchange(parameters, options = {}) {
  const response = await oauth.genericTokenEndpointRequest(
    as, client, basic, EXCHANGE, parameters, { ...insecure, ...options },
  )
  return oauth.processGenericTokenEndpointResponse(as, client, response)
}

async function refresh(pair, options = {}) {
  const response = await oauth.refreshTokenGrantRequest(
    as, client, basic, pair.refresh_token, { ...insecure, ...options },
  )
  return oauth.processRefreshTokenResponse(as, client, response)
}

async function introspect(token, options = {}) {
  const response = await oauth.introspectionRequest(as, client, basic, token, { ...insecure, ...options })
  return oauth.processIntrospectionResponse(as, client, response)
}

async function revoke(token) {
  return oauth.processRevocationResponse(await oauth.revocationRequest(as, client, basic, token, insecure))
}

// --- bearer tokens ---

for (const [name, auth] of [['basic', basic], ['post', post]]) {
  const token = await buy(auth, 'videos.read')
  seen[name] = [token.token_type, token.scope, await ask(token)]
}
const bought = await buy(basic)
const request = new Request(VIDEOS, { headers: { authorization: `Bearer ${bought.access_token}` } })
const claims = await oauth.validateJwtAccessToken(as, request, audience, insecure)
seen.validated = [claims.client_id === clientId, claims.sub === clientId, claims.scope]
const told = await introspect(bought.access_token)
seen.introspected = [told.active, told.jti === claims.jti]
const signed = { requestJwtResponse: true }
client.introspection_signed_response_alg = as.introspection_signing_alg_values_supported[0]
seen.introspectedSigned = (await introspect(bought.access_token, signed)).active
delete client.introspection_signed_response_alg

await revoke(bought.access_token)
await revoke('never heard of')
seen.afterRevocation = [await refused(ask(bought)), await introspect(bought.access_token)]

const pair = await exchange({ subject_token: clientSecret, subject_token_type: TESTER_KEY })
const second = await refresh(pair)
seen.refreshed = [second.token_type, second.refresh_token !== pair.refresh_token, await ask(second)]
seen.reused = [await refused(refresh(pair)), await refused(ask(second)), await refused(refresh(second))]
seen.wrongSecret = await refused(buy(oauth.ClientSecretBasic('wrong')))

// --- tokens bound to a key. The server asks for nonces; this client keeps them, and leaves the second try to us. ---

async function again(attempt) {
  try {
    return [await attempt(), 'at once']
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error
    return [await attempt(), 'with a nonce']
  }
}

for (const algorithm of ['ES256', 'Ed25519', 'RS256', 'PS256']) {
  const keys = await oauth.generateKeyPair(algorithm)
  const DPoP = oauth.DPoP(client, keys)
  const [token, how] = await again(() => buy(basic, undefined, { DPoP }))
  const asked = [await again(() => ask(token, { DPoP })), await again(() => ask(token, { DPoP }))]
  seen[`dpop${algorithm}`] = [token.token_type, how, asked]
}

const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
const thief = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
const [bound] = await again(() => exchange({ subject_token: clientSecret, subject_token_type: TESTER_KEY }, { DPoP }))
seen.thumbprint = (await introspect(bound.access_token)).cnf?.jkt === (await DPoP.calculateThumbprint())
seen.asBearer = await refused(ask(bound))
let stolen
try {
  stolen = await ask(bound, { DPoP: thief })
} catch (error) {
  stolen = oauth.isDPoPNonceError(error) ? await refused(ask(bound, { DPoP: thief })) : error.cause
}
seen.withAnotherKey = stolen
const [boundSecond] = await again(() => refresh(bound, { DPoP }))
seen.boundRefreshed = [boundSecond.token_type, (await again(() => ask(boundSecond, { DPoP })))[0]]
seen.refreshedWithoutKey = await refused(refresh(boundSecond))
await again(() => refresh(boundSecond, { DPoP: thief })).catch((error) => (seen.refreshedWithAnotherKey = error.error))

// What we put into a bound token convinces a resource server of theirs, proof included.
const headers = new Headers({ authorization: `DPoP ${boundSecond.access_token}` })
await DPoP.addProof(VIDEOS, headers, 'GET', boundSecond.access_token)
const atTheirs = await oauth.validateJwtAccessToken(as, new Request(VIDEOS, { headers }), audience, insecure)
seen.validatedWithProof = atTheirs.cnf.jkt === (await DPoP.calculateThumbprint())

console.log(JSON.stringify(seen))
