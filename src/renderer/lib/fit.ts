import type { Option } from '../../shared/contract'
import type { Aside } from '../ui/Field.svelte'
import type { CloudList } from './lists.svelte'
import { dayText, fill, text } from './text.svelte'

/** What is to be said of a node size for this run's image; undefined where nothing is. The cloud has the last word. */
export function sizeNote(sizes: CloudList, value: string): Aside['check'] {
  const words = text.messages.offline.warning
  if (!value || sizes.state !== 'ready') return undefined
  const size = sizes.find(value)
  if (!size) return warn(words.unknownSize)
  if (size.unfit) return bad(unfitText(size))
  if (!size.endsOn) return undefined
  const replacement = size.replacement ? fill(words.instead, { names: size.replacement }) : ''
  return warn(`${fill(words.retiringSize, { at: dayText(size.endsOn) })} ${replacement}`.trim())
}

/** The same for a node agent, which must know the system that was found on the disk. */
export function agentNote(agents: CloudList, value: string): Aside['check'] {
  const words = text.messages.offline.warning
  if (!value || agents.state !== 'ready') return undefined
  const agent = agents.find(value)
  if (!agent) return warn(words.unknownAgent)
  if (agent.unfit) {
    const fitting = agents.options.filter((one) => !one.unfit && !isOver(one)).map(({ label }) => label)
    const others = fitting.length > 0 ? fill(words.fitting, { agents: fitting.join(', ') }) : ''
    return bad(`${unfitText(agent)} ${others}`.trim())
  }
  return agent.endsOn ? warn(fill(words.retiringAgent, { at: dayText(agent.endsOn) })) : undefined
}

/** When it ends, or that it has; empty for what stays. */
export function endText(option: Option): string {
  const words = text.messages.offline
  return option.endsOn ? fill(isOver(option) ? words.retired : words.retires, { at: dayText(option.endsOn) }) : ''
}

function isOver({ endsOn }: Option): boolean {
  return endsOn !== undefined && Date.parse(endsOn) < Date.now()
}

function unfitText({ unfit }: Option): string {
  return unfit ? fill(text.messages.picking.unfit[unfit.why], unfit.params) : ''
}

function warn(said: string): Aside['check'] {
  return { look: 'warn', text: said }
}

function bad(said: string): Aside['check'] {
  return { look: 'bad', text: said }
}
