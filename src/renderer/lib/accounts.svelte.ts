import type { Account, CloudSettings } from '../../shared/contract'
import { call } from './api'
import { shell } from './shell.svelte'

/** What is kept per cloud: app registration and accounts. Loaded when a screen shows it. */
class Clouds {
  all = $state.raw<readonly CloudSettings[]>([])

  async load() {
    this.all = (await shell.attempt(() => call('cloud.settings', {}))) ?? this.all
  }

  /** undefined before it was loaded, or for a cloud that was never used. */
  of(cloud: string | undefined): CloudSettings | undefined {
    return this.all.find((one) => one.cloud === cloud)
  }

  /** Answers whether it was saved. */
  async save(cloud: string, clientId: string | null, tenant: string | null): Promise<boolean> {
    const isSaved = await shell.attempt(() => call('cloud.save', { cloud, clientId, tenant }).then(() => true))
    await this.load()
    return isSaved ?? false
  }

  async signOut(cloud: string, account: Account) {
    await shell.attempt(() => call('account.signOut', { cloud, account: account.id }))
    await this.load()
  }
}

export const clouds = new Clouds()
