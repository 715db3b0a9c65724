import { randomInt } from 'node:crypto'
import { publicClientId, users } from './directory'
import { choosePage, devicePage, messagePage, pageLanguage } from './login-pages'
import { refusedByIncident } from './login-incidents'
import { fields, noApplication, oauthError, tenantRefusal } from './login-parts'
import type { PracticeReply, PracticeRequest } from './server'
import type { DeviceCode, SignIns } from './sign-ins'

const userCodeLetters = 'BCDFGHJKLMNPQRSTVWXZ23456789'

/** Starts a sign-in for a program without a browser. */
export function deviceCode(request: PracticeRequest, signIns: SignIns): PracticeReply {
  const form = fields(request.body)
  if (form['client_id'] !== publicClientId)
    return oauthError(400, 'unauthorized_client', 700016, noApplication(form['client_id'] ?? ''))
  const refused = tenantRefusal(request.params['tenant'] ?? '')
  if (refused) return oauthError(400, 'invalid_request', refused.number, refused.message)
  const incident = refusedByIncident(request, publicClientId)
  if (incident) return incident
  const userCode = Array.from({ length: 9 }, () => userCodeLetters[randomInt(userCodeLetters.length)]).join('')
  const expiresSeconds = 900
  const made: DeviceCode = {
    userCode,
    clientId: publicClientId,
    scope: form['scope'] ?? '',
    oid: null,
    expiresMs: Date.now() + expiresSeconds * 1000,
  }
  const verificationUri = `${request.origin()}/devicelogin`
  const message = `To sign in, use a web browser to open the page ${verificationUri} and enter the code ${userCode} to authenticate.`
  const body = {
    user_code: userCode,
    device_code: signIns.devices.put(made),
    verification_uri: verificationUri,
    expires_in: expiresSeconds,
    interval: 1,
    message,
  }
  return { status: 200, body }
}

/** The page on which a person enters the code and then chooses who to be. */
export function deviceLogin(request: PracticeRequest, signIns: SignIns): PracticeReply {
  const language = pageLanguage(request.headers['accept-language'])
  const code = request.query.get('code')
  if (code === null) return devicePage(language, '/devicelogin', '', false)
  const device = findDevice(signIns, code)
  if (!device) return devicePage(language, '/devicelogin', code, true)
  return choosePage(language, '/devicelogin', device.userCode)
}

export function deviceChosen(request: PracticeRequest, signIns: SignIns): PracticeReply {
  const language = pageLanguage(request.headers['accept-language'])
  const form = fields(request.body)
  const device = findDevice(signIns, form['request'] ?? '')
  if (!device) return messagePage(language, 'deviceWrong', 400)
  device.oid = users.find((one) => one.oid === form['user'])?.oid ?? ''
  request.store.touch()
  return messagePage(language, device.oid === '' ? 'deviceDeclined' : 'deviceDone')
}

function findDevice(signIns: SignIns, code: string): DeviceCode | null {
  const wanted = code.replace(/[\s-]/g, '').toUpperCase()
  return signIns.devices.all().find(([, one]) => one.userCode === wanted && one.oid === null)?.[1] ?? null
}
