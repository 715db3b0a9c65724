/** Every failure a person can meet. Its texts are `messages.errors[code]`, in both languages or it does not compile. */
export const errorCodes = [
  'unexpected',
  'cancelled',
  'input.invalid',
  'contract.refused',
  'run.not-found',
  'run.busy',
  'run.locked',
  'run.newer',
  /** {count}: things it made that clean-up would still remove. */
  'run.not-clean',
  'run.cancelled',
  /** {step}: the run cannot do without it. */
  'step.changed',
  'step.needed',
  /** {step, missing}: an earlier step whose result it needs. */
  'step.not-ready',
  'journal.damaged',
  'disk-full',
  /** {file}: where they lie now. */
  'settings.damaged',
  /** {folder}: where runs and settings are kept. */
  'state.unwritable',
  'file.not-found',
  'file.unreadable',
  'file.empty',
  'file.changed',
  /** {file}: would have to be replaced. */
  'file.exists',
  /** {file}: what is to be written would replace what it is read from. */
  'file.own-source',
  /** {file} */
  'file.unwritable',
  /** {file}: the disk that it should be written to is full. */
  'no-space',
  'disk.format',
  'disk.truncated',
  'disk.footer',
  'disk.size',
  'disk.damaged',
  'disk.blocked',
  'plan.unreadable',
  'plan.unknown-key',
  'plan.invalid',
  'plan.secret',
  /** {items}: paths and scripts of a plan that nobody has confirmed. */
  'plan.untrusted',
  /** {file, fields} */
  'profile.invalid',
  /** {file}: no JSON, or no file of text. */
  'profile.unreadable',
  'token.refused-host',
  /** {host}: none of Azure's own, and nothing but a profile file says that it may have a secret. */
  'token.unconfirmed-host',
  'offline',
  /** {host, issuer}: who signed the certificate that is not believed. */
  'tls.untrusted',
  /** {proxy} */
  'proxy.unreachable',
  /** {proxy, host}: it wants a user name and password. */
  'proxy.sign-in',
  /** {proxy, host}: it does not let this program through to the host. */
  'proxy.refused',
  /** {proxy}: of a kind that no tunnel can be asked of. */
  'proxy.unsupported',
  /** {proxy}: no address. */
  'proxy.invalid',
  'certificate.unreadable',
  'certificate.private-key',
  /** {subject, until} */
  'certificate.expired',
  /** {subject} */
  'certificate.not-authority',
  'signIn.needed',
  'signIn.failed',
  /** {minutes}: nobody came to sign in. */
  'signIn.timeout',
  /** {clientId, tenant, url}: the page on which an administrator agrees. */
  'signIn.consent',
  'signIn.client-missing',
  /** {clientId, tenant} */
  'signIn.client-unknown',
  /** {cloud, clientId}: the registration does not allow public clients. */
  'signIn.client-confidential',
  /** {tenant, clientId} */
  'signIn.tenant-unknown',
  /** {tenant, clientId}: the account is no member and no guest there. */
  'signIn.account-foreign',
  'signIn.account-disabled',
  /** Another proof than the password is demanded. */
  'signIn.proof',
  /** Conditional access forbids it here and now. */
  'signIn.blocked',
  /** {host}: its certificate is only valid in the future. */
  'clock.certificate',
  'cloud.forbidden',
  'cloud.throttled',
  'cloud.unavailable',
  'cloud.not-found',
  'cloud.conflict',
  'cloud.bad-request',
  'cloud.timeout',
  'cloud.operation-failed',
  'cloud.name-taken',
  'cloud.provider-unregistered',
  'cloud.region-mismatch',
  'cloud.foreign-resource',
  /** {name, left}: a resource group that clean-up was asked to remove still holds something. */
  'cloud.group-not-empty',
  /** {kind, name}: it was there, or asked for, and is not any more. */
  'cloud.gone',
  /** {subscription}: it may be read, but nothing in it may be changed. */
  'cloud.subscription-disabled',
  /** {subscription}: unknown to the account that is signed in. */
  'cloud.subscription-unknown',
  /** {scope, lock}: a management lock forbids the change. */
  'cloud.locked',
  /** {name, policy}: an Azure Policy of the organisation forbids it. */
  'cloud.policy',
  /** {reason}: this app speaks a version of the interface that Azure has dropped. */
  'cloud.version-dropped',
  /** {minutes}: how far this computer's clock and Azure's are apart. */
  'clock.wrong',
  /** {account}: the firewall of the storage account keeps this computer out. */
  'storage.firewall',
  /** {account}: its endpoint answers private networks only. */
  'account.private',
  'account.key-refused',
  /** {name, kind}: hierarchical namespace, or a kind of account without page blobs. */
  'storage.no-page-blobs',
  /** {n, checks}: how many checks forbid to go on, and their ids. */
  'preflight.blocked',
  /** {name}: a key vault that Batch cannot use for an account in user subscription mode. */
  'account.vault-unfit',
  /** {subscription}: the Batch service itself has no role there, which user subscription mode needs. */
  'account.service-role',
  'quota.cores',
  'quota.accounts',
  'quota.pools',
  /** Of the subscription, not of the Batch account: {family, region, limit, used, needed} as far as they were said. */
  'quota.subscription',
  /** Managed disks of a subscription: {region, limit, used, needed} as far as they were said. */
  'quota.disks',
  'quota.spot',
  'upload.target-changed',
  'upload.target-foreign',
  'upload.checksum',
  'upload.access-expired',
  'upload.target-missing',
  /** {disk}: the managed disk with the bytes was deleted. */
  'upload.disk-gone',
  /** {disk}: its bytes are still open to somebody, or its upload has not ended. */
  'upload.disk-in-use',
  /** {blob}: somebody holds a lease on it. */
  'upload.target-leased',
  /** {expected, found}: bytes of the VHD, bytes that the disk was made for. */
  'upload.target-size',
  'upload.process-ended',
  'image.rejected',
  'image.replication-failed',
  'image.generation-mismatch',
  'image.no-replica',
  /** {version, next}: made from something else; `next` is the first number that is free. */
  'image.version-taken',
  /** {version, bytes}: no whole number of MiB, or smaller than Azure takes. */
  'image.bad-size',
  'image.not-vhd',
  /** {size, limit}: in GiB. */
  'image.too-large',
  /** {image}: the version a pool was made from is not there any more. */
  'image.gone',
  'image.trusted-launch',
  'pool.resize-failed',
  /** {size, region} as far as they were said. */
  'pool.size-unavailable',
  /** Batch tried for as long as it may and got no machines. */
  'pool.no-capacity',
  'pool.terms',
  /** {limit}: most nodes that may talk to each other. */
  'pool.too-many-nodes',
  /** {reason}: something else that the pool refers to, such as a subnet or an identity. */
  'pool.dependency-gone',
  /** {name, minutes}: deletion was accepted and does not end. */
  'pool.still-deleting',
  /** {agent, os}: the image holds another system than the node agent is made for. */
  'pool.wrong-agent',
  'pool.node-unusable',
  'pool.node-timeout',
  'pool.start-task-failed',
  /** {image}: Batch has no node agent for it. */
  'vm.image-unsupported',
  /** {image, region}: the Marketplace does not offer it, or not this version. */
  'vm.image-gone',
  /** {image}: is bought. */
  'vm.image-plan',
  /** {size, region} */
  'vm.size-unavailable',
  /** {size, found, wanted}: generations that the size starts, generation of the image. */
  'vm.size-generation',
  /** {size, found, wanted} */
  'vm.size-architecture',
  /** {what}: the image or the size, which cannot start so. */
  'vm.trusted-launch',
  /** {image}: starts in no other way. */
  'vm.trusted-launch-only',
  /** {size, region} as far as they were said: Azure has no machine free just now. */
  'vm.no-capacity',
  /** {reason} */
  'vm.password-refused',
  /** {name, reason}: it was made and did not come up. */
  'vm.failed',
  /** {name, state}: somebody stopped it. */
  'vm.stopped',
  /** {name, minutes}: it runs, but the Azure agent in it does not answer. */
  'vm.agent-silent',
  /** {name, state}: it runs, although it must not any more. */
  'vm.started',
  /** {name} */
  'vm.gone',
  /** {names}: extensions that the control plane knows of. */
  'vm.extension-present',
  /** {names}: cannot be removed, because the VM does not run. */
  'vm.extension-stuck',
  /** {name}: it carries no mark. */
  'vm.not-generalized',
  /** {name}: it never starts again. */
  'vm.generalized',
  /** No snapshot was wanted. */
  'vm.no-snapshot',
  /** {name} */
  'vm.snapshot-gone',
  /** {url}: does not say which public address this computer has. */
  'vm.address-unknown',
  /** {range} */
  'vm.open-to-all',
  /** {vm}: Azure ran the script of the control channel, but it did not end well. */
  'vm.channel-failed',
  /** {checks}: names of the final checks that found something wrong. */
  'verify.failed',
  /** {host, port}: nothing answers there, or not in time. */
  'desktop.unreachable',
  /** {host, port}: the host answers, and nobody listens on the port. */
  'desktop.port-closed',
  /** {host}: no name server knows it. */
  'desktop.unknown-host',
  /** {host, port, seconds}: takes the connection and says nothing. */
  'desktop.silent',
  /** {host, port}: another service than RDP. */
  'desktop.not-rdp',
  /** {host}: RDP's own encryption from before TLS, or none. */
  'desktop.old-security',
  /** {host}: TLS 1.1 at best. */
  'desktop.old-tls',
  /** {host} */
  'desktop.tls',
  /** {host}: wants the credentials before it shows anything (NLA), which was not offered. */
  'desktop.nla-required',
  'desktop.no-certificate',
  /** {host, code}: an RDP_NEG_FAILURE that has no words of its own. */
  'desktop.refused',
  /** {host, known, found}: SHA-256 of the certificates. */
  'desktop.certificate-changed',
  /** {host, user} */
  'desktop.password',
  /** {host, user}: right perhaps, but it may not come in. */
  'desktop.account',
  'desktop.hung-up',
  /** {host}: in the middle of a session. */
  'desktop.ended',
  /** The page that shows the picture broke down. */
  'desktop.crashed',
  /** This cloud's VMs show no remote desktop. */
  'desktop.none-here',
  /** No program of this computer that speaks RDP was found. */
  'desktop.no-client',
  /** {program, status} */
  'desktop.client-failed',
  /** {part, code}: code or signal that it ended with. */
  'recipe.part-failed',
  /** {part, code}: it ran, but is not there. */
  'recipe.check-failed',
  /** {part}: the connection was lost in the middle of it. */
  'recipe.broken-off',
  /** {part, file} */
  'recipe.file-missing',
  /** {vm}: Windows without the app's control channel. */
  'recipe.no-channel',
  'recipe.empty',
  'recipe.busy',
  /** {file} */
  'recipe.unreadable',
  /** {fields} */
  'recipe.invalid',
  'recipe.too-large',
  /** {parts}: they carry what looks like a password or key. */
  'recipe.secret',
  /** {n, checks} */
  'generalize.blocked',
  /** {vm} */
  'generalize.unconfirmed',
  /** {vm} */
  'generalize.no-agent',
  /** {vm, code} */
  'generalize.deprovision-failed',
  /** {vm, checks}: what still tells which VM it was. */
  'generalize.no-evidence',
  /** {vm}: broken off, and nobody can look any more. */
  'generalize.unknown',
  /** {vm, app}: installed for one user and not for all. */
  'generalize.appx',
  /** {vm, cause}: what Sysprep's log names. */
  'generalize.sysprep-failed',
  /** {vm, minutes} */
  'generalize.timeout',
  /** {vm, power}: a person said that Sysprep ran, and the VM does not look like it. */
  'generalize.not-by-hand',
  'session.closed',
  /** {name}: a machine from a list, not of a run. */
  'machine.gone',
  /** {name, state} */
  'machine.stopped',
  /** {group}: no number is free for a rule before the one that keeps out. */
  'door.no-room',
  'session.no-vm',
  /** {host, port} */
  'session.port-closed',
  /** {host, port, seconds} */
  'session.no-answer',
  /** {host} */
  'session.unknown-host',
  /** {proxy, host, port}: it does not let this program out to that port. */
  'session.proxy-refused',
  /** {host, port} */
  'session.not-ssh',
  /** {host} */
  'session.no-algorithm',
  /** {host, known, found}: fingerprints. */
  'session.host-key-changed',
  /** {host, fingerprint} */
  'session.host-key-refused',
  /** {user, host} */
  'session.wrong-password',
  /** {user, host, key} */
  'session.wrong-key',
  /** {user, host} */
  'session.agent-refused',
  'session.no-agent',
  /** {user, host, methods} */
  'session.no-way-in',
  /** {host} */
  'session.too-many-failures',
  /** {file} */
  'session.key-unreadable',
  /** {file} */
  'session.wrong-passphrase',
  'session.key-locked',
  'session.no-key',
  'session.no-password',
  /** {host}: only a person can answer it. */
  'session.question',
  /** {host} */
  'session.too-slow',
  /** {host} */
  'session.lost',
  /** {minutes} */
  'session.no-return',
  'session.restart-refused',
  /** {user} */
  'session.no-sudo',
  /** {minutes} */
  'session.time-limit',
  'session.no-channel',
  'session.no-sftp',
  'practice.failed',
  /** {run}: works in it just now. */
  'practice.in-use',
  /** {folder}: holds what could not be read. */
  'practice.damaged',
  /** {path}: in the VM. */
  'session.disk-full',
  /** The connection ended meanwhile. */
  'files.lost',
  /** {name} */
  'files.not-found',
  /** {name}: a file, or a link to one. */
  'files.no-folder',
  /** {name}: the user of the session may not do that. */
  'files.denied',
  /** {name}: the server gives no reason. */
  'files.refused',
  /** {name} */
  'files.exists',
  /** {name}: something of another kind stands in its place. */
  'files.in-the-way',
  /** {name}: is another than it was when its copy began. */
  'files.changed',
  /** {name}: the copy has another hash. */
  'files.different',
  /** {name, limit} */
  'files.too-many',
  /** {name} */
  'files.too-deep',
  /** {name}: larger than {bytes}. */
  'files.too-large',
] as const
export type ErrorCode = (typeof errorCodes)[number]

/** No way to the host just now: what waiting may mend. */
export const outages: ReadonlySet<ErrorCode> = new Set(['offline', 'proxy.unreachable'])

/** What the button of a red card does. */
export type Remedy =
  | 'retry'
  | 'signIn'
  | 'edit'
  | 'chooseFile'
  | 'reload'
  | 'openLog'
  | 'skip'
  | 'addRegion'
  | 'network'
  | 'removeExtensions'
  | 'useVersion'
  | 'restore'
  | 'startVm'
  | 'createVm'

/** What the button under each error does; null where no button helps. */
export const remedies: Record<ErrorCode, Remedy | null> = {
  unexpected: 'openLog',
  cancelled: 'retry',
  'input.invalid': 'edit',
  'contract.refused': 'reload',
  'run.not-found': 'reload',
  'run.busy': null,
  'run.locked': 'retry',
  'run.newer': null,
  'run.not-clean': null,
  'run.cancelled': null,
  'step.changed': null,
  'step.needed': null,
  'step.not-ready': null,
  'journal.damaged': 'retry',
  'disk-full': 'retry',
  'settings.damaged': null,
  'state.unwritable': 'retry',
  'file.not-found': 'chooseFile',
  'file.unreadable': 'chooseFile',
  'file.empty': 'chooseFile',
  'file.changed': 'chooseFile',
  'file.exists': null,
  'file.own-source': null,
  'file.unwritable': null,
  'no-space': 'retry',
  'disk.format': 'chooseFile',
  'disk.truncated': 'chooseFile',
  'disk.footer': 'chooseFile',
  'disk.size': 'chooseFile',
  'disk.damaged': 'chooseFile',
  'disk.blocked': 'chooseFile',
  'plan.unreadable': null,
  'plan.unknown-key': null,
  'plan.invalid': null,
  'plan.secret': null,
  'plan.untrusted': null,
  'profile.invalid': 'edit',
  'profile.unreadable': 'edit',
  'token.refused-host': 'edit',
  'token.unconfirmed-host': 'edit',
  offline: 'retry',
  'tls.untrusted': 'network',
  'proxy.unreachable': 'network',
  'proxy.sign-in': 'network',
  'proxy.refused': 'network',
  'proxy.unsupported': 'network',
  'proxy.invalid': 'network',
  'certificate.unreadable': null,
  'certificate.private-key': null,
  'certificate.expired': null,
  'certificate.not-authority': null,
  'signIn.needed': 'signIn',
  'signIn.failed': 'signIn',
  'signIn.timeout': 'signIn',
  'signIn.consent': 'signIn',
  'signIn.client-missing': 'edit',
  'signIn.client-unknown': 'edit',
  'signIn.client-confidential': 'signIn',
  'signIn.tenant-unknown': 'edit',
  'signIn.account-foreign': 'signIn',
  'signIn.account-disabled': 'signIn',
  'signIn.proof': 'signIn',
  'signIn.blocked': 'signIn',
  'clock.certificate': 'retry',
  'cloud.forbidden': 'retry',
  'cloud.throttled': 'retry',
  'cloud.unavailable': 'retry',
  'cloud.not-found': 'edit',
  'cloud.conflict': 'retry',
  'cloud.bad-request': 'edit',
  'cloud.timeout': 'retry',
  'cloud.operation-failed': 'retry',
  'cloud.name-taken': 'edit',
  'cloud.provider-unregistered': 'retry',
  'cloud.region-mismatch': 'edit',
  'cloud.foreign-resource': 'edit',
  'cloud.group-not-empty': null,
  'cloud.gone': 'retry',
  'cloud.subscription-disabled': 'edit',
  'cloud.subscription-unknown': 'edit',
  'cloud.locked': 'retry',
  'cloud.policy': 'edit',
  'cloud.version-dropped': null,
  'clock.wrong': 'retry',
  'storage.firewall': 'retry',
  'account.private': 'edit',
  'account.key-refused': 'signIn',
  'storage.no-page-blobs': 'edit',
  'preflight.blocked': null,
  'account.vault-unfit': 'edit',
  'account.service-role': 'retry',
  'quota.cores': 'edit',
  'quota.accounts': 'edit',
  'quota.pools': 'edit',
  'quota.subscription': 'edit',
  'quota.disks': 'retry',
  'quota.spot': 'edit',
  'upload.target-changed': 'retry',
  'upload.target-foreign': 'edit',
  'upload.checksum': 'retry',
  'upload.access-expired': 'retry',
  'upload.target-missing': 'edit',
  'upload.disk-gone': 'edit',
  'upload.disk-in-use': 'retry',
  'upload.target-leased': 'retry',
  'upload.target-size': 'edit',
  'upload.process-ended': 'retry',
  'image.rejected': 'edit',
  'image.replication-failed': 'retry',
  'image.generation-mismatch': 'edit',
  'image.no-replica': 'addRegion',
  'image.version-taken': 'useVersion',
  'image.bad-size': 'edit',
  'image.not-vhd': 'edit',
  'image.too-large': 'chooseFile',
  'image.gone': 'edit',
  'image.trusted-launch': 'edit',
  'pool.size-unavailable': 'edit',
  'pool.no-capacity': 'retry',
  'pool.terms': 'retry',
  'pool.too-many-nodes': 'edit',
  'pool.dependency-gone': 'edit',
  'pool.still-deleting': 'retry',
  'pool.wrong-agent': 'edit',
  'pool.resize-failed': 'retry',
  'pool.node-unusable': 'retry',
  'pool.node-timeout': 'retry',
  'pool.start-task-failed': 'edit',
  'vm.image-unsupported': 'edit',
  'vm.image-gone': 'edit',
  'vm.image-plan': 'edit',
  'vm.size-unavailable': 'edit',
  'vm.size-generation': 'edit',
  'vm.size-architecture': 'edit',
  'vm.trusted-launch': 'edit',
  'vm.trusted-launch-only': 'edit',
  'vm.no-capacity': 'retry',
  'vm.password-refused': 'retry',
  'vm.failed': 'retry',
  'vm.stopped': 'startVm',
  'vm.agent-silent': 'retry',
  'vm.started': 'edit',
  'vm.gone': 'createVm',
  'vm.extension-present': 'removeExtensions',
  'vm.extension-stuck': 'restore',
  'vm.not-generalized': 'retry',
  'vm.generalized': 'restore',
  'vm.no-snapshot': null,
  'vm.snapshot-gone': null,
  'vm.address-unknown': 'edit',
  'vm.open-to-all': 'edit',
  'vm.channel-failed': 'retry',
  'verify.failed': 'retry',
  'desktop.unreachable': 'retry',
  'desktop.port-closed': 'retry',
  'desktop.unknown-host': 'edit',
  'desktop.silent': 'retry',
  'desktop.not-rdp': 'edit',
  'desktop.old-security': null,
  'desktop.old-tls': null,
  'desktop.tls': 'retry',
  'desktop.nla-required': 'retry',
  'desktop.no-certificate': null,
  'desktop.refused': 'retry',
  'desktop.certificate-changed': null,
  'desktop.password': 'edit',
  'desktop.account': 'edit',
  'desktop.hung-up': 'edit',
  'desktop.ended': 'retry',
  'desktop.crashed': 'retry',
  'desktop.none-here': null,
  'desktop.no-client': null,
  'desktop.client-failed': 'retry',
  'recipe.part-failed': 'retry',
  'recipe.check-failed': 'retry',
  'recipe.broken-off': 'retry',
  'recipe.file-missing': 'edit',
  'recipe.no-channel': 'retry',
  'recipe.empty': 'edit',
  'recipe.busy': 'retry',
  'recipe.unreadable': null,
  'recipe.invalid': null,
  'recipe.too-large': null,
  'recipe.secret': null,
  'generalize.blocked': 'retry',
  'generalize.unconfirmed': 'edit',
  'generalize.no-agent': 'retry',
  'generalize.deprovision-failed': 'retry',
  'generalize.no-evidence': 'retry',
  'generalize.unknown': 'retry',
  'generalize.appx': 'retry',
  'generalize.sysprep-failed': 'retry',
  'generalize.timeout': 'retry',
  'generalize.not-by-hand': 'retry',
  'session.closed': 'retry',
  'machine.gone': null,
  'machine.stopped': 'retry',
  'door.no-room': null,
  'session.no-vm': null,
  'session.port-closed': 'retry',
  'session.no-answer': 'retry',
  'session.unknown-host': 'retry',
  'session.proxy-refused': 'network',
  'session.not-ssh': 'retry',
  'session.no-algorithm': 'retry',
  'session.host-key-changed': null,
  'session.host-key-refused': 'retry',
  'session.wrong-password': 'retry',
  'session.wrong-key': 'retry',
  'session.agent-refused': 'retry',
  'session.no-agent': 'retry',
  'session.no-way-in': 'retry',
  'session.too-many-failures': 'retry',
  'session.key-unreadable': 'retry',
  'session.wrong-passphrase': 'retry',
  'session.key-locked': 'retry',
  'session.no-key': null,
  'session.no-password': null,
  'session.question': 'retry',
  'session.too-slow': 'retry',
  'session.lost': 'retry',
  'session.no-return': 'retry',
  'session.restart-refused': 'retry',
  'session.no-sudo': 'retry',
  'session.time-limit': 'retry',
  'session.no-channel': 'retry',
  'session.no-sftp': 'retry',
  'practice.failed': 'retry',
  'practice.in-use': null,
  'practice.damaged': null,
  'session.disk-full': 'retry',
  'files.lost': 'retry',
  'files.not-found': 'retry',
  'files.no-folder': null,
  'files.denied': null,
  'files.refused': 'retry',
  'files.exists': null,
  'files.in-the-way': null,
  'files.changed': 'retry',
  'files.different': 'retry',
  'files.too-many': null,
  'files.too-deep': null,
  'files.too-large': null,
}

export type ErrorDetails = {
  /** HTTP status of the answer that failed. */
  status?: number
  /** The service's own code, e.g. `AuthorizationFailed`. */
  serviceCode?: string
  requestId?: string
  /** ISO 8601, UTC. */
  at?: string
  method?: string
  /** Without query: a SAS must not reach a log. */
  url?: string
  /** The service's or library's own words, English and unredacted of nothing secret. */
  message?: string
}

export type ErrorParams = Record<string, string | number>
/** An error as it crosses a process border, stands in a journal, or is printed. */
export type ErrorData = { code: ErrorCode; params: ErrorParams; details: ErrorDetails }

/** A failure that says what happened and what to do. `params` fill the holes of its texts. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly params: ErrorParams
  readonly details: ErrorDetails

  constructor(code: ErrorCode, params: ErrorParams = {}, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(details.message ? `${code}: ${details.message}` : `${code} ${JSON.stringify(params)}`, options)
    this.name = 'AppError'
    this.code = code
    this.params = params
    this.details = details
  }

  toData(): ErrorData {
    return { code: this.code, params: this.params, details: this.details }
  }
}

/** Any thrown value as data; what nobody foresaw becomes `unexpected`, an abort becomes `cancelled`. */
export function toErrorData(error: unknown): ErrorData {
  if (error instanceof AppError) return error.toData()
  if (error instanceof Error && error.name === 'AbortError') return new AppError('cancelled').toData()
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'unexpected', params: {}, details: { message } }
}
