import { expect, test } from 'vitest'
import { toldNetwork } from '../../../src/main/net/network'
import { makeAuthority } from '../../support/authority'

test('what another process tells gives one trust as long as it tells the same', async () => {
  const [first, second, ofCloud] = await Promise.all(['one', 'two', 'cloud'].map((name) => makeAuthority(name)))
  let told = [first!.pem]
  const network = toldNetwork({ proxyFor: () => Promise.resolve(null), authorities: () => told })
  const trust = network.trust(ofCloud!.pem)
  expect(network.trust(ofCloud!.pem)).toBe(trust)
  expect(told).toEqual([first!.pem])
  told = [first!.pem, second!.pem]
  expect(network.trust(ofCloud!.pem)).not.toBe(trust)
})
