import { DerError, readElement, readFields, readInteger, tags } from './der'

/** What is known of a sign-in by CredSSP, from what passed (MS-CSSP 2.2.1 and 3.1.5). */
export type SignIn = {
  /** `asked`: the server has not been shown yet that the password is known; `proved`: it has, and says nothing; `accepted`: it agreed. */
  stage: 'asked' | 'proved' | 'accepted'
  /** The server's NTSTATUS (MS-ERREF 2.3.1), where it says why not. */
  status: number | null
}
/** Looks at each piece on its way, and changes none. */
export type SignInWatch = {
  toServer(piece: Buffer): void
  fromServer(piece: Buffer): void
  signIn(): SignIn
}

/** Fields of a TSRequest. */
const fields = { authInfo: 2, pubKeyAuth: 3, errorCode: 4 } as const
/** A token of Kerberos with many groups stays below this. */
const largestRequest = 256 * 1024

/** Follows the sign-in until RDP itself begins. What cannot be read ends the looking: whoever it is for will say so. */
export function watchSignIn(): SignInWatch {
  const seen: SignIn = { stage: 'asked', status: null }
  return {
    toServer: requestsIn((request) => {
      if (request.has(fields.pubKeyAuth)) seen.stage = 'proved'
      // A client gives the credentials away only after the server has proved that it knows them.
      if (request.has(fields.authInfo)) seen.stage = 'accepted'
    }),
    fromServer: requestsIn((request) => {
      if (request.has(fields.pubKeyAuth)) seen.stage = 'accepted'
      const code = request.get(fields.errorCode)
      // A negative number in some servers' writing, a positive one in others'.
      if (code) seen.status = readInteger(code) >>> 0
    }),
    signIn: () => ({ ...seen }),
  }
}

function requestsIn(onRequest: (request: ReturnType<typeof readFields>) => void): (piece: Buffer) => void {
  let held: Buffer | null = Buffer.alloc(0)
  return (piece) => {
    if (held === null) return
    held = Buffer.concat([held, piece])
    try {
      while (held.length > 0) {
        // The first packet of RDP: the sign-in is over.
        if (held[0] !== tags.sequence) return void (held = null)
        const read = readElement(held, largestRequest)
        if (!read) return
        held = held.subarray(read.size)
        onRequest(readFields(read.element))
      }
    } catch (error) {
      if (!(error instanceof DerError)) throw error
      held = null
    }
  }
}

/** Names of MS-ERREF 2.3.1 that say something about a person: what they typed, or what their account may not. */
const statuses = new Map<number, { name: string; means: 'password' | 'account' }>([
  [0xc0000064, { name: 'STATUS_NO_SUCH_USER', means: 'password' }],
  [0xc000006a, { name: 'STATUS_WRONG_PASSWORD', means: 'password' }],
  [0xc000006d, { name: 'STATUS_LOGON_FAILURE', means: 'password' }],
  [0xc000006e, { name: 'STATUS_ACCOUNT_RESTRICTION', means: 'account' }],
  [0xc000006f, { name: 'STATUS_INVALID_LOGON_HOURS', means: 'account' }],
  [0xc0000070, { name: 'STATUS_INVALID_WORKSTATION', means: 'account' }],
  [0xc0000071, { name: 'STATUS_PASSWORD_EXPIRED', means: 'account' }],
  [0xc0000072, { name: 'STATUS_ACCOUNT_DISABLED', means: 'account' }],
  [0xc000015b, { name: 'STATUS_LOGON_TYPE_NOT_GRANTED', means: 'account' }],
  [0xc0000193, { name: 'STATUS_ACCOUNT_EXPIRED', means: 'account' }],
  [0xc0000224, { name: 'STATUS_PASSWORD_MUST_CHANGE', means: 'account' }],
  [0xc0000234, { name: 'STATUS_ACCOUNT_LOCKED_OUT', means: 'account' }],
])

/** `means` null: it says nothing about the person. */
export function statusMeaning(status: number): { name: string; means: 'password' | 'account' | null } {
  return statuses.get(status) ?? { name: `NTSTATUS 0x${status.toString(16).padStart(8, '0')}`, means: null }
}
