/** What the command line says besides errors. */
export const cli = {
  help: {
    main: `Batch Image Studio {version}: from a disk image to an Azure Batch pool

Usage: batch-image-studio COMMAND [OPTIONS]

Commands:
  inspect FILE          reads and judges a disk image, without a network
  convert FILE OUT.vhd  writes the fixed VHD that an upload would send
  upload FILE TARGET    sends a disk image into a blob or managed disk; run again to go on
  run PLAN              does everything a plan says; run again to go on
  practice              runs the practice cloud alone
  pools                 lists pools with the image each of them uses

COMMAND --help explains one command. Exit codes: 0 done, 1 failed, 2 refused by a check or wrong input,
3 sign-in needed, 130 cancelled.
`,
    inspect: `Usage: batch-image-studio inspect FILE [--json]

Reads a disk image, without mounting it and without a network, and says what would stop it on Batch nodes, why,
and what to type to mend it. Exit code 2 when something must be fixed.
`,
    convert: `Usage: batch-image-studio convert FILE OUT.vhd [--force] [--json]

Writes a disk image of any format as the fixed VHD that an upload would send. FILE is only read; parts of it that hold
nothing take no space where the file system can leave them out.

  --force           replaces OUT.vhd if it is there
  --json            one object at the end: bytes, sha256OfData (the disk without the footer), ms
`,
    upload: `Usage: batch-image-studio upload FILE TARGET [OPTIONS]

TARGET is the address of a blob or disk with a SAS, env:NAME (the address stands in that variable), or - (first line
of the standard input). An address on the command line can be read by other users of this computer.

  --disk            TARGET is the address of a managed disk that waits for its upload
  --blob-type TYPE  page, for images and disks, or block, an archive (default page)
  --connections N   requests at the same time (default 8)
  --limit MBIT      at most so many megabits per second
  --checksum KIND   none, md5 or crc64, with every request (default crc64)
  --state DIR       where the app keeps its state
  --json            one object at the end
`,
    run: `Usage: batch-image-studio run PLAN [OPTIONS]

Does what a plan (JSON or YAML) says, up to the report. Run again with the same state folder to go on.

  --cloud NAME|FILE       public, usgov, china, practice or a profile file; instead of the plan's
  --state DIR             where runs and the practice cloud are kept
  --set step.field=value  overrides one field of the plan; the value is JSON or text; may be repeated
  --stop-after STEP       stops when this step is done
  --wait MINUTES          waits that long for a cloud that does not answer, instead of failing at once
  --speed X               clock of the practice cloud: jump (default) or a factor from 1 to 60
  --trust-plan            does not ask about files, cloud profile and start task that the plan itself names
  --json                  one line per journal entry and a last line with the result (always so without a terminal)

Signs in with AZURE_TENANT_ID and AZURE_CLIENT_ID and one of AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH or
AZURE_FEDERATED_TOKEN_FILE; otherwise with a code to type in a browser.
A profile file whose sign-in host is neither Azure's own nor on this computer gets such a secret only if
AZURE_AUTHORITY_HOST names that host (https://HOST).
`,
    practice: `Usage: batch-image-studio practice --state DIR [--port N] [--speed X]

Runs the practice cloud until it is interrupted. The first line is its cloud profile.
`,
    pools: `Usage: batch-image-studio pools [--cloud NAME|FILE] [--state DIR] [--json]

Lists all Batch pools the account can see with the image each of them uses. Signs in as run does (see run --help).
`,
  },
  error: 'Error',
  todo: 'What to do',
  deviceCode: 'To sign in, open {url} and type the code {code}.',
  step: { started: '{step:step}: begun', done: '{step:step}: done', failed: '{step:step}: failed' },
  queued: '{step:step}: waits for {host} to answer',
  skipped: '{step:step}: skipped ({reason})',
  making: '  making {kind:kind} {id}',
  gone: '  removed {id}',
  result: {
    finished: 'Finished in {seconds:duration}.',
    stopped: 'Stopped as asked; run again to go on.',
    failed: 'Not finished; run again to go on.',
    blocked: 'Refused by a check; put it right and run again.',
    signIn: 'Waiting for a sign-in; run again with an identity.',
    cancelled: 'Cancelled; run again to go on.',
  },
  plan: {
    concerns: 'This plan reads or runs:',
    file: 'file of this computer',
    profile: 'cloud profile',
    script: 'command that is run as administrator',
    access: 'who gets in to the build VM',
    question: 'Go on? [y/N]',
  },
  noPools: 'No pools.',
}
