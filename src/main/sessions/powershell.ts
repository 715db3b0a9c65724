/**
 * A line for Windows PowerShell 5.1, whatever the default shell of its SSH server is. It ends with the exit code of the last program,
 * else with 1 where the last command failed.
 */
export function powershellLine(command: string): string {
  return encoded([...preamble, command, ...postscript].join('\n'))
}

/**
 * Runs what comes on standard input (`powershellInput`): a script may be longer than the 8,191 characters of a line of cmd.exe. As Ansible
 * does it: PowerShell itself reads the input into `$input`.
 */
export function powershellFromInput(): string {
  const read = "$script = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String((@($input) -join '')))"
  return encoded([...preamble, read, '& ([ScriptBlock]::Create($script))', ...postscript].join('\n'))
}

/** A script for the input of `powershellFromInput`: base64 of UTF-8 in lines, which no code page of a console can spoil. */
export function powershellInput(script: string): string {
  const base64 = Buffer.from(script, 'utf8').toString('base64')
  return `${base64.replace(/.{76}/g, '$&\r\n')}\r\n`
}

const preamble = [
  // Progress bars would come as XML on the error stream.
  "$ProgressPreference = 'SilentlyContinue'",
  'try { [Console]::OutputEncoding = New-Object Text.UTF8Encoding $false } catch { }',
  '$global:LASTEXITCODE = 0',
]
const postscript = ['$ok = $?', 'if ($LASTEXITCODE) { exit $LASTEXITCODE }', 'if (-not $ok) { exit 1 }', 'exit 0']

/** `-EncodedCommand` takes base64 of UTF-16, little endian (about_PowerShell_exe). */
function encoded(script: string): string {
  const base64 = Buffer.from(script, 'utf16le').toString('base64')
  return `powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -OutputFormat Text -EncodedCommand ${base64}`
}
