import { BlockList, isIPv4 } from 'node:net'
import { describe, expect, it } from 'vitest'
import { isInRange, isIpv4, isIpv4Range } from '../../../src/shared/ipv4'
import { isWide, portsOf } from '../../../src/shared/vm-things'

describe('an address of version 4', () => {
  it.each([
    '0.0.0.0',
    '203.0.113.7',
    '255.255.255.255',
    '256.1.1.1',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '1.2.3.4 ',
    '::1',
    '',
    '1..2.3',
    'a.b.c.d',
  ])('is %j for us as it is for Node', (text) => expect(isIpv4(text)).toBe(isIPv4(text)))

  it('makes a range with a prefix of up to 32', () => {
    expect(['10.0.0.0/8', '203.0.113.7/32', '0.0.0.0/0'].every(isIpv4Range)).toBe(true)
    expect(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '/8', '10.0.0.0/-1'].some(isIpv4Range)).toBe(false)
  })

  it.each([
    ['198.51.100.7', '198.51.100.0', 24],
    ['198.51.101.7', '198.51.100.0', 24],
    ['198.51.100.7', '198.51.100.7', 32],
    ['198.51.100.8', '198.51.100.7', 32],
    ['255.255.255.255', '128.0.0.0', 1],
    ['127.255.255.255', '128.0.0.0', 1],
    ['203.0.113.9', '0.0.0.0', 0],
    ['198.51.100.200', '198.51.100.129', 25],
  ])('%s is in %s/%i where Node says so', (address, first, prefix) => {
    const list = new BlockList()
    list.addSubnet(first, prefix)
    expect(isInRange(address, `${first}/${prefix}`)).toBe(list.check(address))
  })
})

describe('a build VM', () => {
  it('is open to anybody only by a range that nobody knows', () => {
    expect(['0.0.0.0/0', '128.0.0.0/1', '10.0.0.0/7'].map(isWide)).toEqual([true, true, true])
    expect(['10.0.0.0/8', '198.51.100.7/32'].map(isWide)).toEqual([false, false])
  })

  it('needs the remote desktop only on Windows, and the port of SSH that was chosen', () => {
    expect(portsOf('Linux', { port: 443 })).toEqual([443])
    expect(portsOf('Windows', {})).toEqual([3389, 22])
  })
})
