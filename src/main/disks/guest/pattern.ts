/** Tells whether a path is named by one of the patterns, whatever its case; `*` stands for any part of one name. */
export function matches(patterns: readonly string[]): (path: string) => boolean {
  const expressions = patterns.map((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    return new RegExp(`^${parts.join('[^/]*')}$`, 'i')
  })
  return (path) => expressions.some((expression) => expression.test(path))
}
