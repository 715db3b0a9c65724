import type { Program } from './guest-process'
import { agentPrograms } from './guest-programs-agent'
import { aptPrograms } from './guest-programs-apt'
import { dnfPrograms } from './guest-programs-dnf'
import { dpkgPrograms } from './guest-programs-dpkg'
import { gpuPrograms } from './guest-programs-gpu'
import { devicePrograms, filePrograms } from './guest-programs-files'
import { shellPrograms, shellWords } from './guest-programs-shell'
import { servicePrograms } from './guest-programs-services'
import { systemPrograms } from './guest-programs-system'
import { userPrograms } from './guest-programs-users'

const hiddenWords = Object.fromEntries(Object.entries(shellWords).map(([name, program]) => [`_${name}`, program]))

/** Every program of a Linux guest that the interpreter does not bring along. */
export const linuxPrograms: ReadonlyMap<string, Program> = new Map(
  Object.entries({
    ...shellPrograms,
    ...hiddenWords,
    ...systemPrograms,
    ...filePrograms,
    ...devicePrograms,
    ...gpuPrograms,
    // A package tool that is not on the disk is not found by the shell.
    ...aptPrograms,
    ...dpkgPrograms,
    ...dnfPrograms,
    ...agentPrograms,
    ...servicePrograms,
    ...userPrograms,
  }),
)

export const linuxWords: ReadonlySet<string> = new Set(Object.keys(shellWords))
