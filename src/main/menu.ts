import { Menu, type MenuItemConstructorOptions } from 'electron'
import { messages } from '../shared/messages/messages'
import type { Language } from '../shared/terms'

export type MenuCommand = 'home' | 'newRun' | 'openPlan' | 'settings' | 'pools'
export type MenuActions = { command(command: MenuCommand): void; openLog(): void; about(): void }

/** The application menu in the current language; built again when that changes. */
export function setMenu(language: Language, isDevelopment: boolean, actions: MenuActions) {
  const words = messages[language].shell.menu
  const isMac = process.platform === 'darwin'
  const settings: MenuItemConstructorOptions = {
    label: messages[language].settings.menu,
    accelerator: 'CmdOrCtrl+,',
    click: () => actions.command('settings'),
  }
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(isMac ? [appMenu(settings)] : []),
      {
        label: words.file,
        submenu: [
          { label: words.newRun, accelerator: 'CmdOrCtrl+N', click: () => actions.command('newRun') },
          {
            label: messages[language].plans.menu.open,
            accelerator: 'CmdOrCtrl+O',
            click: () => actions.command('openPlan'),
          },
          { label: words.home, accelerator: 'CmdOrCtrl+Shift+H', click: () => actions.command('home') },
          { label: words.pools, accelerator: 'CmdOrCtrl+Shift+P', click: () => actions.command('pools') },
          ...(isMac ? [] : [settings]),
          { type: 'separator' },
          { role: 'close', label: words.closeWindow },
          { role: 'quit', label: words.quit, accelerator: 'CmdOrCtrl+Q' },
        ],
      },
      {
        label: words.edit,
        submenu: [
          { role: 'undo', label: words.undo },
          { role: 'redo', label: words.redo },
          { type: 'separator' },
          { role: 'cut', label: words.cut },
          { role: 'copy', label: words.copy },
          { role: 'paste', label: words.paste },
          { role: 'selectAll', label: words.selectAll },
        ],
      },
      {
        label: words.view,
        submenu: [
          { role: 'zoomIn', label: words.zoomIn, accelerator: 'CmdOrCtrl+Plus' },
          { role: 'zoomOut', label: words.zoomOut },
          { role: 'resetZoom', label: words.zoomReset },
          { role: 'togglefullscreen', label: words.fullScreen },
          { type: 'separator' },
          { role: 'reload', label: words.reload },
          ...(isDevelopment ? [{ role: 'toggleDevTools', label: words.developer } as const] : []),
        ],
      },
      {
        label: words.help,
        submenu: [
          { label: words.openLog, click: () => actions.openLog() },
          { label: words.about, click: () => actions.about() },
        ],
      },
    ]),
  )
}

/** What every app of a Mac has, with the settings where people look for them. */
function appMenu(settings: MenuItemConstructorOptions): MenuItemConstructorOptions {
  return {
    role: 'appMenu',
    submenu: [
      { role: 'about' },
      settings,
      { type: 'separator' },
      { role: 'services' },
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      { type: 'separator' },
      { role: 'quit' },
    ],
  }
}
