import { parseForm, type RunStep } from './tools'

/** Which cloud: built-in, from a profile file, or the practice cloud, which starts here. */
export const connectCloud: RunStep<'connect.cloud'> = {
  id: 'connect.cloud',
  requires: [],
  parse: (input) => parseForm('connect.cloud', input),
  describe: () => ({ minutes: 1, cost: 'none', makes: [] }),
  check: () => Promise.resolve({ is: 'todo' }),
  async run(tools, input) {
    const profile = await tools.profile(input)
    return {
      cloud: profile.name,
      authority: profile.authority,
      armEndpoint: profile.armEndpoint,
      clientId: profile.clientId,
      tenant: profile.tenant ?? '',
    }
  },
}
