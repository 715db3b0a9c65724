import { forms as english } from '../en/forms'

export const forms: typeof english = english
