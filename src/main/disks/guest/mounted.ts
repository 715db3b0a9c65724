import type { GuestFiles, GuestVolume, Wanted } from './files'

/** A volume with another one in a folder of it, as a running system sees them. */
export function mounted(root: GuestVolume, folder: string, inside: GuestVolume): GuestVolume {
  const start = `${folder}/`
  return {
    async files(wanted) {
      const [outer, inner] = await Promise.all([
        root.files(wantedOf(wanted, (path) => (path.startsWith(start) ? null : path))),
        inside.files(wantedOf(wanted, (path) => (path.startsWith(start) ? path.slice(start.length) : null))),
      ])
      return outer && inner && together(outer, start, inner)
    },
    content: (path) => (path.startsWith(start) ? inside.content(path.slice(start.length)) : root.content(path)),
  }
}

function wantedOf({ read, list }: Wanted, rename: (path: string) => string | null): Wanted {
  return {
    read: read.flatMap(({ path, limitBytes }) => {
      const renamed = rename(path)
      return renamed === null ? [] : [{ path: renamed, limitBytes }]
    }),
    list: list.flatMap((path) => rename(path) ?? []),
  }
}

function together(outer: GuestFiles, start: string, inner: GuestFiles): GuestFiles {
  const at = <T>(path: string, ask: (files: GuestFiles, path: string) => T): T =>
    path.startsWith(start) ? ask(inner, path.slice(start.length)) : ask(outer, path)
  return {
    isDirty: outer.isDirty || inner.isDirty,
    isDamaged: outer.isDamaged || inner.isDamaged,
    isThere: (path) => at(path, (files, one) => files.isThere(one)),
    list: (folder) => (`${folder}/` === start ? inner.list('') : at(folder, (files, one) => files.list(one))),
    paths: (pattern) =>
      pattern.startsWith(start)
        ? inner.paths(pattern.slice(start.length)).map((path) => `${start}${path}`)
        : outer.paths(pattern),
    linkTo: (path) => at(path, (files, one) => files.linkTo(one)),
    bytes: (path) => at(path, (files, one) => files.bytes(one)),
    text: (path) => at(path, (files, one) => files.text(one)),
  }
}
