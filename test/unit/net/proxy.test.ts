import { describe, expect, it } from 'vitest'
import { isBypassed, parseProxy, proxyFromEnvironment, proxyFromPac } from '../../../src/main/net/proxy'

const azure = new URL('https://management.azure.com/subscriptions')

describe('the address of a proxy', () => {
  it.each([
    ['proxy.contoso.com:8080', 'http://proxy.contoso.com:8080', null],
    ['http://10.1.2.3:3128/', 'http://10.1.2.3:3128', null],
    ['https://proxy.contoso.com', 'https://proxy.contoso.com', null],
    // Basic of RFC 7617, section 2: its own example.
    ['http://Aladdin:open%20sesame@proxy:8080', 'http://proxy:8080', 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='],
  ])('%s', (text, url, authorization) => {
    expect(parseProxy(text)).toEqual({ url, authorization })
  })

  it.each(['', 'http://', 'ftp://proxy', 'http://proxy/path?x', 'a b c'])('is refused when it is none: %j', (text) => {
    expect(() => parseProxy(text)).toThrow(expect.objectContaining({ code: 'proxy.invalid' }))
  })

  it('tells no password when it is refused', () => {
    expect(() => parseProxy('http://user:hush@proxy/path')).toThrow(
      expect.objectContaining({ params: { proxy: 'proxy/path' } }),
    )
  })

  it('of the kind SOCKS is told as such', () => {
    expect(() => parseProxy('socks5://proxy:1080')).toThrow(expect.objectContaining({ code: 'proxy.unsupported' }))
  })
})

describe('hosts without a proxy', () => {
  it.each([
    ['management.azure.com', true],
    ['azure.com', true],
    ['.azure.com', true],
    ['*.azure.com', true],
    ['intranet, Azure.com', true],
    ['management.azure.com:443', true],
    ['management.azure.com:8443', false],
    ['*', true],
    ['ure.com', false],
    ['example.com', false],
    ['', false],
  ])('%j for management.azure.com: %s', (list, wanted) => {
    expect(isBypassed(azure, list)).toBe(wanted)
  })

  it.each([
    ['10.0.0.0/8', true],
    ['10.1.2.3', true],
    ['10.1.2.4', false],
    ['192.168.0.0/16', false],
    ['10.0.0.0/99', false],
    ['10.0.0.0/x', false],
  ])('%j for the address 10.1.2.3: %s', (list, wanted) => {
    expect(isBypassed(new URL('https://10.1.2.3/'), list)).toBe(wanted)
  })

  it.each(['https://127.0.0.1:9443/', 'https://localhost/', 'https://[::1]:8080/'])('always %s', (url) => {
    expect(isBypassed(new URL(url), '')).toBe(true)
  })
})

describe('the environment', () => {
  it('names a proxy and whom it does not serve', () => {
    const environment = { HTTPS_PROXY: 'http://proxy:8080', NO_PROXY: 'blob.core.windows.net' }
    expect(proxyFromEnvironment(azure, environment)).toEqual({ url: 'http://proxy:8080', authorization: null })
    expect(proxyFromEnvironment(new URL('https://a.blob.core.windows.net/'), environment)).toBeNull()
    expect(proxyFromEnvironment(azure, { https_proxy: 'lower:1', HTTPS_PROXY: 'upper:2' })?.url).toBe('http://lower:1')
    expect(proxyFromEnvironment(azure, {})).toBeNull()
  })
})

describe('the answer of a PAC file', () => {
  it.each([
    ['DIRECT', null],
    ['PROXY proxy:8080; DIRECT', 'http://proxy:8080'],
    ['HTTPS proxy:8443', 'https://proxy:8443'],
    ['SOCKS5 socks:1080; PROXY proxy:8080', 'http://proxy:8080'],
    ['DIRECT; PROXY proxy:8080', null],
    ['', null],
  ])('%j', (answer, url) => {
    expect(proxyFromPac(answer)?.url ?? null).toBe(url)
  })

  it('that knows SOCKS only is told', () => {
    expect(() => proxyFromPac('SOCKS5 socks:1080')).toThrow(
      expect.objectContaining({ code: 'proxy.unsupported', params: { proxy: 'socks:1080' } }),
    )
  })
})
