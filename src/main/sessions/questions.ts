import { AppError } from '../../shared/errors'
import type { SessionAnswer, SessionQuestion } from '../../shared/session-calls'
import type { Answer } from './attempt'

/** The one question that a session may have open for a person. */
export type Questions = {
  /** Throws AppError `cancelled`. */
  ask(question: SessionQuestion): Promise<Answer>
  /** What answers another question than the open one does nothing. */
  answer(answer: SessionAnswer): void
  /** Nobody will answer any more. */
  drop(): void
}

/** `show`: the question that is open now, null once it is answered. */
export function createQuestions(show: (question: SessionQuestion | null) => void): Questions {
  let asked: { question: SessionQuestion; give(answer: Answer): void; refuse(error: Error): void } | null = null

  function settle() {
    asked = null
    show(null)
  }

  return {
    ask: (question) =>
      new Promise((give, refuse) => {
        asked = { question, give, refuse }
        show(question)
      }),
    answer(answer) {
      const open = asked
      if (!open) return
      if (answer.kind === 'cancel') {
        settle()
        return open.refuse(new AppError('cancelled'))
      }
      const given = answerTo(open.question, answer)
      if (!given) return
      settle()
      open.give(given)
    },
    drop() {
      asked?.refuse(new AppError('cancelled'))
      asked = null
    },
  }
}

/** null: it answers another question than the one that is open. */
function answerTo(question: SessionQuestion, answer: SessionAnswer): Answer | null {
  if (answer.kind === 'hostKey') return question.kind === 'hostKey' ? { trust: answer.trust } : null
  if (answer.kind === 'secret') {
    return question.kind === 'password' || question.kind === 'passphrase' ? { texts: [answer.text] } : null
  }
  return answer.kind === 'interactive' && question.kind === 'interactive' ? { texts: answer.texts } : null
}
