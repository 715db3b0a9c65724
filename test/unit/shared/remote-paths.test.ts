import { describe, expect, it } from 'vitest'
import { crumbsOf, inFolder, nameOf, parentOf, shownPath, typedPath } from '../../../src/shared/remote-paths'

describe('paths of the VM', () => {
  // As OpenSSH for Windows answers them.
  it('are shown as their system writes them', () => {
    expect(shownPath('/home/me')).toBe('/home/me')
    expect(shownPath('/C:/Users/me')).toBe('C:\\Users\\me')
    expect(shownPath('/C:')).toBe('C:\\')
    expect(shownPath('/C:/')).toBe('C:\\')
    expect(shownPath('/Call: me')).toBe('/Call: me')
  })

  it('are understood as a person types them', () => {
    expect(typedPath('C:\\Temp', '/C:/Users/me')).toBe('/C:/Temp')
    expect(typedPath('Docs\\new', '/C:/Users/me')).toBe('/C:/Users/me/Docs/new')
    expect(typedPath('/etc', '/home/me')).toBe('/etc')
    expect(typedPath('a\\b', '/home/me')).toBe('/home/me/a\\b')
  })

  it('have folders above them up to the root', () => {
    expect(crumbsOf('/home/me')).toEqual([
      { name: '/', path: '/' },
      { name: 'home', path: '/home' },
      { name: 'me', path: '/home/me' },
    ])
    expect(crumbsOf('/C:/Users').map(({ name }) => name)).toEqual(['C:\\', 'Users'])
    expect(crumbsOf('/')).toEqual([{ name: '/', path: '/' }])
  })

  it('are put together and taken apart again', () => {
    for (const folder of ['/', '/home', '/C:/Users']) {
      const path = inFolder(folder, 'a name')
      expect([parentOf(path), nameOf(path)]).toEqual([folder, 'a name'])
    }
    expect(parentOf('/')).toBeNull()
  })
})
