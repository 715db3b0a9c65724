import { describe, expect, it } from 'vitest'
import { statusMeaning, watchSignIn } from '../../../../src/main/sessions/rdp/credssp'
import { sequenceByOpenssl } from '../../../support/der-openssl'

// TSRequest of MS-CSSP 2.2.1: version [0], negoTokens [1], authInfo [2], pubKeyAuth [3], errorCode [4].
const version = 'EXPLICIT:0,INTEGER:6'
const octets = (field: number) => `EXPLICIT:${field},FORMAT:HEX,OCTETSTRING:${'ab'.repeat(200)}`
const proof = sequenceByOpenssl([version, octets(3)])
const credentials = sequenceByOpenssl([version, octets(2)])
const refusal = (code: string) => sequenceByOpenssl([version, `EXPLICIT:4,INTEGER:${code}`])
/** MCS Connect Initial: the first packet of RDP itself. */
const ofRdp = Buffer.from('0300000702f080', 'hex')

describe('a sign-in by CredSSP', () => {
  it('is asked for, proved, and accepted', () => {
    const watch = watchSignIn()
    watch.toServer(sequenceByOpenssl([version]))
    expect(watch.signIn()).toEqual({ stage: 'asked', status: null })
    watch.toServer(proof)
    expect(watch.signIn().stage).toBe('proved')
    watch.fromServer(proof)
    expect(watch.signIn()).toEqual({ stage: 'accepted', status: null })
    watch.toServer(credentials)
    watch.toServer(ofRdp)
    expect(watch.signIn()).toEqual({ stage: 'accepted', status: null })
  })

  it('is followed in single bytes', () => {
    const watch = watchSignIn()
    for (const byte of Buffer.concat([sequenceByOpenssl([version]), proof])) watch.toServer(Buffer.of(byte))
    for (const byte of refusal('0xC000006D')) watch.fromServer(Buffer.of(byte))
    expect(watch.signIn()).toEqual({ stage: 'proved', status: 0xc000006d })
  })

  // MS-ERREF 2.3.1; a signed number of 32 bits, which not every server writes as a negative one.
  it.each([
    ['-1073741715', 'STATUS_LOGON_FAILURE', 'password'],
    ['0xC000006D', 'STATUS_LOGON_FAILURE', 'password'],
    ['-1073741260', 'STATUS_ACCOUNT_LOCKED_OUT', 'account'],
    ['-1073741276', 'STATUS_PASSWORD_MUST_CHANGE', 'account'],
    ['-1073741730', 'NTSTATUS 0xc000005e', null],
  ])('refused with %s is %s', (code, name, means) => {
    const watch = watchSignIn()
    watch.fromServer(refusal(code))
    expect(statusMeaning(watch.signIn().status!)).toEqual({ name, means })
  })

  it.each([
    ['text', Buffer.from('HTTP/1.1 400 Bad Request')],
    ['a length that never ends', Buffer.from('3084ffffffff', 'hex')],
    ['an error code of many bytes', Buffer.concat([Buffer.from('300ea40c020a', 'hex'), Buffer.alloc(10, 1)])],
    ['fields without tags', Buffer.from('3003020106', 'hex')],
  ])('that is %s is no sign-in, and nothing that follows is read', (_what, bytes) => {
    const watch = watchSignIn()
    watch.fromServer(bytes)
    watch.fromServer(refusal('-1073741715'))
    expect(watch.signIn()).toEqual({ stage: 'asked', status: null })
  })
})
