import { expand, fileObject, missing, pathsOf } from './guest-cmdlets-parts'
import type { Cmdlet, PsCall } from './guest-powershell-invoke'
import { memberOf, numberOf, objectOf, PsError, textOf, type PsValue } from './guest-powershell-values'
import { isRegistryPath } from './guest-windows-paths'

/** Values of the registry, and what belongs to files beside their content. */
export const propertyCmdlets: Record<string, Cmdlet> = {
  'get-itemproperty': getProperty,
  gp: getProperty,
  'get-itempropertyvalue': async (call) => [memberOf((await getProperty(call))[0] ?? null, call.text('name', 1) ?? '')],
  'set-itemproperty': setProperty,
  sp: setProperty,
  'new-itemproperty': setProperty,
  'remove-itemproperty': removeProperty,
  'get-acl': ({ text }) =>
    Promise.resolve([objectOf('acl', { Path: text('path', 0) ?? '', Owner: 'BUILTIN\\Administrators' })]),
  'set-acl': () => Promise.resolve([]),
}

function getProperty(call: PsCall): Promise<PsValue[]> {
  const { host, text } = call
  return Promise.resolve(
    pathsOf(call).flatMap((path) => {
      if (!isRegistryPath(path))
        return expand(path, call).flatMap((place) => {
          const node = host.windows.disk.tree.find(place)
          return node ? [fileObject(host.windows, place, node)] : []
        })
      const keys = path.endsWith('\\*') ? host.windows.subKeys(path.slice(0, -2)) : [path]
      return keys.map((one) => {
        const key = host.windows.key(one)
        if (!key) throw missing(path)
        const name = text('name', 1)
        if (name !== undefined && host.windows.registryValue(one, name) === null)
          throw new PsError(
            `Property ${name} does not exist at path ${key.name.replace(/^HKLM:/, 'HKEY_LOCAL_MACHINE')}.`,
            'InvalidArgument',
          )
        return objectOf('properties', { ...key.values, PSChildName: key.name.replace(/^.*\\/, '') })
      })
    }),
  )
}

function setProperty(call: PsCall): Promise<PsValue[]> {
  const { host, text, value, name } = call
  const path = text('path literalpath', 0) ?? ''
  if (!isRegistryPath(path)) return Promise.resolve([])
  if (!host.windows.key(path) && name.toLowerCase().startsWith('set')) throw missing(path)
  const property = text('name', 1) ?? ''
  const given = value('value', 2) ?? null
  const isNumber = /dword|qword/i.test(text('propertytype type') ?? '') || typeof given === 'number'
  host.windows.setRegistryValue(
    path,
    property,
    Array.isArray(given) ? given.map(textOf) : isNumber ? numberOf(given) : textOf(given),
  )
  return Promise.resolve(name.toLowerCase().startsWith('new') ? [objectOf('properties', { [property]: given })] : [])
}

function removeProperty({ host, text }: PsCall): Promise<PsValue[]> {
  const path = text('path literalpath', 0) ?? ''
  const name = text('name', 1) ?? ''
  const values = host.windows.key(path)?.values
  const key = Object.keys(values ?? {}).find((one) => one.toLowerCase() === name.toLowerCase())
  if (!values || key === undefined)
    throw new PsError(`Property ${name} does not exist at path ${path}.`, 'InvalidArgument')
  delete values[key]
  return Promise.resolve([])
}
