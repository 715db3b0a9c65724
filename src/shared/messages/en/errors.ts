import type { ErrorCode } from '../../errors'

/** What happened, in one sentence with the user's nouns; and what to do now. */
export const errors = {
  unexpected: {
    what: 'Something happened that this app did not foresee.',
    todo: 'Try again. If it comes back, open the log and send it to us with the details below.',
  },
  cancelled: {
    what: 'You stopped this step.',
    todo: 'Start it again whenever you like; what is already there is kept.',
  },
  'input.invalid': {
    what: 'These fields need another value: {fields}.',
    todo: 'Correct the marked fields and start again.',
  },
  'contract.refused': {
    what: 'The window asked for something it may not have.',
    todo: 'Load the window again. Your runs are not affected.',
  },
  'run.not-found': {
    what: 'This run is no longer on this computer.',
    todo: 'Go back to the list and choose another run.',
  },
  'run.busy': { what: 'Another step of this run is still working.', todo: 'Wait until it has finished, or stop it.' },
  'run.locked': {
    what: 'Another program[? (process {pid} on {host})] is working on this run.',
    todo: 'Let the other window or command line finish, or close it; then try again.',
  },
  'run.newer': {
    what: 'This run was written by a newer version of this app.',
    todo: 'Update the app to go on with it. You can read it here; nothing in it is changed.',
  },
  'run.not-clean': {
    what: 'This run made {count} {count:plural:thing:things} that should be cleaned up first.',
    todo: 'Do the step “Clean up”, then take the run off the list.',
  },
  'run.cancelled': {
    what: 'This run was cancelled, so nothing more can be done in it.',
    todo: 'Duplicate it to do the same again with the same inputs.',
  },
  'step.changed': {
    what: 'The finished step “{step:step}” was changed, and that undoes things that were made.',
    todo: 'Open the run in the window: look at what the change does, then make it or keep the step as it was.',
  },
  'step.needed': {
    what: 'The step “{step:step}” cannot be left out: later steps and the image depend on it.',
    todo: 'Do the step, or cancel the run.',
  },
  'step.not-ready': {
    what: 'The step “{step:step}” needs the result of an earlier one.',
    todo: 'Finish “{missing:step}” first.',
  },
  'journal.damaged': {
    what: 'A part of this run’s journal cannot be read.',
    todo: 'Try again: the run goes on from the last good entry and asks the cloud what exists. The damaged file is kept as {file}.',
  },
  'disk-full': {
    what: 'There is no space left on this computer to write down what happens.',
    todo: 'Free some space, then try again. What was written before is safe.',
  },
  'state.unwritable': {
    what: 'Nothing can be kept in the folder {folder}.',
    todo: 'Make sure that it is a folder you may write to and that the drive is not write-protected, or name another one.',
  },
  'settings.damaged': {
    what: 'The settings could not be read, so the defaults are used.',
    todo: 'Check the settings, above all network and appearance. The old file is kept as {file}.',
  },
  'file.not-found': {
    what: 'The file {file} is not there.',
    todo: 'Choose the file again; perhaps it was moved or the drive is not connected.',
  },
  'file.unreadable': {
    what: 'The file {file} cannot be read.',
    todo: 'Check that you may read it and that no other program holds it open, then choose it again.',
  },
  'file.empty': { what: 'The file {file} is empty.', todo: 'Export the disk again, or choose another file.' },
  'file.changed': {
    what: 'The file {file} has changed since it was chosen.',
    todo: 'Make sure nothing writes to it any more, for example a running virtual machine, and choose it again.',
  },
  'file.exists': {
    what: 'The file {file} is there already.',
    todo: 'Name another file, or replace it on purpose with --force.',
  },
  'file.own-source': {
    what: 'The file {file} belongs to the disk that is being read.',
    todo: 'Name another file to write to: the disk itself is never changed.',
  },
  'file.unwritable': {
    what: 'The file {file} cannot be written.',
    todo: 'Make sure that its folder exists, that you may write there and that no other program holds the file open.',
  },
  'no-space': {
    what: 'There is no space left for {file}.',
    todo: 'Free some space or name a folder on another drive. What was written was removed again.',
  },
  'disk.format': {
    what: 'This file cannot be uploaded as it is: {format:format}.',
    todo: 'Choose a disk image: VHD, VHDX, qcow2, VMDK, VDI or a raw disk. An archive has to be unpacked first.',
  },
  'disk.truncated': {
    what: 'The disk image is shorter than it says.',
    todo: 'Copy or export it again; the last copy was probably interrupted.',
  },
  'disk.footer': { what: 'The end of the VHD file is damaged.', todo: 'Export the disk again.' },
  'disk.size': {
    what: 'The size written in the disk image does not fit the file.',
    todo: 'Export the disk again.',
  },
  'disk.damaged': {
    what: 'The disk image is damaged: a part of it cannot be read.',
    todo: 'Export the disk again, or copy the file again from where it came, and choose the new one.',
  },
  'disk.blocked': {
    what: 'This disk image would not start in Azure.',
    todo: 'Mend what the findings name, export the disk again and choose the new file.',
  },
  'plan.unreadable': {
    what: 'The plan {file} cannot be read.',
    todo: 'Check that the file exists and is valid YAML or JSON.',
  },
  'plan.unknown-key': {
    what: 'The plan has entries that nobody knows: {keys}.',
    todo: 'Correct or remove them, then start again.',
  },
  'plan.invalid': {
    what: 'The plan does not hold together: {fields}.',
    todo: 'Correct these entries, then start again.',
  },
  'plan.secret': {
    what: 'The plan holds a secret, or points to one where none may stand: {keys}.',
    todo: 'Put the secret into an environment variable that begins with BIS_ and write env: and its name, in secret fields only.',
  },
  'profile.invalid': {
    what: 'The cloud profile {file} is not usable.',
    todo: 'Check these entries: {fields}. Or choose a built-in cloud.',
  },
  'profile.unreadable': {
    what: 'The file {file} is no cloud profile: it cannot be read as JSON.',
    todo: 'Choose the profile file that your administrator gave you, or a built-in cloud.',
  },
  'token.refused-host': {
    what: 'A request to {host} was held back, because that host does not belong to the chosen cloud.',
    todo: 'Check the cloud profile. If you did not write it yourself, do not use it.',
  },
  'token.unconfirmed-host': {
    what: 'The secret of the application was not sent to {host}, because that is none of Azure’s own sign-in hosts.',
    todo: 'If the secret is meant for it, set AZURE_AUTHORITY_HOST to https://{host}. Otherwise do not use this cloud profile.',
  },
  offline: {
    what: 'The cloud cannot be reached at the moment.',
    todo: 'Check the network connection, then try again. What is already done stays done.',
  },
  'tls.untrusted': {
    what: 'The connection to {host} is not trusted: its certificate comes from “{issuer}”. Nothing was sent.',
    todo: 'If that is your company’s inspection of connections, add its certificate in the network settings. If you do not know the name, use another network.',
  },
  'proxy.unreachable': {
    what: 'The proxy {proxy} does not answer.',
    todo: 'Are you in the company network? Check the address in the network settings, or choose another way there.',
  },
  'proxy.sign-in': {
    what: 'The proxy {proxy} wants a user name and password before it lets anything through to {host}.',
    todo: 'Enter them in the network settings. They must be right for the method “Basic”; ask your administrator if the proxy offers only others.',
  },
  'proxy.refused': {
    what: 'The proxy {proxy} does not let this app through to {host}.',
    todo: 'Ask your administrator to allow this host, or choose another way in the network settings.',
  },
  'proxy.unsupported': {
    what: 'The proxy {proxy} is of the kind SOCKS, which this app cannot use.',
    todo: 'Enter an HTTP proxy in the network settings, or no proxy.',
  },
  'proxy.invalid': {
    what: 'This is not the address of a proxy: “{proxy}”.',
    todo: 'Use the form http://proxy.example.com:8080 in the network settings or in the variable HTTPS_PROXY.',
  },
  'certificate.unreadable': {
    what: 'The file {file} holds no certificate.',
    todo: 'Choose the root certificate as PEM or CER. A password-protected file such as PFX is the wrong one.',
  },
  'certificate.private-key': {
    what: 'The file {file} holds a private key, so it was not taken.',
    todo: 'Ask for the certificate alone. A private key belongs on no other computer; tell its owner that it went astray.',
  },
  'certificate.expired': {
    what: 'The certificate “{subject}” ended on {until:time}.',
    todo: 'Ask your administrator for the current root certificate.',
  },
  'certificate.not-authority': {
    what: 'The certificate “{subject}” is that of a single server, not of an authority.',
    todo: 'Choose the root certificate that signed it.',
  },
  'signIn.needed': { what: 'The sign-in has ended or was never made.', todo: 'Sign in; then the step goes on.' },
  'signIn.failed': {
    what: 'Signing in did not succeed.',
    todo: 'Try it again and use the account that may work in this subscription. The details below hold the service’s own words.',
  },
  'signIn.consent': {
    what: 'Your organisation has not yet allowed this app to sign in.',
    todo: 'Ask an administrator to grant consent to the app registration {clientId}, then sign in again.',
  },
  'signIn.timeout': {
    what: 'Nobody signed in within {minutes} minutes, so the waiting has ended.',
    todo: 'Start the sign-in again when you are ready; a new page or code comes at once.',
  },
  'signIn.client-unknown': {
    what: 'The directory “{tenant}” does not know the application {clientId}.',
    todo: 'Check application id and tenant in the step “Cloud”: the id belongs to another directory or has a typing error.',
  },
  'signIn.client-confidential': {
    what: 'The app registration {clientId} does not allow sign-ins from an app on a computer.',
    todo: 'Ask whoever looks after it to switch on “Allow public client flows” under Authentication, then sign in again.',
  },
  'signIn.tenant-unknown': {
    what: 'There is no tenant “{tenant}” in this cloud.',
    todo: 'Check the tenant in the step “Cloud”, and whether the cloud is the right one.',
  },
  'signIn.account-foreign': {
    what: 'This account is neither a member nor a guest of the tenant “{tenant}”.',
    todo: 'Sign in with an account of that tenant, or ask its administrator to invite yours.',
  },
  'signIn.account-disabled': {
    what: 'This account is disabled.',
    todo: 'Ask your administrator to enable it, or sign in with another account.',
  },
  'signIn.proof': {
    what: 'Your organisation wants a second proof of who you are, for example a code from your phone.',
    todo: 'Sign in again in the browser and confirm there; the step then goes on.',
  },
  'signIn.blocked': {
    what: 'A policy of your organisation (conditional access) does not allow this sign-in from here.',
    todo: 'Use a computer or network that your organisation manages, or give the details below to your administrator.',
  },
  'clock.certificate': {
    what: 'By the clock of this computer the certificate of {host} is not valid yet, so the clock is most likely slow.',
    todo: 'Set date, time and time zone in the settings of your system, then try again.',
  },
  'signIn.client-missing': {
    what: 'For this cloud the app needs the id of an app registration.',
    todo: 'Enter the application (client) id in the step “Cloud”; the help there shows how to make one.',
  },
  'cloud.forbidden': {
    what: 'Your account may not do this: {action}.',
    todo: 'Ask an administrator for a role with this action[? on {scope}]. A new role takes some minutes to count; then try again.',
  },
  'cloud.throttled': {
    what: 'Azure asks for a pause[? of {seconds:duration}] because there were too many requests.',
    todo: 'Wait a minute, then try again.',
  },
  'cloud.unavailable': { what: 'Azure could not answer just now.', todo: 'Try again in a few minutes.' },
  'cloud.not-found': {
    what: 'This does not exist in the cloud: {kind:kind} “{name}”.',
    todo: 'Check the name and the step that chose it. If it was deleted, do that step again.',
  },
  'cloud.conflict': {
    what: 'Something else is being changed in Azure at the same time.[? Azure says: {reason}]',
    todo: 'Wait a minute until it has finished, then try again.',
  },
  'cloud.bad-request': {
    what: 'Azure refused the values of this step.[? It says: {reason}]',
    todo: 'Correct what Azure names and try again.',
  },
  'cloud.timeout': {
    what: 'Azure took longer than we wait for[? ({minutes} minutes)].',
    todo: 'Try again: what is already under way is found and waited for, not made twice.',
  },
  'cloud.operation-failed': {
    what: 'Azure could not finish this: {kind:kind} “{name}”.[? It says: {reason}]',
    todo: 'Try again. If it fails once more, give the details below to whoever looks after the subscription.',
  },
  'cloud.name-taken': { what: 'This name is already in use: {kind:kind} “{name}”.', todo: 'Choose another name.' },
  'cloud.provider-unregistered': {
    what: 'The service {name} is not switched on for this subscription.',
    todo: 'Try again, or ask an owner of the subscription to register the resource provider.',
  },
  'preflight.blocked': {
    what: '{n:number} {n:plural:check forbids:checks forbid} to go on: {checks}.',
    todo: 'Mend what the list names. It looks again by itself; or take the risk deliberately with the tick below it.',
  },
  'account.service-role': {
    what: 'The Batch service may not make nodes in the subscription {subscription}.',
    todo: 'An owner has to give “Microsoft Azure Batch” (application ddbf3205-c6bd-46ae-8127-60eb93363864) the role Contributor on the subscription; then try again. The preflight has the text for it.',
  },
  'account.vault-unfit': {
    what: 'Azure refuses the key vault “{name}” (invalid key vault reference).',
    todo: 'Choose a vault in the same subscription and region whose permission model is “vault access policy”, or use the mode “Batch service”.',
  },
  'cloud.region-mismatch': {
    what: 'This is in the region {region}, but {wanted} is needed: {kind:kind} “{name}”.',
    todo: 'Choose one in {wanted}, or let the app create a new one there.',
  },
  'cloud.foreign-resource': {
    what: 'This exists already and was not made by this run: {kind:kind} “{name}”.',
    todo: 'Choose another name. What others made is not touched.',
  },
  'cloud.group-not-empty': {
    what: 'The resource group “{name}” still holds something: “{left}”.',
    todo: 'Remove that first if nobody needs it. A group goes only when it is empty.',
  },
  'storage.no-page-blobs': {
    what: 'The storage account “{name}” cannot hold page blobs, which a disk image needs.',
    todo: 'Choose a general-purpose v2 account without hierarchical namespace, or let the app create one.',
  },
  'quota.cores': {
    what: 'The core quota of the Batch account is not enough[? for sizes of {family}][?: {needed} cores needed, {limit} allowed].',
    todo: 'Choose a smaller size, or request more quota for this account in the Azure portal and try again later.',
  },
  'quota.accounts': {
    what: 'This subscription may have no further Batch account[? in the region {region}][?: {used} of {limit} exist].',
    todo: 'Choose an existing Batch account, another region, or request more quota in the Azure portal.',
  },
  'quota.pools': {
    what: 'This Batch account may have no further pool[?: {used} of {limit} exist].',
    todo: 'Delete a pool that is no longer needed, choose another Batch account, or request more quota.',
  },
  'upload.target-changed': {
    what: 'The blob in the storage account was changed by somebody else during the upload.',
    todo: 'Make sure that only this run writes to it, then start the upload again.',
  },
  'upload.target-foreign': {
    what: 'A blob of this name is already there and does not come from this file.',
    todo: 'Choose another blob name. The existing blob stays as it is.',
  },
  'upload.checksum': {
    what: 'A part of the disk arrived differently from how it was sent.',
    todo: 'Try again: that part is sent once more. If it happens again, check the network and the memory of this computer.',
  },
  'upload.access-expired': {
    what: 'The permission to write to the storage account has ended.',
    todo: 'Try again, with a new access address if you gave one; the upload goes on where it was.',
  },
  'upload.target-missing': {
    what: 'The blob or its container is no longer in the storage account.',
    todo: 'The button leads to the step “Storage account”: do it again, then the upload.',
  },
  'upload.target-leased': {
    what: 'Somebody holds a lease on the blob, so nobody else may write to it.',
    todo: 'End the lease in the Azure portal, or wait until whoever uses the blob is done, then try again; the upload goes on where it was.',
  },
  'upload.target-size': {
    what: 'The disk in Azure was made for {found:number} bytes, this file needs {expected:number} bytes.',
    todo: 'Make a disk of exactly that upload size, or choose the file it was made for.',
  },
  'upload.process-ended': {
    what: 'The part of this app that uploads has ended unexpectedly.',
    todo: 'Try again; the upload goes on where it was. If it happens again, look at how much memory is free.',
  },
  'image.rejected': {
    what: 'Azure did not accept the disk as image version {version}: {reason}',
    todo: 'Correct what the reason names, then make the version again.',
  },
  'image.replication-failed': {
    what: 'Version {version} could not be copied to {region}: {reason}',
    todo: 'Try again: only the copies that are missing are made. If it stays like this, leave out the region and add it later.',
  },
  'image.generation-mismatch': {
    what: 'The generations do not fit: found {found}, wanted {wanted}.',
    todo: 'Choose the generation with which the disk really starts, or another image definition.',
  },
  'image.version-taken': {
    what: 'The image version {version}, which this VM is to become, is there already and was made from something else.',
    todo: 'Use version {next}. Nothing has been changed in the VM yet.',
  },
  'image.no-replica': {
    what: 'Version {version} has no copy in the region {region}, where the nodes are to run.',
    todo: 'Add this region to the image version: the button does it and shows the step, which then only has to copy.',
  },
  'pool.resize-failed': {
    what: 'Batch could not get the nodes for the pool: {reason}',
    todo: 'Read the reason, change the size or the number of nodes if needed, then try again.',
  },
  'pool.node-unusable': {
    what: 'The node started from your image, but Batch cannot use it.',
    todo: 'Check three things: does the node agent fit the operating system, is the image generalized, may the node reach Batch over the network?',
  },
  'pool.node-timeout': {
    what: 'The node was not ready in the time we wait for.',
    todo: 'Try again to go on waiting. If it never becomes ready, check node agent and image.',
  },
  'pool.start-task-failed': {
    what: 'The start task ended with an error on the node[? (exit code {exitCode})].',
    todo: 'Correct its command, then create the pool under a new name.',
  },
  'verify.failed': {
    what: 'The final check found something wrong: {checks}.',
    todo: 'Look at these checks, do the step they belong to again, then check once more.',
  },
  'practice.in-use': {
    what: 'The run “{run}” is working in the practice cloud.',
    todo: 'Wait until it has finished, or stop it there.',
  },
  'practice.damaged': {
    what: 'A part of the practice cloud could not be read and was set aside.',
    todo: 'Go on as usual; a practice run may miss what it had made. The damaged files lie in {folder}.',
  },
  'practice.failed': {
    what: 'The practice cloud on this computer did not start or stopped unexpectedly.',
    todo: 'Try again. What was made in it is kept.',
  },
} satisfies Partial<Record<ErrorCode, { what: string; todo: string }>>
