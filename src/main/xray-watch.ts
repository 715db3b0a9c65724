import type { EngineView } from './engine/engine'
import { nothingSeen, type XrayView } from '../shared/xray'
import type { Xray } from './xray'

export type XrayWatch = {
  /** Tells what is in the disk image that a run's form names, also of the next one that it names, until it is stopped. */
  watch(run: string, listener: (view: XrayView) => void): () => void
  /** Looks anew. */
  lookNow(run: string): void
  stop(run: string): void
}

/** Ties a run's form to the looks at files: whoever has it open sees what is in the file that is named there. */
export function createXrayWatch(options: {
  subscribe(listener: (view: EngineView) => void, run: string): () => void
  xray: Xray
}): XrayWatch {
  const { xray } = options
  /** The files of the runs that are on screen. */
  const named = new Map<string, string>()

  return {
    watch(run, listener) {
      let file: string | null = null
      let leave = () => undefined as void
      const take = ({ run: detail }: EngineView) => {
        if (!detail) return
        const next = String(detail.forms['disk.choose']['file'] ?? '')
        if (next === file) return
        leave()
        file = next
        named.set(run, next)
        if (next !== '') leave = xray.watch(next, listener)
        else listener(nothingSeen)
      }
      const stop = options.subscribe(take, run)
      return () => {
        stop()
        leave()
      }
    },
    lookNow(run) {
      const file = named.get(run)
      if (file) xray.again(file)
    },
    stop(run) {
      const file = named.get(run)
      if (file) xray.stop(file)
    },
  }
}
