const longest = 60

/** A title that a program in the VM gave itself: one line without control characters or turned writing, not too long. */
export function terminalTitle(title: string): string {
  const plain = title.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '').trim()
  const letters = [...plain]
  return letters.length > longest ? `${letters.slice(0, longest - 1).join('')}…` : plain
}
