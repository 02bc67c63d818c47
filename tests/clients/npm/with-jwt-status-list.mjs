// What @sd-jwt/jwt-status-list reads in our status lists, before and after a revocation; jose checks the signatures.
//
// Usage: node with-jwt-status-list.mjs ISSUER CLIENT_ID CLIENT_SECRET OPERATOR_KEY. Prints one JSON object.
//
// Nothing is switched off: both take plain http.

import { getListFromStatusListJWT, getStatusListFromJWT } from '@sd-jwt/jwt-status-list'
import { createRemoteJWKSet, jwtVerify } from 'jose'

const [issuer, clientId, clientSecret, operatorKey] = process.argv.slice(2)
const basic = `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`)}`
const seen = {}

async function send(path, headers, body) {
  const response = await fetch(issuer + path, { method: 'POST', headers, body })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

async function operate(path, body) {
  const headers = { authorization: `Bearer ${operatorKey}`, 'content-type': 'application/json' }
  return send(path, headers, JSON.stringify(body))
}

const metadata = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json()
const audience = metadata.protected_resources[0]
const keys = createRemoteJWKSet(new URL(metadata.jwks_uri))

async function buy() {
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  const grant = await send('/oauth/token', { authorization: basic }, form)
  await jwtVerify(grant.access_token, keys, { issuer, audience, typ: 'at+jwt' })
  return grant.access_token
}

// The status of a token as the draft says it is read (section 8.3); the list is fetched anew.
async function statusOf(token) {
  const { uri, idx } = getStatusListFromJWT(token)
  const response = await fetch(uri, { headers: { accept: 'application/statuslist+jwt' } })
  const list = await response.text()
  const { payload } = await jwtVerify(list, keys, { subject: uri, typ: 'statuslist+jwt', requiredClaims: ['iat', 'exp'] })
  seen.list = [response.status, response.headers.get('content-type'), payload.ttl > 0]
  return getListFromStatusListJWT(list).getStatus(idx)
}

const [one, other] = [await buy(), await buy()]
seen.differentPlaces = getStatusListFromJWT(one).idx !== getStatusListFromJWT(other).idx
seen.fresh = [await statusOf(one), await statusOf(other)]
await operate('/admin/revocations', { scope: { kind: 'token', token: one }, reason: 'leaked' })
seen.afterRevocation = [await statusOf(one), await statusOf(other)]
const suspended = { scope: { kind: 'token', token: other }, seconds: 600, reason: 'odd' }
const { id } = await operate('/admin/suspensions', suspended)
seen.duringSuspension = [await statusOf(one), await statusOf(other)]
seen.suspension = typeof id
console.log(JSON.stringify(seen))
