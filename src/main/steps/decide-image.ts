import { AppError } from '../../shared/errors'
import { parseForm, type RunStep } from './tools'

/** Own image or start task: this recipe makes images, so only one answer leads on. */
export const decideImage: RunStep<'decide.image'> = {
  id: 'decide.image',
  requires: [],
  parse: (input) => parseForm('decide.image', input),
  describe: () => ({ minutes: 1, cost: 'none', makes: [] }),
  check: (_tools, input) =>
    Promise.resolve(
      input.choice === 'customImage'
        ? { is: 'done', output: { choice: 'customImage' } }
        : { is: 'blocked', error: noRecipe().toData() },
    ),
  run: (_tools, input) =>
    input.choice === 'customImage' ? Promise.resolve({ choice: 'customImage' }) : Promise.reject(noRecipe()),
}

function noRecipe(): AppError {
  return new AppError('input.invalid', { step: 'decide.image', fields: 'choice' })
}
