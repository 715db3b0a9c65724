import { ui as english } from '../en/ui'

export const ui: typeof english = english
