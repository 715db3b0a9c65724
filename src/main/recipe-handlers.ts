import type { BrowserWindow } from 'electron'
import type { recipeCalls, recipeStreams } from '../shared/recipe-calls'
import { messages } from '../shared/messages/messages'
import type { Language } from '../shared/terms'
import type { Handlers } from './answer'
import { pickOne, placeToSave } from './file-dialogs'
import type { StreamHandlers } from './serve'
import type { Studio } from './studio'

export type RecipeParts = {
  studio: Pick<Studio, 'recipe' | 'recipeFiles' | 'channelScript'>
  language(): Language
  window(): BrowserWindow | null
  /** Told of a path that a person picked: the window may name it from now on. */
  onPicked(file: string): void
}

/** What the window asks of install recipes, and the command bar. */
export function createRecipeHandlers({ studio, language, window, onPicked }: RecipeParts): {
  handlers: Pick<Handlers, keyof typeof recipeCalls>
  streamHandlers: Pick<StreamHandlers, keyof typeof recipeStreams>
} {
  const words = () => messages[language()].recipe.pick

  return {
    handlers: {
      'recipe.runLine': async ({ run, line, keep }) => {
        await studio.recipe.runLine(run, line, keep)
        return null
      },
      'recipe.stop': async ({ run }) => {
        await studio.recipe.stop(run)
        return null
      },
      async 'recipe.import'() {
        const { title, button, files } = words()
        const filters = [{ name: files, extensions: ['yaml', 'yml', 'json'] }]
        const file = await pickOne(window(), { title, buttonLabel: button, properties: ['openFile'], filters })
        return file ? studio.recipeFiles.open(file) : null
      },
      'recipe.take': async ({ run, imported, withFiles }) => {
        await studio.recipeFiles.take(run, imported, withFiles)
        return null
      },
      async 'recipe.export'({ run }) {
        const { save, files } = words()
        const options = { title: save, defaultPath: 'recipe.yaml', filters: [{ name: files, extensions: ['yaml'] }] }
        const file = await placeToSave(window(), options)
        return { file: file && (await studio.recipeFiles.save(run, file)) }
      },
      async 'recipe.pickFile'({ what }) {
        const { file: title, folder, take } = words()
        const isFolder = what === 'folder'
        const properties = [isFolder ? ('openDirectory' as const) : ('openFile' as const)]
        const file = await pickOne(window(), { title: isFolder ? folder : title, buttonLabel: take, properties })
        if (file) onPicked(file)
        return { file }
      },
      'recipe.channelScript': async ({ run }) => ({ text: await studio.channelScript(run) }),
    },
    streamHandlers: {
      recipe({ run }, opened) {
        opened.onClose(studio.recipe.watch(run, (message) => opened.send(message)))
      },
    },
  }
}
