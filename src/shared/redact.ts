/** Replaces what must never be written down: SAS signatures, tokens, keys, passwords, private keys. */
export function redact(text: string): string {
  return (
    text
      .replace(/-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?(-----END \1-----|$)/g, '[private key]')
      .replace(
        /([?&;\s"']|\\u0026|^)(sig|skoid|code|client_secret|refresh_token|access_token|id_token|client_assertion|password)=[^&\s"'\\]+/gi,
        '$1$2=[redacted]',
      )
      .replace(/\b(Bearer|SharedKey|Basic)\s+[A-Za-z0-9._~+/:=-]{8,}/g, '$1 [redacted]')
      // A proxy or blob address with a user name in it.
      .replace(/(:\/\/)[^\s/:@"'\\]+:[^\s/@"'\\]+@/g, '$1[redacted]@')
      .replace(/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, '[token]')
      .replace(/\b(AccountKey|SharedAccessSignature)=[^;"\s\\]+/gi, '$1=[redacted]')
      .replace(
        /(\\?["'](?:[a-z]*password|[a-z_]*secret|adminPassword|accessToken|refreshToken|access_token|refresh_token|accessSAS|accountKey|key1|key2|authorization)\\?["']\s*:\s*\\?["'])(?:[^"'\\]|\\(?!["']))+/gi,
        '$1[redacted]',
      )
  )
}

/** Names of variables and options whose value is a secret. */
const secretName = String.raw`[\w-]{0,40}(?:password|passwd|passphrase|secret|token|api-?_?key|access_?key|account-?_?key|sas)(?![\w-]{0,40}(?:file|stdin|path|name|url)\b)[\w-]{0,40}`
/** A value that is fetched when the line runs stands for a secret, but holds none. */
const typedValue = String.raw`(?!["']?\[redacted\])(?!"?[$%{<\x60])(?:"[^"\n]*"|'[^'\n]*'|[^\s;&|"']+)`
const assigned = new RegExp(String.raw`(\b${secretName}["']?\s?[=:]\s?)(${typedValue})`, 'gi')
const option = new RegExp(String.raw`((?:^|\s)--?${secretName}(?:\s+|=))(?!-)(${typedValue})`, 'gi')
/** Ways of programs that take a password as a bare word, each up to that word. */
const bare = [
  new RegExp(String.raw`(\bsshpass\s+-p\s*)(${typedValue})`, 'g'),
  new RegExp(String.raw`(\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^|;&\n]*?\s-p)(${typedValue})`, 'g'),
  new RegExp(String.raw`(\b(?:docker|az|podman|helm)\b[^|;&\n]*\blogin\b[^|;&\n]*?\s-p\s+)(${typedValue})`, 'g'),
  new RegExp(String.raw`(\b(?:curl|wget)\b[^|;&\n]*?\s(?:-u|--user)\s+[^\s:]+:)(${typedValue})`, 'g'),
  new RegExp(String.raw`(\bnet\s+user\s+(?!\/)\S+\s+)(?!\/)(${typedValue})`, 'gi'),
  new RegExp(String.raw`(\bConvertTo-SecureString\s+(?:-String\s+)?)(?!-)(${typedValue})`, 'gi'),
  new RegExp(
    String.raw`(\b(?:echo|printf)\s+)(${typedValue})(?=[^\n;&]*\|\s*(?:sudo\s+)?(?:chpasswd|passwd|\S+[^\n;&]*--password-stdin|sudo\s[^\n]*(?:-S|--stdin)\b))`,
    'g',
  ),
]
/** A password that is typed when asked for: it is not in the line, but without it the line does not work again. */
const asking = [
  /\bsudo\s+(?:-\w+\s+)*(?:-\w*S\w*|--stdin)(?=\s|$)/,
  /\bread\s+-\w*s/,
  /\bRead-Host\b[^\n]*-AsSecureString/i,
]

/** Replaces, besides what no log may hold, what a line or its output says of passwords and keys. */
export function withoutSecrets(text: string): string {
  return [assigned, option, ...bare].reduce((clean, pattern) => clean.replace(pattern, '$1[redacted]'), redact(text))
}

/** Whether a line or script carries a password or a key, or needs one to be typed: such a thing is never kept. */
export function carriesSecret(text: string): boolean {
  return withoutSecrets(text) !== text || asking.some((pattern) => pattern.test(text))
}
