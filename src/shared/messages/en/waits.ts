/** Who waits for whom, and how long it usually takes. Keys are those of `Progress.wait`. */
export const waits = {
  making: 'We are waiting for Azure to finish the {kind:kind} “{name}”. Usually under two minutes.',
  removing:
    'We are waiting until Azure has removed the {kind:kind} “{name}”. Usually under two minutes, longer for a whole group.',
  provider:
    'Azure is switching on the service {name} for this subscription. Needed once, usually one to three minutes.',
  signIn: 'We are waiting for you: finish signing in there, then this goes on by itself.',
  deviceCode: 'We are waiting for you: open {url} and type the code {code}.',
  preflight: 'We are asking Azure about services, rights, quotas and regions. Usually a few seconds.',
  practice: 'The practice cloud is starting on this computer. Usually a few seconds.',
  reading: 'We are reading the disk image. Usually a few seconds.',
  upload: 'The disk image is on its way. How long it takes depends on your connection.',
  checking: 'We are comparing what has arrived with the file. Usually a few seconds.',
  version:
    'Azure is making version {name} and copying it to its regions. Usually 5 to 30 minutes, large images up to an hour.',
  replication: 'Azure is copying version {name} to {region}. Usually 5 to 30 minutes.',
  pool: 'Batch is setting up the pool “{name}”. Usually under a minute.',
  allocation: 'Batch is getting a machine for the pool “{name}”. Usually 2 to 5 minutes.',
  node: 'The first node is starting from your image. Usually 3 to 10 minutes, Windows longer.',
  startTask: 'The start task is running on the first node. How long it takes is up to your command.',
  resize: 'Batch is bringing the pool “{name}” to the number of nodes you want. Usually 5 to 10 minutes.',
  throttled: 'Azure asked us to slow down. We go on in a moment by ourselves.',
  offline: 'There is no connection. We keep trying and go on as soon as it is back.',
  paused: 'The upload is paused. It goes on when you resume it; what was sent is kept.',
  part: 'The part “{name}” is running in the VM. How long it takes is up to its script.',
  partFiles: 'Files of the part “{name}” are being copied into the VM.',
  partRestart: 'The VM restarts for the part “{name}”. Usually one to two minutes.',
  partCheck: 'We are checking whether the part “{name}” did what it should. Usually a few seconds.',
  generalizeLook: 'We are looking for what makes generalizing fail. Usually under half a minute.',
  flush: 'The VM “{name}” writes what it still holds in memory to its disk. Usually a few seconds.',
  deprovision: 'The Azure agent takes out of “{name}” what makes it unique. Usually under a minute.',
  sysprep: 'We are waiting for Sysprep in “{name}”: it is at {state}. Usually 5 to 15 minutes.',
  sysprepOff: 'We are waiting until Windows has shut “{name}” down after Sysprep. Usually 5 to 15 minutes.',
  vmStart: 'The build VM “{name}” is starting. Usually one to three minutes, Windows longer.',
  vmAgent:
    'The build VM “{name}” runs; we are still waiting because the Azure agent in it does not answer yet. Usually under two minutes, on Windows up to ten.',
  vmPower: 'We are waiting until Azure reports the new power state of the VM “{name}”. Usually under three minutes.',
  hostKeys:
    'We are reading the keys of the VM “{name}” from its serial log, so that nobody can pretend to be it. The log lags one to three minutes behind.',
  channel:
    'Azure runs the script that opens the control channel of “{name}”. Usually under three minutes, longer while Windows fetches OpenSSH Server.',
  extension: 'We are still waiting because Azure is removing the extension {name}. Usually under two minutes.',
}
